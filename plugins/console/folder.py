"""Writes what is folded, page by page, each exactly once whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from tortoise.functions import Max

from core.clock import Clock
from core.store.commit import Superseded
from core.store.journal import set_alarm
from core.store.models import Conversation, JournalEntry
from core.store.sql import Work, json_text, update, upsert
from core.store.writer import Writer
from plugins.console.fold import Fold, fresh_thread
from plugins.console.messages import feel
from plugins.console.models import Mark, Thread
from plugins.console.numbers.models import Enquiry
from plugins.console.pages import Item, Reader, about
from plugins.console.sla.changes import Promises
from plugins.console.sla.clocks import Policy
from plugins.console.sla.terms import CHANGED, promises

log = structlog.get_logger(__name__)
NAME = "desk"
STALE = timedelta(minutes=1)  # an alarm older than that was set in a former life, or is history


class Folder:
    """The tables of the desk and the mark that says how far they are.

    A page is written only if the mark stands where the page begins: of several processes (and a
    rebuild beside them) one writes it, and whoever comes too late looks where the mark is now.
    """

    def __init__(self, writer: Writer, clock: Clock, policy: Policy) -> None:
        """``policy`` is what is promised where nothing was ever written down of it."""
        self._writer, self._clock, self._policy = writer, clock, policy
        self._promises: Promises | None = None
        self.rang: Callable[[], None] = lambda: None  # called when alarms were set

    async def fold(self, items: Sequence[Item], before: Reader, after: Reader) -> set[int]:
        """Fold a page; returns the conversations it is about, whoever folded it."""
        numbers = {number for item in items if (number := about(item))}
        try:
            return await self._fold(items, before, after, numbers)
        except Superseded:
            log.debug("desk.mark_moved", entry=before.entry)
            await self.catch_up(after)
        return numbers

    async def catch_up(self, known: Reader) -> None:
        """Fold from where the mark is to the end; somebody was at ``known`` before."""
        while True:
            mark = await Mark.get(name=NAME)
            reader = Reader(mark.message, mark.entry).behind(known)
            if not (items := await reader.next()):
                return
            before = Reader(mark.message, mark.entry)
            try:
                await self._fold(items, before, reader, set(filter(None, map(about, items))))
            except Superseded:
                log.debug("desk.folded_elsewhere", entry=before.entry)

    async def rebuild(self) -> None:
        """Throw the tables away and make them again."""
        mark = await Mark.get(name=NAME)
        await self._writer.run(_forget)
        await self.catch_up(Reader(mark.message, mark.entry))

    async def _fold(
        self, items: Sequence[Item], before: Reader, after: Reader, numbers: set[int]
    ) -> set[int]:
        changed = any(isinstance(item, JournalEntry) and item.kind == CHANGED for item in items)
        if changed or self._promises is None:
            self._promises = await promises(self._policy)
        found = await threads(numbers | (await under_promise() if changed else set()))
        page = Fold(found, await enquiries(found), feel, self._promises)
        page.take(items)
        now = self._clock.now()
        await self._writer.run(lambda: keep(page, before, after, now))
        if page.alarms:
            self.rang()
        return set(page.threads)


async def threads(numbers: set[int]) -> dict[int, Thread]:
    """The threads of these conversations, new ones for those that have none."""
    found = {t.conversation_id: t for t in await Thread.filter(conversation_id__in=numbers)}
    rows = await Conversation.filter(id__in=numbers - found.keys())
    return found | {row.id: fresh_thread(row) for row in rows}


async def enquiries(found: Mapping[int, Thread]) -> list[Enquiry]:
    """The newest enquiry of each of these conversations, and of each contact; oldest first."""
    people = {t.contact_id for t in found.values() if t.contact_id is not None}
    newest: set[int] = set()
    for column, wanted in (("conversation_id", set(found)), ("contact_id", people)):
        rows = Enquiry.filter(**{f"{column}__in": wanted}).annotate(newest=Max("id"))
        newest |= {
            int(str(n)) for n in await rows.group_by(column).values_list("newest", flat=True)
        }
    return await Enquiry.filter(id__in=newest).order_by("id")


async def under_promise() -> set[int]:
    """The conversations whose clocks may run: somebody asked for a person and has not left."""
    rows = await Thread.filter(asked_at__isnull=False).values_list("conversation_id", flat=True)
    return {int(str(number)) for number in rows}


def keep(page: Fold, before: Reader, after: Reader, now: datetime) -> Work[None]:
    """Write what a page changed, if the mark is still where it began."""
    there = "name = ? AND message = ? AND entry = ?"
    place = {"message": after.message, "entry": after.entry}
    if not (yield from update("desk_mark", place, there, (NAME, before.message, before.entry))):
        raise Superseded
    for thread in page.threads.values():
        facts = {name: getattr(thread, name) for name in COLUMNS}
        facts["clocks"] = json_text(thread.clocks)
        yield from upsert("desk_thread", facts, ("conversation_id",))
    for spot, (count, total) in page.tallies.items():
        yield _ADD, (*spot, count, total)
    for row in page.enquiries.touched.values():
        facts = {name: getattr(row, name) for name in ENQUIRY}
        yield from upsert("desk_enquiry", facts, ("conversation_id", "number"))
    for cell, (count, total) in page.outcomes.items():
        yield _ADD_OUTCOME, (*cell, count, total)
        if count <= 0:
            yield _DROP_OUTCOME, cell
    for number, alarm in page.alarms:
        if alarm.due_at is None or alarm.due_at > now - STALE:
            yield from set_alarm(alarm, number, now)


def _forget() -> Work[None]:
    yield "DELETE FROM desk_thread", ()
    yield "DELETE FROM desk_tally", ()
    yield "DELETE FROM desk_enquiry", ()
    yield "DELETE FROM desk_outcome", ()
    yield from update("desk_mark", {"message": 0, "entry": 0}, "name = ?", (NAME,))


NUMBERS = ("conversation_id", "contact_id", "last_message", "inbound", "emotion")
WORDS = ("channel", "kind", "owner", "preview", "preview_by", "reason")
TIMES = ("last_at", "waiting_since", "asked_at", "answered_at", "closed_at", "snoozed_until")
COLUMNS = (*NUMBERS, *WORDS, *TIMES)
ENQUIRY = (
    *("conversation_id", "number", "contact_id", "channel", "began_at", "last_at", "topic"),
    *("agent", "turn", "reopened", "returned", "missed", "passed", "late", "complained", "soothed"),
    *("bot_at", "asked_at", "taken_at", "replied_at", "closed_at", "result", "score"),
)
_ADD = """INSERT INTO desk_tally (day, hour, channel, agent, metric, bucket, count, total)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, hour, channel, agent, metric, bucket) DO UPDATE
SET count = desk_tally.count + excluded.count, total = desk_tally.total + excluded.total"""
_ADD_OUTCOME = """INSERT INTO desk_outcome
(day, hour, channel, agent, topic, metric, bucket, count, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (day, hour, channel, agent, topic, metric, bucket) DO UPDATE SET
count = desk_outcome.count + excluded.count, total = desk_outcome.total + excluded.total"""
_DROP_OUTCOME = """DELETE FROM desk_outcome WHERE day = ? AND hour = ? AND channel = ?
AND agent = ? AND topic = ? AND metric = ? AND bucket = ? AND count = 0"""
