"""Folds the ledger and the journal into threads and tallies: a pure function of what they say.

So the tables can be thrown away and made again (``xiaoer desk rebuild``), to the same totals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from core.effects import Alarm
from core.parts import Card, Link, Menu, as_text, load
from core.store.models import Conversation, JournalEntry, Message
from plugins.console.buckets import bucket
from plugins.console.models import Thread
from plugins.console.numbers.enquiries import Enquiries
from plugins.console.numbers.models import Enquiry
from plugins.console.numbers.outcomes import Cell, Cells
from plugins.console.numbers.rising import ANSWERS
from plugins.console.pages import Item, about
from plugins.console.rating import RATE
from plugins.console.sla import keep as sla
from plugins.console.sla.changes import Promises
from plugins.console.sla.clocks import Happened, Targets, apply
from plugins.console.sla.score import ended
from plugins.console.sla.terms import CHANGED

PREVIEW = 100
DIRECT = "direct"  # conversations with one customer, which alone have an owner
RATING = f'"{RATE}:'  # a button of the rating card, however late, asks for nothing
COUNTED = {"complaint.opened": "complaints", "complaint.soothed": "complaints.soothed"}
Feel = Callable[[str], int]


class Spot(NamedTuple):
    """Where a number is counted."""

    day: str
    hour: int
    channel: str
    agent: str
    metric: str
    bucket: int


class Fold:
    """One page at work: ``threads`` that were touched, ``tallies`` and ``outcomes`` to be added."""

    def __init__(
        self,
        threads: Mapping[int, Thread],
        enquiries: Iterable[Enquiry],
        feel: Feel,
        promises: Promises,
    ) -> None:
        """``feel`` grades a customer's words, 0 to 3; ``promises``: what was promised when."""
        self.enquiries = Enquiries(enquiries, self._local)
        self._answers: Cells = {}
        self.threads = dict(threads)
        self.tallies: dict[Spot, tuple[int, int]] = {}  # how many, and their sum
        self.alarms: list[tuple[int, Alarm]] = []  # with the conversation each is about
        self._feel, self._promises = feel, promises

    def take(self, items: Iterable[Item]) -> None:
        """All of them, in order."""
        for item in items:
            if isinstance(item, Message):
                self._message(item)
            else:
                self._entry(item)

    @property
    def outcomes(self) -> Cells:
        """What the enquiries and the answers of the page count for."""
        return {**self.enquiries.changes(), **self._answers}

    def _message(self, row: Message) -> None:
        thread = self.threads[row.conversation_id]
        thread.last_message, thread.last_at = row.id, row.at
        thread.preview, thread.preview_by = preview_of(row), by_of(row)
        if row.direction == "in":
            self._heard(thread, row)
        else:
            self._said(thread, row)

    def _heard(self, thread: Thread, row: Message) -> None:
        thread.inbound += 1
        self._count(thread, "heard", row.at)
        if not row.text and not row.context.get("spoke"):  # see core/contacts/kept.py
            return  # something that happened asks for no answer
        asks = thread.kind == DIRECT and RATING not in row.parts
        if asks and self.enquiries.heard(thread, row.at):
            self._count(thread, "enquiries", row.at)
        thread.closed_at = None
        self._wake(thread, row.at)
        thread.emotion = max(thread.emotion, self._feel(row.text))
        thread.waiting_since = thread.waiting_since or row.at
        self._happened(thread, Happened.CUSTOMER, row.at)

    def _said(self, thread: Thread, row: Message) -> None:
        agent = agent_of(row.author)
        self._count(thread, "said" if agent else "answered", row.at, agent=agent)
        if not agent:
            self.enquiries.answered(thread, row.at)
            if thread.owner == "bot":
                thread.waiting_since = None
            return
        self.enquiries.said(thread, row.at, agent)
        if thread.waiting_since is not None:
            self._time(thread, "response", thread.waiting_since, row.at, agent)
        if thread.asked_at is not None and thread.answered_at is None:
            thread.answered_at = row.at
            self._time(thread, "first_response", thread.asked_at, row.at, agent)
        thread.waiting_since = None
        self._happened(thread, Happened.AGENT, row.at, agent)

    def _entry(self, row: JournalEntry) -> None:
        if row.kind == CHANGED:
            since = datetime.fromisoformat(str(row.data["since"]))
            for each in self.threads.values():
                self._clocked(each, self._promises.settle(sla.load(each.clocks), since))
        thread = self.threads.get(about(row) or 0)
        if thread is None:
            return
        self.enquiries.told(thread, row)
        match row.kind:
            case "handoff.requested":
                self.enquiries.asked(thread, row.at)
                thread.asked_at, thread.answered_at = row.at, None
                thread.reason = str(row.data.get("reason", ""))[:40]
                thread.waiting_since = thread.waiting_since or row.at
                self._count(thread, "asked", row.at)
                self._happened(thread, Happened.ASKED, row.at)
            case "conversation.owner":
                self._owner(thread, str(row.data["owner"]), row.at)
            case "desk.snoozed":
                thread.snoozed_until = datetime.fromisoformat(str(row.data["until"]))
                self._happened(thread, Happened.PAUSED, row.at)
            case "desk.woke":
                self._wake(thread, row.at)
            case "desk.closed":
                self._closed(thread, row)
            case "desk.rated":
                agent, score = str(row.data.get("agent", "")), int(row.data["score"])
                self.enquiries.rated(thread, score)
                self._add(thread, "rated", row.at, score, agent)
                thread.closed_at = thread.closed_at or row.at  # a score opens nothing again
            case _:
                self._counted(thread, row)

    def _counted(self, thread: Thread, row: JournalEntry) -> None:
        if metric := COUNTED.get(row.kind):
            self._count(thread, metric, row.at)
        if row.kind == "faq.answered":
            topic = f"entry:{row.data.get('entry', '')}"[:80]
            cell = Cell(*self._local(row.at), thread.channel, "", topic, ANSWERS, 0)
            self._answers[cell] = self._answers.get(cell, (0, 0))[0] + 1, 0

    def _owner(self, thread: Thread, owner: str, at: datetime) -> None:
        agent = agent_of(owner)
        self.enquiries.owned(thread, owner, agent, at)
        if agent and thread.owner == "queue" and thread.asked_at is not None:
            self._time(thread, "taken", thread.asked_at, at, agent)
        if thread.owner == "bot" != owner and thread.kind == DIRECT:
            self._count(thread, "leaked", at)
        self._wake(thread, at)
        if owner == "bot":
            thread.asked_at = thread.answered_at = thread.waiting_since = None
            thread.reason, thread.emotion = "", 0
            self._happened(thread, Happened.CLOSED, at)
        thread.owner = owner

    def _wake(self, thread: Thread, at: datetime) -> None:
        """Whatever happens to it, a conversation that was put off is back."""
        if thread.snoozed_until is not None:
            thread.snoozed_until = None
            self._happened(thread, Happened.RESUMED, at)

    def _closed(self, thread: Thread, row: JournalEntry) -> None:
        agent, asked = str(row.data.get("agent", "")), row.data.get("asked_at")
        result = str(row.data.get("result", ""))
        thread.closed_at = row.at
        self.enquiries.closed(thread, row.at, result, agent)
        self._count(thread, f"closed.{result}", row.at, agent=agent)
        if asked:
            self._time(thread, "resolution", datetime.fromisoformat(asked), row.at, agent)

    def _happened(self, thread: Thread, happened: Happened, at: datetime, agent: str = "") -> None:
        """Move the promises, and remember the alarms; who answers or has it is counted."""
        now = self._promises.settle(sla.load(thread.clocks), at)
        after = apply(now, happened, at, self._promises.at(at))
        for kept in ended(now, after, happened):
            metric = "promise.kept" if kept else "promise.broken"
            self._count(thread, metric, at, agent or agent_of(thread.owner))
        self._clocked(thread, after)

    def _clocked(self, thread: Thread, after: Targets) -> None:
        before, number = sla.load(thread.clocks), thread.conversation_id
        thread.clocks = sla.dump(after)
        self.alarms += [(number, alarm) for alarm in sla.alarms(number, before, after)]

    def _time(
        self, thread: Thread, metric: str, since: datetime, until: datetime, agent: str
    ) -> None:
        self._add(thread, metric, until, max(0, round((until - since).total_seconds())), agent)

    def _count(self, thread: Thread, metric: str, at: datetime, agent: str = "") -> None:
        self._add(thread, metric, at, 0, agent)

    def _add(self, thread: Thread, metric: str, at: datetime, value: int, agent: str) -> None:
        spot = Spot(*self._local(at), thread.channel, agent[:40], metric, bucket(value))
        count, total = self.tallies.get(spot, (0, 0))
        self.tallies[spot] = count + 1, total + value

    def _local(self, at: datetime) -> tuple[str, int]:
        """The day and the hour in the shop."""
        local = at.astimezone(self._promises.at(at).calendar.zone)
        return local.date().isoformat(), local.hour


def fresh_thread(row: Conversation) -> Thread:
    """The thread of a conversation nobody has written of yet."""
    return Thread(
        conversation_id=row.id,
        channel=row.channel,
        kind=str(row.kind),
        contact_id=row.contact_id,
        last_at=row.created_at,
    )


def preview_of(row: Message) -> str:
    """What was said, or what a menu or a card shows where no words stand beside it."""
    if row.text:
        return row.text[:PREVIEW]
    shown = (part for part in load(row.parts) if isinstance(part, Menu | Card | Link))
    return " ".join(" ".join(map(as_text, shown)).split())[:PREVIEW]


def agent_of(owner: str) -> str:
    """The login behind ``agent:<login>``, or an empty string."""
    return owner.removeprefix("agent:") if owner.startswith("agent:") else ""


def by_of(row: Message) -> str:
    """Who speaks: ``customer``, ``agent`` or ``bot``."""
    if row.direction == "in":
        return "customer"
    return "agent" if agent_of(row.author) else "bot"
