"""The web side: what strangers may ask, and what they never see."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession

from core.testing import Shop
from core.web.server import ServerError
from core.wrong import line
from tests.core.counter import CounterAdapter
from tests.core.stage import echo, play

CHANNELS = {"desk": {"adapter": "tests.core.counter:CounterAdapter", "passive": False}}


@dataclass
class House:
    shop: Shop
    client: ClientSession

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(self.shop.app.server.url + path) as response:
            return response.status, await response.text()

    async def post(self, path: str, **body: Any) -> tuple[int, str]:
        async with self.client.post(self.shop.app.server.url + path, **body) as response:
            return response.status, await response.text()


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with play(echo(), channels=CHANNELS) as shop, ClientSession() as client:
        yield House(shop, client)


async def test_a_hook_is_durable_when_it_is_acknowledged(house: House) -> None:
    said = {"key": "1", "who": "Mei", "text": "hi"}
    assert await house.post("/hooks/desk", json=said) == (200, "{}")
    assert sum((await house.shop.balance()).values()) == 1
    await house.shop.settle()
    line = house.shop.app.lines.get("desk")
    assert line is not None
    assert isinstance(line.adapter, CounterAdapter)
    assert line.adapter.sent == ["hi"]


@pytest.mark.parametrize("path", ["/hooks/nobody", "/chat/nobody", "/chat/nobody/x.js", "/admin"])
async def test_an_unknown_place(house: House, path: str) -> None:
    assert (await house.get(path))[0] == 404


async def test_a_channel_without_a_hook_or_page(house: House) -> None:
    assert await house.post("/hooks/shop", json={}) == (404, "")
    assert await house.get("/chat/shop") == (404, "")
    assert await house.get("/chat/desk/a/b") == (200, "page a/b")


async def test_bad_input_is_refused_and_counted(house: House) -> None:
    assert await house.post("/hooks/desk", json=[1]) == (400, "")
    metrics = (await house.get("/metrics"))[1]
    assert 'xiaoer_refused_total{channel="desk",reason="bad-shape"} 1.0' in metrics


async def test_a_large_body(house: House) -> None:
    status, text = await house.post("/hooks/desk", data=io.BytesIO(b"x" * (1024 * 1024 + 1)))
    assert status == 413
    assert "Traceback" not in text


@pytest.mark.parametrize("body", [b'{"bug": 1}', b"{", b"\xff"])
async def test_a_fault_of_ours_shows_nothing(house: House, body: bytes) -> None:
    assert await house.post("/hooks/desk", data=body) == (500, "")


async def test_a_neighbour_is_not_lost_beside_a_fault(house: House) -> None:
    said = [{"key": str(n), "who": "Mei", "text": str(n)} for n in range(20)]
    await asyncio.gather(
        *(house.post("/hooks/desk", json=body) for body in said),
        *(house.post("/hooks/desk", data=b'{"bug": 1}') for _ in said),
    )
    await house.shop.settle()
    assert await house.shop.balance() == {"handled": 20}


async def test_health_and_readiness(house: House) -> None:
    assert await house.get("/healthz") == (200, '{"status": "ok"}')
    assert await house.get("/readyz") == (200, '{"status": "ready"}')
    line = house.shop.app.lines.get("desk")
    assert line is not None
    line.started = False
    assert await house.get("/readyz") == (
        503,
        '{"status": "not-ready", "reason": "channels starting: desk"}',
    )
    assert (await house.get("/hooks/desk"))[0] in {404, 503}
    line.started = True
    assert await house.get("/hooks/desk") == (200, "hello")


async def test_a_port_in_use_says_what_to_do(house: House) -> None:
    settings = {"server": {"port": house.shop.app.server.port}}
    said = r"Another program may use the port.*XIAOER__SERVER"
    with pytest.raises(ServerError, match=said) as caught:
        async with play(settings=settings):
            pass
    told = line(caught.value.args[0], house.shop.app.texts, "zh_CN")
    assert told.startswith(f"不能在 127.0.0.1:{settings['server']['port']} 上监听：")
