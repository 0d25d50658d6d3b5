"""The callback address: what WeCom signs comes in, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from core.testing import Shop, open_shop
from tests.adapters.wechat.vectors import Row, account, name_of, query_of, rows
from tests.adapters.wecom_kf.town import caught_up, heard, town
from tests.standins.wecom import WeCom

CALLBACKS = [r for r in rows("valid") if r["kind"] == "callback" and r["plaintext"].startswith("<")]
VERIFY = [r for r in rows("valid") if r["kind"] == "url_verify" and r["account"] == "corp"]
INVALID = [r for r in rows("invalid") if r["request_body"].startswith("<")]


def channel(row: Row, **more: object) -> dict[str, object]:
    mine: dict[str, object] = {
        "adapter": "wecom_kf",
        "corp_id": account(row)["receive_id"],
        "secret": "nobody-asks",
        "token": account(row)["token"],
        "encoding_aes_key": account(row)["encoding_aes_key"],
        "api_base": "http://127.0.0.1:9",
        "max_age": 0,
    }
    return mine | more


async def ask(shop: Shop, method: str, query: dict[str, str], body: str = "") -> tuple[int, str]:
    url = f"{shop.app.server.url}/hooks/kf"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, params=query, data=body.encode()) as response,
    ):
        return response.status, await response.text()


@pytest.mark.parametrize("row", CALLBACKS, ids=name_of)
async def test_valid_vectors_are_acknowledged_with_an_empty_200(row: Row) -> None:
    async with open_shop(channels={"kf": channel(row)}) as shop:
        answer = await ask(shop, "POST", query_of(row), row["request_body"])
    assert answer == (200, "")


@pytest.mark.parametrize("row", VERIFY, ids=name_of)
async def test_the_console_gets_its_echo(row: Row) -> None:
    async with open_shop(channels={"kf": channel(row)}) as shop:
        good = await ask(shop, "GET", row["query"])
        bad = await ask(shop, "GET", row["query"] | {"nonce": "1"})
    assert good == (200, row["expect_response_body"])
    assert bad == (403, "")


@pytest.mark.parametrize("row", INVALID, ids=name_of)
async def test_invalid_vectors_are_refused_without_a_word(row: Row) -> None:
    now = datetime.fromtimestamp(row.get("now", int(row["timestamp"])), UTC)
    settings = channel(row, max_age=600)
    async with open_shop(channels={"kf": settings}, start=now) as shop:
        status, body = await ask(shop, "POST", query_of(row), row["request_body"])
        if row.get("deliver_times") == 2:  # only a second look at what is there: no harm
            assert await ask(shop, "POST", query_of(row), row["request_body"]) == (200, "")
            return
    assert 400 <= status < 500
    assert body == ""


async def test_a_plus_that_became_a_space_is_mended() -> None:
    async with town() as (shop, wecom):
        answers = {(await wecom.verify(f"echo {n}")).body for n in range(20)}
        assert answers == {f"echo {n}" for n in range(20)}
        query, sealed = wecom._sealed("plus")  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        raw = await ask(shop, "GET", query | {"echostr": sealed.replace("+", " ")})
        assert raw == (200, "plus")


async def test_the_key_before_still_opens_what_was_under_way() -> None:
    old = "".join("aB3" for _ in range(15))[:43]
    async with town(previous_encoding_aes_key=old) as (shop, wecom):
        wecom.key = old
        answer = await wecom.says("wm1", "hello")
        assert answer.status == 200
        await caught_up(shop, wecom)
        assert len(await heard()) == 1


async def test_another_account_is_acknowledged_and_left_alone() -> None:
    async with town(accounts=["wkAccount"]) as (shop, wecom):
        answer = await wecom.call_back(OpenKfId="wkOther")
        assert (answer.status, answer.body) == (200, "")
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
        assert len(await heard()) == 1


async def test_a_restart_looks_at_the_accounts_it_knows(tmp_path: Path) -> None:
    wecom = WeCom()
    await wecom.start()
    async with town(folder=tmp_path, wecom=wecom) as (shop, _):
        await wecom.says("wm1", "hello")
        await caught_up(shop, wecom)
    wecom.pages.append([wecom.entry("wm1", "text", {"content": "missed"})])
    async with town(folder=tmp_path, wecom=wecom) as (shop, _):
        await caught_up(shop, wecom)
        assert [row.text for row in await heard()] == ["hello", "missed"]
    await wecom.stop()
