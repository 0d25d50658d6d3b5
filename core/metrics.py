"""Numbers about the running house, for Prometheus; the accounting invariant among them.

``xiaoer_inbound_total`` (accepted) always equals handled plus failed plus sampled plus waiting; the
tests of the ledger and the chaos kit hold it to that. ``docs/operate.md`` explains every name, and
a test holds the two together. Labels are channels of the settings and words of our own code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from core.store.pulse import Pulse
from core.telemetry import NO_TRACES, Traces

Kind = TypeVar("Kind", bound=MetricWrapperBase)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
REASONS = 40  # of one channel: a word that an adapter makes up from input must not fill the memory
STAGES = ("accept", "queue", "handle", "send", "answer")


class Metrics:
    """One registry a house, so that several may live in one process (tests do that)."""

    def __init__(self) -> None:
        """Register everything at zero."""
        self.registry = CollectorRegistry()
        self.traces: Traces = NO_TRACES
        self._reasons: dict[str, set[str]] = {}
        self._count()
        self._measure()
        self._look()

    def _count(self) -> None:
        """What happened in this process."""
        self._inbound = self._new(Counter, "inbound_total", "Messages made durable", "channel")
        self._known = self._new(Counter, "duplicates_total", "Known keys delivered", "channel")
        self._refused = self._new(
            Counter, "refused_total", "Requests and frames refused", "channel", "reason"
        )
        self._finished = self._new(
            Counter, "finished_total", "Inbound messages by end state", "channel", "state"
        )
        self._sent = self._new(
            Counter, "outbound_total", "Send attempts by outcome", "channel", "outcome"
        )
        self._errors = self._new(Counter, "database_errors_total", "Transactions that failed")
        self.waiting = self._new(Gauge, "waiting", "Inbound messages not finished")

    def _measure(self) -> None:
        """How long and how much at once, in this process."""
        stages = Histogram(
            "xiaoer_stage_seconds",
            "Time in each stage of a message's way",
            ["stage"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self._batch = Histogram(
            "xiaoer_writer_batch_rows",
            "Changes that shared one commit",
            registry=self.registry,
            buckets=ROWS,
        )
        self._stage = {stage: stages.labels(stage) for stage in STAGES}

    def _look(self) -> None:
        """What only the ledger knows; brought up to date when somebody asks."""
        self.database = self._new(Gauge, "database_up", "Whether the ledger answers")
        self.open = self._new(Gauge, "open", "Inbound rows not finished", "channel")
        self.lag = self._new(Gauge, "lag_seconds", "Age of the oldest of them", "channel")
        self.outbox = self._new(Gauge, "outbox_open", "Answers ready to leave", "channel")
        self.outbox_age = self._new(Gauge, "outbox_age_seconds", "Age of the oldest", "channel")
        self.held = self._new(Gauge, "outbox_held", "Answers that wait for a contact", "channel")
        self.quota = self._new(Gauge, "quota_left", "What open windows still allow", "channel")
        self.used_up = self._new(Gauge, "quota_used_up", "Open windows used up", "channel")
        self.stuck = self._new(Gauge, "stuck", "Rows that need a person", "channel", "state")
        self.late = self._new(Gauge, "deadlines_late", "Deadlines past their time")
        self.late_age = self._new(Gauge, "deadlines_late_seconds", "How late the oldest is")
        self.up = self._new(Gauge, "channel_up", "Whether the channel is started", "channel")
        self.broken = self._new(Gauge, "breaker_open", "Whether sending is on hold", "channel")

    def accepted(self, channel: str, *, new: int, known: int) -> None:
        """Count a delivery."""
        if new:
            self._inbound.labels(channel).inc(new)
            self.waiting.inc(new)
        if known:
            self._known.labels(channel).inc(known)

    def sampled(self, channel: str, count: int) -> None:
        """Count comments of a live room over its rate: taken note of, and at their end at once."""
        self._inbound.labels(channel).inc(count)
        self._finished.labels(channel, "sampled").inc(count)

    def refused(self, channel: str, reason: str) -> None:
        """Count a refusal by its short reason."""
        seen = self._reasons.setdefault(channel, set())
        if reason not in seen and len(seen) >= REASONS:
            reason = "other"
        seen.add(reason)
        self._refused.labels(channel, reason).inc()

    def finished(self, channel: str, state: str) -> None:
        """Count an inbound message's end."""
        self._finished.labels(channel, state).inc()
        self.waiting.dec()

    def sent(self, channel: str, outcome: str) -> None:
        """Count a send attempt."""
        self._sent.labels(channel, outcome).inc()

    def stage(self, name: str, seconds: float) -> None:
        """A message, or a delivery of several, has left one of :data:`STAGES`."""
        self._stage[name].observe(max(0.0, seconds))

    def committed(self, changes: int) -> None:
        """So many changes shared a commit."""
        self._batch.observe(changes)

    def failed(self) -> None:
        """The database did not do a transaction; it is tried again, or told to who wanted it."""
        self._errors.inc()

    def show(self, pulse: Pulse, now: datetime, up: Mapping[str, bool]) -> None:
        """What the ledger says, and which channels are started."""
        quiet = dict.fromkeys(up, 0.0)  # a channel at rest shows 0, not nothing
        opened, leaving = pulse.open.items(), pulse.leaving.items()
        _fill(self.up, {name: float(started) for name, started in up.items()})
        _fill(self.open, quiet | {name: queue.rows for name, queue in opened})
        _fill(self.lag, quiet | {name: queue.age(now) for name, queue in opened})
        _fill(self.outbox, quiet | {name: queue.rows for name, queue in leaving})
        _fill(self.outbox_age, quiet | {name: queue.age(now) for name, queue in leaving})
        _fill(self.held, quiet | pulse.held)
        _fill(self.stuck, pulse.stuck)
        self.late.set(pulse.late.rows)
        self.late_age.set(pulse.late.age(now))

    def show_windows(self, found: Mapping[str, tuple[int, int]]) -> None:
        """What reply windows still allow by channel, and how many of them are used up."""
        _fill(self.quota, {name: left for name, (left, _) in found.items()})
        _fill(self.used_up, {name: used_up for name, (_, used_up) in found.items()})

    def _new(self, kind: type[Kind], name: str, words: str, *labels: str) -> Kind:
        return kind(f"xiaoer_{name}", words, labels, registry=self.registry)


def _fill(gauge: Gauge, values: Mapping[str, float] | Mapping[tuple[str, ...], float]) -> None:
    """Show exactly these series: what is not named any more is gone, not frozen."""
    gauge.clear()
    for labels, value in values.items():
        gauge.labels(*((labels,) if isinstance(labels, str) else labels)).set(value)
