"""The stand-in by hand: two phones, and a shop behind them that really answers."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import aiohttp
import pytest

from core.parts import Text
from core.testing import Shop, open_shop
from tests.adapters.wecom.firm import STAFF, post
from tests.adapters.wecom.test_staff import ALERT
from tests.adapters.wecom_kf.town import ECHO
from tests.standins import wecom_by_hand
from tests.standins.wecom import WeCom
from tests.standins.wecom_phone import GROUP, MEMBER, Phones

State = dict[str, Any]


@pytest.fixture
async def phones() -> AsyncGenerator[Phones]:
    kf = WeCom()
    await kf.start()
    platform = Phones(kf)
    await platform.start()
    yield platform
    await platform.stop()
    await kf.stop()


async def act(phones: Phones, **what: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{phones.url}/phones/act", json=what) as answer,
    ):
        return answer.status


async def until(phones: Phones, true: Callable[[State], bool]) -> State:
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{phones.url}/phones") as answer:
                state: State = await answer.json()
            if true(state):
                return state
            await asyncio.sleep(0.02)


def shop_of(phones: Phones) -> dict[str, Any]:
    return {"channels": wecom_by_hand.channels(phones.kf, phones), "plugins": [ECHO, STAFF]}


def meet(shop: Shop, phones: Phones) -> None:
    phones.clock = phones.kf.clock = shop.clock
    phones.hook = f"{shop.app.server.url}/hooks/wecom"
    phones.kf.hook = f"{shop.app.server.url}/hooks/kf"


async def test_what_the_phones_do_reaches_the_shop_and_comes_back(phones: Phones) -> None:
    async with open_shop(**shop_of(phones)) as shop:
        meet(shop, phones)
        assert await act(phones, do="says", text="hello") == 200
        heard = await until(phones, lambda state: any(e["who"] == "shop" for e in state["log"]))
        assert heard["log"][-1]["body"]["text"]["content"] == "echo hello"
        assert heard["state"] == "new"
        await post(shop, MEMBER, ALERT)
        (card,) = phones.cards
        await act(phones, do="presses", card=card, key="case:claim:8821")
        await until(phones, lambda state: bool(state["put_away"]))
        await post(shop, f"group:{GROUP}", Text("news"), kind="group")
        await act(phones, do="confirms")
        state = await until(phones, lambda state: any(task["sent"] for task in state["tasks"]))
        assert [task["words"] for task in state["tasks"]] == ["news"]
        await act(phones, do="takes")
        await until(phones, lambda state: state["state"] == "person")
        assert await act(phones, do="nonsense") == 400


async def test_it_serves_and_says_what_a_shop_writes_down(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ready = asyncio.Event()
    chosen = argparse.Namespace(port=0, shop_url="http://127.0.0.1:8080", shop=False)
    serving = asyncio.create_task(wecom_by_hand.serve(chosen, ready))
    await asyncio.wait_for(ready.wait(), 10)
    told = capsys.readouterr().out
    page = told.split("stand-in:", 1)[1].split()[0]
    async with aiohttp.ClientSession() as session, session.get(page) as answer:
        assert "WeCom stand-in" in await answer.text()
    assert all(word in told for word in ("[channels.kf]", "[channels.wecom]", "agent_id"))
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
