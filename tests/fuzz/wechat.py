"""The official account's doors under fire: XML, cipher and the API's JSON, over real HTTP.

What must hold: whatever arrives is taken or refused with a 4xx (an exception that leaves the
adapter would be a 500 and is recorded), what is taken fits into the ledger, and memory does not
grow.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import resource
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
from aiohttp import ClientError, web

from adapters.wechat.adapter import WeChatAdapter
from core.adapter import NoMedia, Receipt
from core.message import Inbound
from core.parts import Card, Image, Link, Notice, Text, Voice, dump, load
from tests.adapters.wechat.host import Host, Line, adapter_for, hosted, outbound
from tests.adapters.wechat.vectors import MESSAGES, rows
from tests.fuzz.mutate import disguise, mutate
from tests.standins.wechat import WeChat

STREAMS = 4  # requests under way at a time
WARM_UP = 0.3  # of the time: caches fill, then memory must stand still
ANSWERS: tuple[dict[str, Any], ...] = (
    {"access_token": "t" * 60, "expires_in": 7200},
    {"errcode": 0, "errmsg": "ok", "msgid": 200_000_001},
    {"errcode": 45015, "errmsg": "out of time hint: [x] rid: 6f3a-1"},
    {"errcode": 40001, "errmsg": "invalid credential"},
    {"type": "image", "media_id": "m" * 64, "created_at": 1_700_000_000},
    {"video_url": "http://127.0.0.1:9/x"},
    {"errcode": 45065, "errmsg": "sent already", "msg_id": 34182},
    {"tags": [{"id": 100, "name": "a", "count": 2}]},
    {"kf_online_list": [{"kf_account": "a@gh", "status": 1}]},
    {"ip_list": ["127.0.0.1"]},
)


@dataclass
class Figures:
    """What a run showed."""

    seed: int
    seconds: float = 0.0
    shots: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[int] = field(default_factory=Counter[int])
    refusals: Counter[str] = field(default_factory=Counter[str])
    taken: int = 0
    escaped: list[str] = field(default_factory=list[str])
    megabytes: tuple[float, float] = (0.0, 0.0)  # after the warm-up, at the end

    def lines(self) -> list[str]:
        """For a person at a terminal."""
        total = sum(self.shots.values())
        warm, end = self.megabytes
        return [
            f"seed {self.seed}: {total} shots in {self.seconds:.0f} s {dict(self.shots)}",
            f"taken {self.taken}, statuses {dict(sorted(self.statuses.items()))}",
            f"refused for {dict(self.refusals.most_common())}",
            f"memory {warm:.1f} MB after the warm-up, {end:.1f} MB at the end",
            f"exceptions that left the adapter: {len(self.escaped)}",
            *self.escaped[:5],
        ]


class Sieve(Line):
    """Takes everything, keeps nothing, and checks that the ledger could keep it."""

    def __init__(self, figures: Figures) -> None:
        super().__init__()
        self._figures = figures

    async def accept(self, messages: Sequence[Inbound]) -> None:
        for message in messages:
            load(dump(message.parts))
            orjson.dumps([message.context, message.sender.proven, message.text, message.owner])
            assert 0 < len(message.key) <= 255
            assert 0 < len(message.conversation) <= 200
            assert len(message.owner) <= 80
            self._figures.taken += 1

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        orjson.dumps([kind, data])

    def refuse(self, reason: str) -> None:
        self._figures.refusals[reason] += 1


class _Ears(logging.Handler):
    """Hears of every exception that a server caught."""

    def __init__(self, figures: Figures) -> None:
        super().__init__(logging.ERROR)
        self._figures = figures

    def emit(self, record: logging.LogRecord) -> None:
        self._figures.escaped.append(logging.Formatter().format(record))


class Fuzz:
    """One run against three doors at once."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.chance = Random(figures.seed)
        self.bodies = [file.read_bytes() for file in sorted(MESSAGES.glob("*.xml"))]
        both = (*rows("valid"), *rows("invalid"))
        self.sealed = [row["request_body"].encode() for row in both if row.get("request_body")]
        self.answers = [json.dumps(one).encode() for one in ANSWERS]

    async def run(self, seconds: float) -> None:
        """Fire until the time is over."""
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            shots = await self._doors(stack)
            warm = began + seconds * WARM_UP
            end = began + seconds
            await asyncio.gather(*(self._stream(shots, warm) for _ in range(STREAMS)))
            settled = _memory()
            await asyncio.gather(*(self._stream(shots, end) for _ in range(STREAMS)))
        self.figures.seconds = time.monotonic() - began
        self.figures.megabytes = settled, _memory()

    async def _doors(self, stack: AsyncExitStack) -> dict[str, Callable[[], Awaitable[None]]]:
        plain, safe = WeChat(mode="plain"), WeChat(mode="safe")
        where: dict[str, object] = {"api_base": "http://127.0.0.1:9", "max_age": 0}
        where |= {"original_id": "", "handoff": "wechat"}
        plainly = await stack.enter_async_context(
            hosted(plain.settings(**where), Sieve(self.figures))
        )
        safely = await stack.enter_async_context(
            hosted(safe.settings(**where), Sieve(self.figures))
        )
        adapter = await stack.enter_async_context(self._answered())
        return {
            "xml": lambda: self._xml(plainly, plain),
            "xml in cipher": lambda: self._xml(safely, safe),
            "cipher": lambda: self._cipher(safely, safe),
            "api json": lambda: self._json(adapter),
        }

    async def _stream(self, shots: dict[str, Callable[[], Awaitable[None]]], end: float) -> None:
        names = list(shots)
        while time.monotonic() < end:
            name = self.chance.choice(names)
            self.figures.shots[name] += 1
            await shots[name]()

    def _mutated(self, bodies: Sequence[bytes]) -> bytes:
        return mutate(self.chance.choice(bodies), self.chance, bodies)

    async def _xml(self, host: Host, wechat: WeChat) -> None:
        """A genuine signature over nonsense: what a broken platform might send."""
        body = disguise(self.chance.choice(self.bodies), self.chance)
        if self.chance.random() < 0.3:
            body = mutate(body, self.chance, self.bodies)
        if wechat.mode == "plain":
            await self._post(host, wechat.sign("")[0], body)
            return
        query, sealed = wechat.sign(body.decode("utf-8", "replace"))
        await self._post(host, query, sealed.encode())

    async def _cipher(self, host: Host, wechat: WeChat) -> None:
        """An envelope that was tampered with, signed anew or not."""
        query, sealed = wechat.sign(self.chance.choice(self.bodies).decode("utf-8", "replace"))
        body = self._mutated([sealed.encode(), *self.sealed])
        if self.chance.random() < 0.5:
            body = self._mutated([sealed.encode()])
        name = self.chance.choice(list(query))
        if self.chance.random() < 0.3:
            given = self._mutated([query[name].encode()]).decode("utf-8", "replace")
            query[name] = given[:1000]  # a longer line is the server's to refuse
        await self._post(host, query, body)

    async def _post(self, host: Host, query: dict[str, str], body: bytes) -> None:
        try:
            async with host.session.post(host.url, params=query, data=body) as response:
                await response.read()
                self.figures.statuses[response.status] += 1
        except ClientError as error:
            self.figures.escaped.append(f"the line broke: {error!r}")

    @asynccontextmanager
    async def _answered(self) -> AsyncGenerator[WeChatAdapter]:
        """An adapter whose platform answers nonsense."""

        async def nonsense(request: web.Request) -> web.Response:
            await request.read()
            sound = self.chance.random() < 0.5 or "token" in request.path
            some = self.answers[0] if "token" in request.path else self.chance.choice(self.answers)
            body = some if sound and self.chance.random() < 0.8 else self._mutated(self.answers)
            kind = self.chance.choice(("application/json", "text/plain", "image/jpeg"))
            return web.Response(body=body, content_type=kind)

        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", nonsense)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        mine = WeChat().settings(api_base=url, media_hosts=["127.0.0.1"], handoff="wechat")
        mine["notices"] = {"news": {"template_id": "t", "fields": {}}}
        adapter = adapter_for(mine, Sieve(self.figures))
        await adapter.start()
        self._picture = f"{url}/picture"
        yield adapter
        await adapter.stop()
        await runner.cleanup()

    async def _json(self, adapter: WeChatAdapter) -> None:
        """Every verb that calls the platform; what it says is in the contract, or recorded."""
        article = Card("article", data={"media_id": "d"})
        news = Notice("news", "a", shut=True)
        parts = (Text("a"), Image(url=self._picture), Link("https://a.cn"), article, news)
        to = self.chance.choice(("oUser", "mass:all", "mass:tag:a"))
        try:
            sent = await adapter.send(outbound(self.chance.choice(parts), to=to))
            assert isinstance(sent, Receipt)
            await adapter.typing("o")
            await adapter.own("o", "queue")
            async with adapter.media(Voice(media_id="m")) as file:
                async for _ in file.chunks:
                    pass
        except NoMedia:
            pass
        except Exception:
            logging.getLogger("aiohttp.server").exception("the adapter raised")


async def fuzz(seconds: float, seed: int) -> Figures:
    """Run, and say what happened."""
    figures = Figures(seed)
    ears = _Ears(figures)
    heard = logging.getLogger("aiohttp.server")
    heard.addHandler(ears)
    try:
        await Fuzz(figures).run(seconds)
    finally:
        heard.removeHandler(ears)
    figures.escaped += [
        f"status {code} x {n}" for code, n in figures.statuses.items() if code > 499
    ]
    return figures


def _memory() -> float:
    """Resident megabytes now; the peak where the system does not tell."""
    gc.collect()
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text("ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
