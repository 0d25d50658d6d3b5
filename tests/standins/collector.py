"""A collector of OpenTelemetry: takes OTLP over HTTP as the protocol says and keeps the spans."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """One span: ids in hex, ``under`` is the parent's or empty."""

    service: str
    name: str
    trace: str
    id: str
    under: str
    ended_badly: bool
    facts: dict[str, str]


@dataclass
class Collector:
    """Use it as an async context manager; :attr:`url` is the endpoint for settings."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list[Seen])
    raw: list[bytes] = field(default_factory=list[bytes])
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1/traces"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    def named(self, name: str) -> list[Seen]:
        """The spans of one stage."""
        return [span for span in self.spans if span.name == name]

    async def until(self, count: int) -> None:
        """Wait until so many spans have come."""
        async with self.news:
            await self.news.wait_for(lambda: len(self.spans) >= count)

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        self.raw.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            told = {a.key: a.value.string_value for a in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    facts = {a.key: str(a.value).strip() for a in span.attributes}
                    self.spans.append(
                        Seen(
                            told["service.name"],
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            span.status.code == 2,
                            facts,
                        )
                    )
        async with self.news:
            self.news.notify_all()
        return web.Response(content_type="application/x-protobuf")
