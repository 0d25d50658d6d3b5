"""The stand-in by hand: what the customer's phone page does, over the HTTP that the page speaks."""

from __future__ import annotations

import asyncio
import base64
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.app import App
from core.settings import build
from core.testing import Shop, open_shop
from tests.adapters.wechat.kitchen import stove
from tests.standins import wechat_by_hand
from tests.standins.wechat_phone import ME, PAGE, Phone


class Hand:
    """Somebody at the page."""

    def __init__(self, phone: Phone, session: aiohttp.ClientSession) -> None:
        self.phone, self._session = phone, session

    async def does(self, act: str, **facts: str) -> None:
        await self._post("act", {"do": act, **facts})

    async def turns(self, knob: str) -> None:
        await self._post("knob", {"name": knob})

    async def _post(self, path: str, body: dict[str, str]) -> None:
        async with self._session.post(f"{self.phone.url}/phone/{path}", json=body) as response:
            assert response.status == 200

    async def sees(self) -> dict[str, Any]:
        async with self._session.get(f"{self.phone.url}/phone?after=0") as response:
            state: dict[str, Any] = await response.json()
        return state

    async def notes(self, kind: str) -> None:
        """Wait for a note of the phone itself."""
        while all(entry["kind"] != kind for entry in (await self.sees())["log"]):  # noqa: ASYNC110 - as the page does
            await asyncio.sleep(0.01)

    async def hears(self, count: int) -> list[dict[str, Any]]:
        """The shop's messages, once there are so many."""
        while True:
            log: list[dict[str, Any]] = (await self.sees())["log"]
            heard = [entry for entry in log if entry["who"] == "shop"]
            if len(heard) >= count:
                return heard
            await asyncio.sleep(0.01)  # as the page asks again and again


@asynccontextmanager
async def at_the_page(**settings: object) -> AsyncGenerator[tuple[Hand, Shop]]:
    stove.reset()
    phone = Phone()
    await phone.start()
    channel = {**wechat_by_hand.settings(phone), **settings}
    plugins = ["tests.adapters.wechat.kitchen:plugin"]
    try:
        async with (
            open_shop(plugins=plugins, channels={"oa": channel}) as shop,
            aiohttp.ClientSession() as session,
        ):
            phone.clock, phone.hook = shop.clock, f"{shop.app.server.url}/hooks/oa"
            yield Hand(phone, session), shop
    finally:
        await phone.stop()


async def test_a_customer_talks_follows_scans_and_touches_the_menu() -> None:
    async with at_the_page() as (hand, _):
        await hand.does("text", text="在吗")
        (answer,) = await hand.hears(1)
        assert (answer["content"]["Content"], answer["via"]) == ("在的，亲", "passive")
        assert (await hand.sees())["windows"]["message"] == {"left": 5, "seconds": 48 * 3600}
        await hand.does("unfollow")
        await hand.does("follow", scene="live-7")
        assert (await hand.hears(2))[1]["content"]["Content"] == "欢迎关注"
        hand.phone.desk.menu = {"button": [{"type": "click", "name": "订单", "key": "orders"}]}
        await hand.does("click", key="orders")
        await hand.does("scan", scene="door")
        await hand.does("location", text="杭州")
        await hand.does("view", key="https://shop.cn")
        state = await hand.sees()
        assert [one["key"] for one in state["menu"]] == ["orders"]
        assert {"follow", "click", "scan"} <= set(state["windows"])


async def test_pictures_go_both_ways() -> None:
    async with at_the_page() as (hand, shop):
        jpg = b"\xff\xd8\xff" + bytes(50)
        await hand.does("image", data="data:image/jpeg;base64," + base64.b64encode(jpg).decode())
        await hand.does("text", text="在吗")
        await hand.hears(1)
        await shop.settle()
        (media,) = hand.phone.desk.files
        await hand.does("text", text=f"看看 {hand.phone.url}/video/{media}")
        *_, picture = await hand.hears(3)
        assert (picture["kind"], picture["via"]) == ("image", "api")
        assert hand.phone.desk.files[picture["content"]["media_id"]].data == jpg


async def test_trouble_on_demand() -> None:
    async with at_the_page() as (hand, shop):
        await hand.turns("twice")
        await hand.does("text", text="在吗")
        first, again = await hand.hears(2)
        assert first["content"] == again["content"]
        assert stove.orders == ["在吗"]
        await hand.turns("twice")
        for knob in ("expire", "quota", "window", "busy", "lost", "slow"):
            await hand.turns(knob)
        assert (await hand.sees())["knobs"] == {"twice": False, "slow": True, "follows": True}
        hand.phone.hook = "http://127.0.0.1:9/hooks/oa"
        await hand.does("text", text="喂")
        await hand.notes("unreachable")
        await shop.settle()


async def test_the_page_needs_nobody_else() -> None:
    page = PAGE.read_text("utf-8")
    assert "http://" not in page
    assert "https://" not in page
    async with at_the_page() as (hand, _), aiohttp.ClientSession() as session:
        async with session.get(hand.phone.url) as response:
            assert await response.text() == page
        for path in ("act", "knob"):
            body = {"do": "nonsense", "name": "nonsense"}
            async with session.post(f"{hand.phone.url}/phone/{path}", json=body) as response:
                assert response.status == 400


async def test_it_is_started_by_hand_with_a_shop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings.toml").write_text(
        '[plugins]\nenabled = ["tests.adapters.wechat.kitchen:plugin"]\n'
    )
    stove.reset()
    made: list[Phone] = []
    start = Phone.start

    async def watched(phone: Phone) -> None:
        made.append(phone)
        await start(phone)

    monkeypatch.setattr(Phone, "start", watched)
    ready = asyncio.Event()
    chosen = wechat_by_hand.options(["--port", "0", "--shop", "--mode", "plain"])
    served = asyncio.create_task(wechat_by_hand.serve(chosen, ready))
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        await ready.wait()
        hand = Hand(made[0], session)
        await hand.does("text", text="在吗")
        (answer,) = await hand.hears(1)
    assert answer["content"]["ToUserName"] == ME
    served.cancel()
    await asyncio.gather(served, return_exceptions=True)


async def test_the_lines_it_prints_are_a_channel(capsys: pytest.CaptureFixture[str]) -> None:
    ready = asyncio.Event()
    chosen = wechat_by_hand.options(["--port", "0"])
    served = asyncio.create_task(wechat_by_hand.serve(chosen, ready))
    await ready.wait()
    served.cancel()
    await asyncio.gather(served, return_exceptions=True)
    printed = capsys.readouterr().out
    table = tomllib.loads(printed[printed.index("[channels.") :])
    App(build({**table, "plugins": {"enabled": []}}))
