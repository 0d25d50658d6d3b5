"""Numbers: accepted is always handled plus failed plus waiting."""

from __future__ import annotations

from pathlib import Path

from core.parts import Text
from core.plugin import Plugin
from core.testing import Shop
from core.turn import Turn
from tests.core.stage import echo, play


def picky() -> Plugin:
    plugin = Plugin("picky")

    @plugin.on(keywords="bad")
    async def spit(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        raise RuntimeError

    return plugin


def number(shop: Shop, name: str, **labels: str) -> float:
    """The sum over all series of a name that carry these labels."""
    found = 0.0
    for family in shop.app.metrics.registry.collect():
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                found += sample.value
    return found


def balance(shop: Shop) -> tuple[float, float, float, float]:
    accepted = number(shop, "xiaoer_inbound_total")
    handled = number(shop, "xiaoer_finished_total", state="handled")
    failed = number(shop, "xiaoer_finished_total", state="failed")
    waiting = number(shop, "xiaoer_waiting")
    assert accepted == handled + failed + waiting
    return accepted, handled, failed, waiting


async def test_the_books_balance_at_every_moment() -> None:
    async with play(picky(), echo()) as shop:
        mei = shop.customer("Mei")
        assert balance(shop) == (0, 0, 0, 0)
        await mei.says("hi", key="k1")
        await mei.says("hi", key="k1")
        await mei.says("bad")
        assert balance(shop) == (2, 1, 0, 1)
        await shop.advance(seconds=10)
        assert balance(shop) == (2, 1, 1, 0)
        assert number(shop, "xiaoer_duplicates_total", channel="shop") == 1
        assert number(shop, "xiaoer_outbound_total", outcome="accepted") == 2


async def test_a_new_life_answers_for_what_the_old_one_left(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        shop.app.intake.handed_on = lambda _rows: None
        for words in ("a", "b"):
            await shop.customer("Mei").drops(Text(words))
        assert balance(shop) == (2, 0, 0, 2)
    async with play(echo(), folder=tmp_path) as shop:
        await shop.settle()
        assert balance(shop) == (2, 2, 0, 0)


async def test_refusals_are_counted_by_reason() -> None:
    async with play() as shop:
        shop.channel().channel.refuse("bad-signature")
        assert number(shop, "xiaoer_refused_total", reason="bad-signature") == 1
