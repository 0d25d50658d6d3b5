"""OpenTelemetry: one trace for each message, from accept over handle to send, in any process.

Nothing travels between the processes: the ids of a trace are derived from the number of the inbound
row and a seed that the ledger keeps, so each process knows them. Needs ``xiaoer[telemetry]``.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased

from core.clock import Clock
from core.settings import TelemetrySettings
from core.store import notes
from core.store.writer import Writer
from core.telemetry import Facts
from core.views import OutboundRow

SEED = "trace_seed"
EXPORT_SECONDS = 2.0
CLOSE_SECONDS = 1.5
_ready: ContextVar[tuple[int, int] | None] = ContextVar("ready_ids", default=None)


async def begin(settings: TelemetrySettings, writer: Writer, clock: Clock) -> OpenTelemetry:
    """Agree with the other processes on the seed, and listen."""
    fresh = secrets.token_hex(16)
    await writer.run(lambda: notes.keep_first("", SEED, fresh))
    seed = await writer.look(lambda: notes.read("", SEED))
    return OpenTelemetry(settings, seed, clock)


class OpenTelemetry:
    """Sends spans over OTLP/HTTP, in batches and from a thread of the library's own."""

    def __init__(self, settings: TelemetrySettings, seed: str, clock: Clock) -> None:
        """Start the thread; a collector that is away costs the spans and nothing else."""
        self._seed, self._clock = seed, clock
        exporter = OTLPSpanExporter(settings.endpoint, timeout=EXPORT_SECONDS)
        self._provider = TracerProvider(
            sampler=TraceIdRatioBased(settings.sample),  # by the trace's id: all processes agree
            resource=Resource.create({SERVICE_NAME: settings.service}),
            id_generator=_Ids(),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("xiaoer")

    def accepted(self, channel: str, numbers: Sequence[int], began: datetime) -> None:
        """The root of each row's trace."""
        for number in numbers:
            span = self._start("accept", number, "", began, trace.SpanKind.CONSUMER)
            span.set_attributes({"xiaoer.message": number, "xiaoer.channel": channel})
            span.end(_ns(self._clock.now()))

    @contextmanager
    def handling(self, number: int) -> Generator[Facts]:
        """Under the root."""
        span = self._start("handle", number, "accept", self._clock.now(), trace.SpanKind.INTERNAL)
        with self._ended(span, {"xiaoer.message": number}) as facts:
            yield facts

    @contextmanager
    def sending(self, row: OutboundRow) -> Generator[Facts]:
        """Under the handling that it answers; a post that answers nobody has its own trace."""
        cause, under = (row.reply_to, "handle") if row.reply_to else (-row.id, "")
        span = self._start("send", cause, under, self._clock.now(), trace.SpanKind.PRODUCER)
        known: Facts = {"xiaoer.outbound": row.id, "xiaoer.channel": row.channel}
        with self._ended(span, {**known, "xiaoer.attempt": row.attempts}) as facts:
            yield facts

    async def close(self) -> None:
        """Send what is left, unless the collector takes too long."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def shut() -> None:
            self._provider.shutdown()
            loop.call_soon_threadsafe(done.set)

        threading.Thread(target=shut, name="traces", daemon=True).start()
        try:
            await asyncio.wait_for(done.wait(), CLOSE_SECONDS)
        except TimeoutError:
            return

    def _start(
        self, name: str, number: int, under: str, began: datetime, kind: trace.SpanKind
    ) -> trace.Span:
        """A span of that row's trace; what may go under it finds it by its derived id."""
        ids = _ready.set((self._id(number, "trace", 16), self._id(number, name, 8)))
        context = Context()
        if under:
            parent = trace.SpanContext(
                self._id(number, "trace", 16),
                self._id(number, under, 8),
                is_remote=True,
                trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
            )
            context = trace.set_span_in_context(trace.NonRecordingSpan(parent), context)
            if name == "send":  # an answer has many parts and attempts
                _ready.set(None)
        try:
            return self._tracer.start_span(name, context, kind, start_time=_ns(began))
        finally:
            _ready.reset(ids)

    @contextmanager
    def _ended(self, span: trace.Span, facts: Facts) -> Generator[Facts]:
        try:
            yield facts
        except BaseException as error:  # its words may be a customer's
            span.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            span.set_attributes(facts)
            span.end(_ns(self._clock.now()))

    def _id(self, number: int, what: str, size: int) -> int:
        words = f"{self._seed}:{number}:{what}".encode()
        return int.from_bytes(hashlib.blake2b(words, digest_size=size).digest(), "big") or 1


class _Ids(IdGenerator):
    """What was laid ready in :data:`_ready`, else random."""

    _random = RandomIdGenerator()

    def generate_span_id(self) -> int:
        """The id of the next span."""
        ready = _ready.get()
        return ready[1] if ready else self._random.generate_span_id()

    def generate_trace_id(self) -> int:
        """The id of the next trace."""
        ready = _ready.get()
        return ready[0] if ready else self._random.generate_trace_id()


def _ns(moment: datetime) -> int:
    return int(moment.timestamp() * 1e9)
