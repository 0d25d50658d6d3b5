"""Several houses on one database, here in one process: who takes what, and who may not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.clock import SystemClock
from core.delivery.pace_shared import SharedPace
from core.message import Inbound, Sender
from core.parts import Text
from core.plugin import Plugin
from core.settings import SettingsError, build
from core.store import inbox
from core.store.models import ChannelNote, Contact, Message
from core.store.people import People
from core.store.postgres import PostgresDriver, away
from core.store.session import Session
from core.testing import shop as kit
from core.turn import Turn
from tests.core.stage import echo, play, states
from tests.servers import Postgres

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiaoer'"
DEAD = 4_000_000  # no living process has that number: they are drawn from all positive ones


async def url_of(folder: Path) -> str:
    return await kit.where(folder)


async def until(true: Callable[[list[str]], bool]) -> None:
    """Wait for states that real time brings, not the test's clock."""
    async with asyncio.timeout(15):
        while True:
            try:
                if true(await states()):
                    return
            except Exception as error:
                if not away(error):  # what was cut may be the line that we look through
                    raise
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("caller_id", "state", "repeats"), [(False, "unknown", 0), (True, "sent", 1)]
)
async def test_a_row_that_a_dead_process_was_sending(
    tmp_path: Path, caller_id: bool, state: str, repeats: int
) -> None:
    channels = {"shop": {"adapter": "core.testing.mock:MockAdapter", "caller_id": caller_id}}
    async with play(echo(), folder=tmp_path, channels=channels) as shop:
        await shop.customer("Mei").says("hi")
        base = await asyncpg.connect(await url_of(tmp_path))
        await base.execute("UPDATE message SET state = 'sending' WHERE direction = 'out'")
        await base.execute("UPDATE message SET holder = $1 WHERE direction = 'out'", DEAD)
        await base.close()
    async with play(echo(), folder=tmp_path, channels=channels) as shop:
        await until(lambda found: found != ["sending"])
        await shop.advance(minutes=1)
        assert await states() == [state]
        assert len(shop.channel().sent) == repeats


async def test_work_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    plugin = echo()
    async with play(plugin, folder=tmp_path) as shop:
        await shop.app.lanes.stop()
        await shop.customer("Mei").drops(Text("hi"))
        base = await asyncpg.connect(await url_of(tmp_path))
        assert await base.fetchval("UPDATE work SET holder = $1 RETURNING 1", DEAD) == 1
        await base.close()
        await shop.app.lanes.start()
        await until(lambda found: found == ["sent"])


