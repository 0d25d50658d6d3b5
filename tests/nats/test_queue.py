"""The queue before the ledger: what it keeps, what it repeats, and what it never mixes up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from core.app import App
from core.cli.chat import _rehearsal  # pyright: ignore[reportPrivateUsage]
from core.cli.examine import queue
from core.gate import AwayError
from core.gate.broker import Broker
from core.gate.drain import Drain
from core.gate.entry import Entry, Packed, UnreadableError, encode, pack, unpack
from core.gate.gate import Gate
from core.message import Inbound, Sender
from core.parts import Event, Text
from core.settings import build
from core.store.models import Message
from core.testing import Shop
from tests.broker import nats
from tests.core.stage import echo, play, until
from tests.postgres.town import Town

DESK = {"desk": {"adapter": "tests.core.counter:CounterAdapter", "passive": False}}
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def said(key: str, text: str = "hi", who: str = "Mei", **more: Any) -> Inbound:
    return Inbound(key, who, Sender(who), (Text(text),), NOW, **more)


def queue_of(shop: Shop | Town) -> tuple[Broker, Drain]:
    """The two ends of the shop's queue."""
    assert shop.app.gate is not None
    return shop.app.gate.broker, shop.app.gate.drain


async def told(shop: Shop | Town, path: str) -> tuple[int, str]:
    async with ClientSession() as client, client.get(f"{shop.app.server.url}{path}") as answer:
        return answer.status, await answer.text()


async def deliver(shop: Shop, key: str) -> int:
    said = {"key": key, "who": "Mei", "text": "hi"}
    url = f"{shop.app.server.url}/hooks/desk"
    async with ClientSession() as client, client.post(url, json=said) as answer:
        return answer.status


async def waiting(shop: Shop) -> int:
    return (await queue_of(shop)[0].backlog()).waiting


def test_an_entry_comes_back_whole() -> None:
    happened = Inbound("k", "Mei", Sender("Mei"), (Event("click", "b"),), NOW, context={"a": [1]})
    (packed,) = pack("shop", [said("é\n"), happened], NOW, 10**6)
    assert unpack(packed.data) == Entry("shop", NOW, (said("é\n"), happened))


def test_what_is_too_long_is_cut_between_messages() -> None:
    messages = [said(str(n), "x" * 100) for n in range(9)]
    packed = list(pack("shop", messages, NOW, 1000))
    assert len(packed) > 1
    assert all(len(one.data) <= 1000 for one in packed)
    assert [m for one in packed for m in unpack(one.data).messages] == messages


def test_the_same_messages_have_the_same_name() -> None:
    def name(channel: str, *keys: str) -> str:
        return next(pack(channel, [said(key) for key in keys], NOW, 10**6)).name

    names = [name("a", "1"), name("b", "1"), name("a", "1", "2"), name("a", "12")]
    assert len({*names}) == 4
    assert name("a", "1") == names[0]
    assert names[0].isalnum()


