"""A platform that fails every call is left alone, and nothing is lost or used up by that."""

from __future__ import annotations

from core.delivery.breaker import FAILING
from core.store.models import Message
from core.testing import Shop
from tests.core.delivery.test_sender import queue
from tests.core.stage import FINAL, outbox, play, retry, states

PEOPLE = [f"p{number:02}" for number in range(20)]


class Calls:
    """How often the platform of a shop was called since it was last asked."""

    def __init__(self, shop: Shop) -> None:
        self._outcomes, self._left = shop.channel().outcomes, 0

    def fail(self, times: int) -> None:
        """From now on every call fails, for so many calls."""
        self._outcomes.clear()
        self._outcomes.extend([retry("down")] * times)
        self._left = times

    @property
    def made(self) -> int:
        made, self._left = self._left - len(self._outcomes), len(self._outcomes)
        return made


def rests(shop: Shop) -> float | None:
    value = shop.app.metrics.registry.get_sample_value
    return value("xiaoer_breaker_open", {"channel": "shop"})


async def outage(shop: Shop, calls: Calls) -> None:
    """Everybody is answered, and the platform is down."""
    calls.fail(1000)
    for name in PEOPLE:
        await queue(shop, name, "hello")
        await shop.settle()


async def test_calls_stop_and_one_probe_goes_out_after_growing_pauses() -> None:
    async with play() as shop:
        calls = Calls(shop)
        await outage(shop, calls)
        assert calls.made == FAILING
        assert rests(shop) == 1
        probes = list[int]()
        for _ in range(10):
            await shop.advance(seconds=30)
            probes.append(calls.made)
        assert sum(probes[:3]) <= 4
        assert sum(probes[3:]) <= 3
        assert set(await states()) == {"queued"}


async def test_an_outage_of_ten_minutes_uses_up_no_attempts_and_loses_nothing() -> None:
    async with play() as shop:
        calls = Calls(shop)
        await outage(shop, calls)
        await shop.advance(minutes=10)
        rows = await outbox()
        assert {row.state for row in rows} == {"queued"}
        assert max(row.attempts for row in rows) <= 1
        shop.channel().outcomes.clear()
        await shop.advance(minutes=6)
        assert set(await states()) == {"sent"}
        assert [shop.posts(name) for name in PEOPLE] == [["hello"]] * len(PEOPLE)
        assert rests(shop) == 0


async def test_what_rested_leaves_as_soon_as_the_probe_arrived() -> None:
    async with play() as shop:
        calls = Calls(shop)
        await outage(shop, calls)
        shop.channel().outcomes.clear()
        await shop.advance(seconds=6)
        assert (await states()).count("sent") >= len(PEOPLE) - FAILING
        await queue(shop, "new", "hi")
        await shop.settle()
        assert shop.posts("new") == ["hi"]


async def test_one_message_that_always_fails_stops_nobody() -> None:
    async with play(settings={"work": {"send_attempts": 12}}) as shop:
        shop.channel().outcomes.extend([retry("odd")] * 11)
        await queue(shop, "odd one", "?")
        await shop.advance(minutes=5)
        assert not rests(shop)
        shop.channel().outcomes.clear()
        await queue(shop, "Mei", "hi")
        await shop.settle()
        assert shop.posts("Mei") == ["hi"]


async def test_a_platform_that_refuses_for_good_is_not_down() -> None:
    async with play() as shop:
        shop.channel().outcomes.extend([FINAL] * 20)
        for name in PEOPLE:
            await queue(shop, name, "hello")
            await shop.settle()
        assert not rests(shop)
        assert await Message.filter(state="failed").count() == len(PEOPLE)
