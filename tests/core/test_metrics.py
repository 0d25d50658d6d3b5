"""Numbers: accepted is always handled plus failed plus waiting."""

from __future__ import annotations

from pathlib import Path

import structlog
from aiohttp import ClientSession
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from tortoise import connections

from core.metrics import REASONS, STAGES
from core.parts import Text
from core.plugin import Plugin
from core.store.models import Message
from core.testing import Shop
from core.turn import Turn
from core.upkeep import POISON
from tests.core.stage import FINAL, UNKNOWN, echo, play, retry


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


async def test_a_reason_made_up_from_input_does_not_fill_the_memory() -> None:
    async with play() as shop:
        for name in range(10 * REASONS):
            shop.app.metrics.refused("shop", f"odd-{name}")
        assert number(shop, "xiaoer_refused_total") == 10 * REASONS
        assert number(shop, "xiaoer_refused_total", reason="other") == 9 * REASONS


async def test_every_stage_of_an_answer_is_timed() -> None:
    async with play(echo()) as shop:
        await shop.customer("Mei").says("hi")
        for stage in STAGES:
            assert number(shop, "xiaoer_stage_seconds_count", stage=stage) == 1, stage
        assert number(shop, "xiaoer_writer_batch_rows_count") >= 3


async def test_an_answer_that_had_to_wait_is_as_slow_as_its_customer_felt_it() -> None:
    async with play(echo()) as shop:
        shop.channel().outcomes.append(retry(after=90))
        await shop.customer("Mei").says("hi")
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_outbox_open", channel="shop") == 1
        await shop.advance(seconds=60)
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_outbox_age_seconds", channel="shop") == 60
        await shop.advance(seconds=60)
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_outbox_open", channel="shop") == 0
        assert number(shop, "xiaoer_stage_seconds_sum", stage="answer") >= 90


async def test_what_waits_to_be_handled_grows_old() -> None:
    async with play(echo()) as shop:
        shop.app.intake.handed_on = lambda _rows: None
        await shop.customer("Mei").drops(Text("hi"))
        await shop.advance(minutes=2)
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_open", channel="shop") == 1
        assert number(shop, "xiaoer_lag_seconds", channel="shop") == 120


async def test_what_needs_a_person_is_counted_from_the_ledger() -> None:
    async with play(picky(), echo(), settings={"work": {"attempts": 1}}) as shop:
        shop.channel().outcomes.append(FINAL)
        await shop.customer("Mei").says("hi")
        shop.channel().outcomes.append(UNKNOWN)
        await shop.customer("Lei").says("hi")
        await shop.customer("Han").says("bad")
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_stuck", channel="shop", state="failed") == 2
        assert number(shop, "xiaoer_stuck", channel="shop", state="unknown") == 1


async def test_what_was_parked_unread_needs_a_person_too(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        shop.app.intake.handed_on = lambda _rows: None
        await shop.customer("Mei").drops(Text("hi"))
        await Message.all().update(attempts=POISON)
    async with play(echo(), folder=tmp_path) as shop:
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_stuck", channel="shop", state="failed") == 1
        assert shop.posts("Mei") == []


async def test_every_line_about_a_message_carries_its_number() -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        async with play(picky(), echo(), settings={"work": {"attempts": 1}}) as shop:
            await shop.customer("Mei").says("hi")
            await shop.customer("Lei").says("bad")
            structlog.get_logger().info("afterwards")
    handled = next(line for line in lines if line["event"] == "message.handled")
    sent = next(line for line in lines if line["event"] == "message.sent")
    assert sent["reply_to"] == handled["message_id"]
    tried = next(line for line in lines if line["event"] == "message.attempt_failed")
    parked = next(line for line in lines if line["event"] == "message.parked")
    assert tried["message_id"] == parked["message_id"] != handled["message_id"]
    assert "message_id" not in next(line for line in lines if line["event"] == "afterwards")


async def test_what_this_process_counted_is_seen_while_the_ledger_is_away() -> None:
    async with play(echo()) as shop, ClientSession() as client:
        await shop.customer("Mei").says("hi")
        await connections.get("default").execute_script("ALTER TABLE deadline RENAME TO d")
        async with client.get(f"{shop.app.server.url}/metrics") as answer:
            text = await answer.text()
        await connections.get("default").execute_script("ALTER TABLE d RENAME TO deadline")
        assert answer.status == 200
        assert "xiaoer_database_up 0.0" in text
        assert 'xiaoer_inbound_total{channel="shop"} 1.0' in text
        await shop.app.vitals.measure()
        assert number(shop, "xiaoer_database_up") == 1
