"""Numbers about the model in ``/metrics``, and none of a model that nobody asks."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20)


class Gauges:
    """How often a model was asked, what came of it, and what it took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Everything at zero."""
        self._registry = registry
        self._asked = Counter(
            "xiaoer_grounded_total",
            "Messages for which a model was to be asked, by what came of it",
            ["outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "xiaoer_grounded_seconds", "Time of a call", registry=registry, buckets=SECONDS
        )
        self._tokens = Counter("xiaoer_grounded_tokens_total", "Tokens used", registry=registry)
        self._resting = Gauge(
            "xiaoer_grounded_resting", "Whether the endpoint is left in peace", registry=registry
        )

    def ended(self, outcome: str) -> None:
        """Count what came of it; HTTP codes are one word."""
        self._asked.labels("status" if outcome.startswith("status-") else outcome).inc()

    def called(self, seconds: float, tokens: int, *, resting: bool) -> None:
        """A call is over."""
        self._seconds.observe(seconds)
        self._tokens.inc(tokens)
        self._resting.set(resting)

    def close(self) -> None:
        """Take everything out of the registry again."""
        for one in (self._asked, self._seconds, self._tokens, self._resting):
            self._registry.unregister(one)
