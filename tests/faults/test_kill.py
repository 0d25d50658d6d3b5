"""kill -9 at any moment: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from core.settings import DatabaseSettings
from core.store.database import Database
from core.store.models import Conversation, Deadline, JournalEntry, Message
from tests.faults.life import WEEK
from tests.faults.line import CONVERSATIONS, lines

ROOT = Path(__file__).parents[2]
COUNT = 600


async def life(folder: Path, count: int, *, killed_after: float | None) -> int:
    """One life; returns how it ended (``-SIGKILL`` when it was killed in time)."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.life", str(folder), str(count)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    if killed_after is not None:
        try:
            return await asyncio.wait_for(process.wait(), killed_after)
        except TimeoutError:
            process.kill()
    return await asyncio.wait_for(process.wait(), 30)


@asynccontextmanager
async def books(folder: Path) -> AsyncGenerator[None]:
    """The shop's database, after its process."""
    database = Database(DatabaseSettings(url=f"sqlite://{folder / 'shop.db'}"), {})
    await database.open()
    try:
        yield
    finally:
        await database.close()


async def test_killed_at_random_moments(tmp_path: Path) -> None:
    dice = random.Random(20261121)
    ends = [await life(tmp_path, COUNT, killed_after=dice.uniform(0.0, 0.35)) for _ in range(3)]
    assert ends.count(-signal.SIGKILL) >= 2
    assert await life(tmp_path, COUNT, killed_after=None) == 0

    assert in_order(lines(tmp_path / "shown"))
    shown = Counter(line.split(" ", 1)[0] for line in lines(tmp_path / "shown"))
    async with books(tmp_path):
        inbound = await Message.filter(direction="in").order_by("id")
        assert Counter([row.state for row in inbound]) == {"handled": COUNT}
        assert len({row.key for row in inbound}) == COUNT
        answers = await Message.filter(direction="out", reply_to__isnull=False).order_by("reply_to")
        assert [row.reply_to for row in answers] == [row.id for row in inbound]
        told = await JournalEntry.filter(kind="life.heard").order_by("message_id")
        assert [entry.message_id for entry in told] == [row.id for row in inbound]
        memories = [c.memory for c in await Conversation.filter(external_id__startswith="c")]
        assert len(memories) == CONVERSATIONS
        assert sum(memory["life"]["count"] for memory in memories) == COUNT
        assert await Deadline.filter(key__startswith="after:").count() == COUNT
        assert {row.state for row in answers} <= {"sent", "unknown"}
        for row in answers:
            assert shown[row.key] == 1 or (row.state == "unknown" and not shown[row.key])
        unknown = [row for row in answers if row.state == "unknown"]
        marked = await JournalEntry.filter(kind="message.unknown")
        assert {row.id for row in unknown} <= {entry.message_id for entry in marked}


def in_order(shown: list[str]) -> bool:
    """Whether each conversation was answered in the order of its questions."""
    said: dict[int, list[int]] = {}
    for line in shown:
        if "heard" in line:
            number = int(line.rsplit(" ", 1)[1])
            said.setdefault(number % CONVERSATIONS, []).append(number)
    return all(numbers == sorted(numbers) for numbers in said.values())


async def test_a_weekly_post_killed_at_its_slot_is_posted_once(tmp_path: Path) -> None:
    for killed_after in (0.42, 0.03):
        await life(tmp_path, 0, killed_after=killed_after)
    assert await life(tmp_path, 0, killed_after=None) == 0
    slots = lines(tmp_path / "slots")
    assert len(slots) >= 2, "it was never killed at its slot"
    assert len(set(slots)) == 1
    async with books(tmp_path):
        (post,) = await Message.filter(direction="out")
        (deadline,) = await Deadline.all()
        shown = [line for line in lines(tmp_path / "shown") if line.startswith("weekly:")]
        assert len(shown) == 1 or (not shown and post.state == "unknown")
        slot = datetime.fromisoformat(slots[0])
        assert deadline.state == "waiting"
        assert abs(deadline.due_at - (slot + WEEK)) < timedelta(seconds=1)
