"""Numbers about the running house, for Prometheus; the accounting invariant among them.

``xiaoer_inbound_total`` (accepted) always equals handled plus failed plus waiting; the tests of the
ledger and the chaos kit hold it to that.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry a house, so that several may live in one process (tests do that)."""

    def __init__(self) -> None:
        """Register everything at zero."""
        self.registry = CollectorRegistry()
        self._inbound = Counter(
            "xiaoer_inbound_total", "Messages made durable", ["channel"], registry=self.registry
        )
        self._known = Counter(
            "xiaoer_duplicates_total",
            "Deliveries of a known key",
            ["channel"],
            registry=self.registry,
        )
        self._refused = Counter(
            "xiaoer_refused_total",
            "Requests and frames refused",
            ["channel", "reason"],
            registry=self.registry,
        )
        self._finished = Counter(
            "xiaoer_finished_total",
            "Inbound messages by end state",
            ["channel", "state"],
            registry=self.registry,
        )
        self._sent = Counter(
            "xiaoer_outbound_total",
            "Send attempts by outcome",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "xiaoer_waiting", "Inbound messages not finished", registry=self.registry
        )
        self.outbox = Gauge(
            "xiaoer_outbox_open", "Outbound messages not final", registry=self.registry
        )
        self.outbox_age = Gauge(
            "xiaoer_outbox_age_seconds", "Age of the oldest of them", registry=self.registry
        )
        self.turn_seconds = Histogram(
            "xiaoer_turn_seconds",
            "From accepted to handled",
            registry=self.registry,
            buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
        )

    def accepted(self, channel: str, *, new: int, known: int) -> None:
        """Count a delivery."""
        if new:
            self._inbound.labels(channel).inc(new)
            self.waiting.inc(new)
        if known:
            self._known.labels(channel).inc(known)

    def refused(self, channel: str, reason: str) -> None:
        """Count a refusal by its short reason."""
        self._refused.labels(channel, reason).inc()

    def finished(self, channel: str, state: str) -> None:
        """Count an inbound message's end."""
        self._finished.labels(channel, state).inc()
        self.waiting.dec()

    def sent(self, channel: str, outcome: str) -> None:
        """Count a send attempt."""
        self._sent.labels(channel, outcome).inc()
