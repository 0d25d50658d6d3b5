"""Numbers about the queue; they exist only where there is one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge

if TYPE_CHECKING:  # an extra
    from core.gate.broker import Backlog


class Gauges:
    """Beside the others of the house, in its registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register everything at zero."""

        def gauge(name: str, words: str) -> Gauge:
            return Gauge(f"xiaoer_queue_{name}", words, registry=registry)

        self._up = gauge("up", "Whether the queue answers")
        self._waiting = gauge("waiting", "Entries not yet in the ledger")
        self._oldest = gauge("oldest_seconds", "Age of the oldest of them")
        self._laid_aside = gauge("parked", "Entries that the ledger refused")
        self._accepted = Counter(
            "xiaoer_queue_accepted_total",
            "Messages made durable in the queue",
            ["channel"],
            registry=registry,
        )
        self._again = Counter(
            "xiaoer_queue_redelivered_total", "Entries read more than once", registry=registry
        )

    def accepted(self, channel: str, count: int) -> None:
        """Messages are durable in the queue."""
        self._accepted.labels(channel).inc(count)

    def redelivered(self, count: int) -> None:
        """Entries came that this process had carried before."""
        self._again.inc(count)

    def parked(self) -> None:
        """An entry was laid aside."""
        self._laid_aside.inc()

    def show(self, backlog: Backlog | None, now: datetime) -> None:
        """What the broker says; none when it does not answer: the rest stays as it was."""
        self._up.set(backlog is not None)
        if backlog is not None:
            age = (now - backlog.oldest).total_seconds() if backlog.oldest else 0.0
            self._waiting.set(backlog.waiting)
            self._oldest.set(max(0.0, age))
            self._laid_aside.set(backlog.parked)