@pytest.mark.parametrize("data", [b"", b"{}", encode(Entry("shop", NOW, (), v=2))])
def test_what_a_later_version_wrote_is_not_guessed_at(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpack(data)


async def test_a_message_delivered_again_is_one_row() -> None:
    async with play(echo()) as shop:
        line = shop.channel().channel
        await line.accept([said("1")])
        await line.accept([said("1")])  # the queue knows it
        await line.accept([said("1"), said("2", "and")])  # only the ledger does
        await shop.settle()
        assert shop.posts("Mei") == ["hi", "and"]
        assert await shop.balance() == {"handled": 2}
        assert await waiting(shop) == 0


async def test_a_row_has_the_time_at_which_it_was_taken_in() -> None:
    async with play(echo()) as shop:
        _, drain = queue_of(shop)
        await drain.stop()
        came = shop.clock.now()
        await shop.customer("Mei").drops(Text("hi"))
        await shop.advance(minutes=5)
        drain.start()
        await shop.settle()
        assert (await Message.get(direction="in")).at == came


async def test_a_drain_that_dies_between_commit_and_acknowledgement() -> None:
    async with play(echo()) as shop:
        broker, drain = queue_of(shop)
        await drain.stop()
        mei = shop.customer("Mei")
        for word in ("one", "two", "three"):
            await mei.drops(Text(word))
        async with broker.reader() as dying:
            for letter in (await dying.batch())[:2]:
                entry = unpack(letter.data)
                await shop.app.intake.accept(entry.channel, entry.messages, {})
        assert await waiting(shop) == 3
        drain.start()
        await shop.settle()
        assert shop.posts("Mei") == ["one", "two", "three"]
        assert await waiting(shop) == 0


async def test_a_drain_that_was_thought_dead_changes_nothing() -> None:
    async with play(echo()) as shop:
        broker, drain = queue_of(shop)
        await drain.stop()
        mei = shop.customer("Mei")
        for n in range(5):
            await mei.drops(Text(str(n)))
        async with broker.reader() as sleeper:
            letters = await sleeper.batch()
            drain.start()
            await shop.settle()
            for letter in letters:
                entry = unpack(letter.data)
                await shop.app.intake.accept(entry.channel, entry.messages, {})
            await mei.says("5")
            with pytest.raises(AwayError):
                await sleeper.batch()
        assert shop.posts("Mei") == ["0", "1", "2", "3", "4", "5"]


async def test_a_reader_with_a_gap_begins_anew() -> None:
    async with play(echo()) as shop:
        broker, drain = queue_of(shop)
        await drain.stop()
        async with broker.reader() as reader:
            await shop.customer("Mei").drops(Text("read"))
            assert len(await reader.batch()) == 1
            await shop.customer("Mei").drops(Text("lost on the way"))
            await until(lambda: bool(reader.found))
            reader.found.clear()
            await shop.customer("Mei").drops(Text("after it"))
            with pytest.raises(AwayError, match="missing"):
                await reader.batch()
        drain.start()
        await shop.settle()
        assert shop.posts("Mei") == ["read", "lost on the way", "after it"]


async def test_what_nobody_can_read_is_laid_aside() -> None:
    async with play(echo()) as shop:
        broker, _ = queue_of(shop)
        await broker.publish(Packed("bad", b"not an entry"))
        await shop.customer("Mei").says("hi")
        assert shop.posts("Mei") == ["hi"]
        backlog = await broker.backlog()
        assert (backlog.waiting, backlog.parked) == (0, 1)
        assert "xiaoer_queue_parked 1.0" in (await told(shop, "/metrics"))[1]


async def test_a_restarted_shop_finds_what_waits(tmp_path: Path) -> None:
    async with play(echo(), folder=tmp_path) as shop:
        await queue_of(shop)[1].stop()
        await shop.customer("Mei").drops(Text("hi"))
    async with play(echo(), folder=tmp_path) as shop:
        await shop.settle()
        assert shop.posts("Mei") == ["hi"]


async def test_how_much_waits_and_since_when_is_told() -> None:
    async with play(echo()) as shop:
        await queue_of(shop)[1].stop()
        await shop.customer("Mei").drops(Text("hi"))
        await shop.advance(seconds=90)
        text = (await told(shop, "/metrics"))[1]
        for line in ("up 1.0", "waiting 1.0", "oldest_seconds 90.0"):
            assert f"\nxiaoer_queue_{line}\n" in text
        assert 'xiaoer_queue_accepted_total{channel="shop"} 1.0' in text


async def test_a_broker_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.web.hooks.DURABLE", 0.2)
    with nats() as broker:
        monkeypatch.setenv("XIAOER__QUEUE__URL", broker.url)
        async with play(echo(), channels=DESK) as shop:
            broker.kill()
            await until(lambda: not queue_of(shop)[0].up)
            status, words = await told(shop, "/readyz")
            assert (status, "queue away" in words) == (503, True)
            assert "\nxiaoer_queue_up 0.0\n" in (await told(shop, "/metrics"))[1]
            assert await deliver(shop, "1") == 503
            broker.start()
            await until(lambda: queue_of(shop)[0].up)
            assert await deliver(shop, "1") == 200
            await shop.settle()
            assert await shop.balance() == {"handled": 1}
            assert (await told(shop, "/readyz"))[0] == 200


async def test_without_a_broker_messages_go_straight_to_the_ledger_if_so_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XIAOER__QUEUE__URL", "nats://127.0.0.1:9")  # nobody is there
    monkeypatch.setenv("XIAOER__QUEUE__WHEN_AWAY", "ledger")
    monkeypatch.setattr("core.gate.broker.ANSWER", 0.1)
    async with play(echo(), channels=DESK) as shop:
        assert await deliver(shop, "1") == 200
        await shop.settle()
        assert await shop.balance() == {"handled": 1}
        assert (await told(shop, "/readyz"))[0] == 200


async def test_doctor_says_whether_the_queue_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def house() -> Gate:
        gate = App(build({"database": {"url": "sqlite://:memory:"}})).gate
        assert gate is not None
        return gate

    assert (await queue(house())).finding.ok
    monkeypatch.setenv("XIAOER__QUEUE__URL", "nats://me:secret@127.0.0.1:9")
    monkeypatch.setattr("core.gate.broker.ANSWER", 0.1)
    found = await queue(house())
    assert (found.finding.ok, "127.0.0.1:9" in found.text, "secret" in found.text) == (
        False,
        True,
        False,
    )


def test_a_rehearsal_takes_nothing_that_customers_said(tmp_path: Path) -> None:
    settings = build({"data": str(tmp_path)})
    assert settings.queue.url
    assert not _rehearsal(settings).queue.url
