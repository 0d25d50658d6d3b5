"""What ``xiaoer top`` shows, on any engine: the picture agrees with what happened in the shop."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from core.cli import picture
from core.cli.picture import FIELDS, Picture, Row, draw, duration
from core.cli.scrape import scrape
from core.cli.top import take
from core.parts import Text
from core.plugin import Plugin
from core.settings import build
from core.testing import START, Shop
from core.texts import Texts, bundled
from core.turn import Turn
from tests.core.stage import FINAL, UNKNOWN, echo, play, retry

MOCK = {"adapter": "core.testing.mock:MockAdapter"}


async def seen(shop: Shop) -> Picture:
    settings = build({"channels": {"shop": MOCK, "other": MOCK}})
    return await take(settings, [shop.app.server.url, "http://127.0.0.1:9"], shop.clock.now())


def row(shown: Picture, channel: str = "shop") -> Row:
    return next(one for one in shown.rows if one.channel == channel)


async def test_a_quiet_shop() -> None:
    async with play(echo(), channels={"other": MOCK}) as shop:
        shown = await seen(shop)
        assert [one.channel for one in shown.rows] == ["shop", "other"]
        assert row(shown) == Row("shop", state="open")
        assert list(shown.processes.values()) == [True, False]
        found = (await scrape([shop.app.server.url]))[shop.app.server.url]
        assert found is not None
        assert found.by("xiaoer_database_up") == {(): 1.0}


async def test_what_came_left_waits_and_failed() -> None:
    async with play(echo()) as shop:
        for outcome in (FINAL, UNKNOWN, retry(after=600)):
            shop.channel().outcomes.append(outcome)
            await shop.customer(f"c{len(shop.channel().outcomes)}").says("hi")
            await shop.customer("Mei").says("one more")
        await shop.advance(seconds=30)
        shown = row(await seen(shop))
        assert (shown.came, shown.failed, shown.unknown) == (6, 1, 1)
        assert (shown.outbox, shown.age) == (1, 30)
        assert shown.left == 3
        assert shown.p95 == 0
        await shop.advance(minutes=2)
        assert row(await seen(shop)).came == 0


async def test_a_channel_that_is_closed_and_one_that_is_gone() -> None:
    async with play(echo(), channels={"other": MOCK, "gone": MOCK}) as shop:
        line = shop.app.lines.get("other")
        assert line is not None
        await line.stop()
        shop.channel("gone").outcomes.append(retry(after=600))
        await shop.customer("Mei", channel="gone").drops(Text("hi"))
        await shop.settle()
        shown = await seen(shop)
        assert (row(shown).state, row(shown, "other").state) == ("open", "down")
        assert row(shown, "gone").outbox == 1


async def test_deadlines_that_nobody_runs_are_late() -> None:
    plugin = Plugin("clocked")

    @plugin.on(always=True)
    async def wind(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.at(timedelta(minutes=1), "gone.handler", "k")

    async with play(plugin) as shop:
        await shop.customer("Mei").says("hi")
        assert (await seen(shop)).deadlines_late == 0
        await shop.advance(minutes=3)
        shown = await seen(shop)
        assert (shown.deadlines_late, shown.deadlines_late_seconds) == (1, 120)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_it_fits_eighty_columns(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = Texts([bundled()], build({}).shop.zone, language)

    def said(key: str, /, **values: object) -> str:
        return texts.render(key, language, **values)

    monkeypatch.setattr(picture, "say", said)
    worst = Row("a-very-long-channel", 9999, 9999, 9999, 86400, 9999, 86400, 999, 99, 99, 1, 59.0)
    shown = Picture(START, "Xiaoer", [worst], {"http://a": True}, 12, 7200, 3)
    for worst.state in ("open", "down", "broken"):
        out = io.StringIO()
        Console(file=out, width=80).print(draw(shown))
        lines = out.getvalue().splitlines()
        assert max(map(cell_len, lines)) <= 80
        table = lines[2]
        for words in ("a-very-long-c", "9999", "1d", "999", "59s"):
            assert words in table, table
        assert texts.render(f"cli.top.state_{worst.state}", language) in table
        heads = [texts.render(f"cli.top.{name}", language) for name in FIELDS]
        assert all(head in lines[1] for head in heads), lines[1]


def test_durations_are_short() -> None:
    spans = (0.04, 1.5, 42, 180, 7200, 200_000)
    assert [duration(s) for s in spans] == ["40ms", "1.5s", "42s", "3m", "2h", "2d"]