@pytest.mark.parametrize("taken", [10, 14])  # 14: whoever was to park it was killed meanwhile
async def test_what_kills_whoever_reads_it_is_parked(tmp_path: Path, taken: int) -> None:
    read: list[str] = []
    plugin = Plugin("reader")

    @plugin.on(always=True)
    async def reads(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        read.append(turn.text)

    async with play(plugin, folder=tmp_path) as shop:
        await shop.app.lanes.stop()
        await shop.customer("Mei").drops(Text("boom"))
        base = await asyncpg.connect(await url_of(tmp_path))
        await base.execute("UPDATE work SET taken = $1", taken)
        await base.close()
        await shop.app.lanes.start()
        await shop.settle()
        assert (await shop.balance(), read) == ({"failed": 1}, [])


async def test_gateways_may_meet_the_same_person_at_once(tmp_path: Path) -> None:
    async with play(folder=tmp_path):
        url = await url_of(tmp_path)
        drivers = [PostgresDriver(url, n) for n in range(1, 4)]

        async def meet(driver: PostgresDriver, n: int) -> None:
            mei = Sender("mei", name="Mei")
            said = Inbound(f"k{n}", "mei", mei, (Text("hi"),), datetime.now(UTC))
            now = datetime.now(UTC)
            await driver.write([lambda: inbox.accept("shop", [said], {}, People(), [now])])

        await asyncio.gather(*(meet(driver, n % 4) for n, driver in enumerate(drivers * 4)))
        for driver in drivers:
            await driver.close()
        assert await Contact.all().count() == 1
        assert await Message.all().count() == 4


async def test_two_gateways_meet_one_person_on_two_channels(tmp_path: Path) -> None:
    async with play(folder=tmp_path):
        drivers = [PostgresDriver(await url_of(tmp_path), n) for n in range(1, 5)]
        now = datetime.now(UTC)

        async def meet(driver: PostgresDriver, channel: str, who: int) -> None:
            mei = Sender(f"{channel}-{who}", name="Mei", union_id=f"union{who}")
            said = [Inbound(f"k{who}", mei.id, mei, (Text("hi"),), now)]
            await driver.write([lambda: inbox.accept(channel, said, {}, People(), [now])])

        for who in range(5):
            await asyncio.gather(*(meet(d, f"shop{n}", who) for n, d in enumerate(drivers)))
        for driver in drivers:
            await driver.close()
        assert await Contact.all().count() == 5
        assert await Message.all().count() == 20


async def test_lines_cut_at_any_moment_cost_no_message_an_attempt(tmp_path: Path) -> None:
    plugin = Plugin("keeper")

    @plugin.on(always=True)
    async def keep(turn: Turn) -> None:  # pyright: ignore[reportUnusedFunction]
        turn.save(ChannelNote(channel="shop", name=turn.message.key, value=turn.text))
        turn.say(turn.text)

    async with play(plugin, folder=tmp_path) as shop:
        base = await asyncpg.connect(await url_of(tmp_path))
        people = [shop.customer(f"c{n}") for n in range(5)]
        for round_ in range(10):
            await asyncio.gather(*(person.drops(Text(str(round_))) for person in people))
            await base.fetch(CUT)
        await until(lambda found: found == ["sent"] * 50)
        await base.close()
        assert await shop.balance() == {"handled": 50}
        assert await ChannelNote.filter(channel="shop").count() == 50
        assert not await Message.filter(direction="in", attempts__gt=1).exists()


async def test_one_leads_and_the_next_takes_over(server: Postgres) -> None:
    url = await server.database()
    first, second = Session(url), Session(url)
    await first.lead("deadlines")
    waiting = asyncio.create_task(second.lead("deadlines"))
    await second.fetch("SELECT 1")
    assert not waiting.done()
    await first.close()
    async with asyncio.timeout(2):
        await waiting
    await second.close()


async def test_the_bell_is_heard_by_others_only(server: Postgres) -> None:
    url = await server.database()
    first, second = Session(url), Session(url)
    heard: list[str] = []
    came = asyncio.Event()
    first.heard.append(lambda what: heard.append(f"first {what}"))
    second.heard.append(lambda what: (heard.append(f"second {what}"), came.set())[0])
    await first.open()
    await second.open()
    first.ring("i")
    first.ring("o")
    first.ring("i")
    async with asyncio.timeout(2):
        await came.wait()
    assert heard == ["second io"]
    await first.close()
    await second.close()


async def test_two_processes_keep_one_pace(tmp_path: Path) -> None:
    async with play(folder=tmp_path) as shop:
        url = await url_of(tmp_path)
        sessions = [Session(url), Session(url)]
        paces = [SharedPace(s, shop.clock, "shop", (3, 60.0)) for s in sessions]
        begun, taken = shop.clock.now(), list[float]()

        async def send(pace: SharedPace) -> None:
            await pace.turn()
            taken.append((shop.clock.now() - begun).total_seconds())

        sends = [asyncio.create_task(send(paces[n % 2])) for n in range(8)]
        for _ in range(4):
            await asyncio.sleep(0.3)
            shop.clock.move_to(shop.clock.now() + timedelta(seconds=60))
        await asyncio.gather(*sends)
        assert taken == [0, 0, 0, 60, 60, 60, 120, 120]
        for session in sessions:
            await session.close()


def test_on_sqlite_one_process_does_everything(tmp_path: Path) -> None:
    from core.app import App

    table: dict[str, Any] = {"roles": ["worker"], "data": str(tmp_path)}
    table["database"] = {"url": f"sqlite://{tmp_path / 's.db'}"}
    with pytest.raises(SettingsError, match="one process does everything"):
        App(build(table), SystemClock())


async def test_a_character_that_postgresql_does_not_know(tmp_path: Path) -> None:
    async with play(echo()) as shop:
        mei = shop.customer("Mei")
        await mei.says("one\0two", product={"name": "a\0b"})
        assert mei.replies == ["onetwo"]
