"""Enquiries: what became of each thing a customer came for (pure rules, one row an enquiry).

An enquiry begins with what a customer says to the bot after six hours of silence. It is closed by
a person, or by the customer's word on the bot's answer. Whoever asks for a person again after that
opens it again; whoever comes back within a week comes about the same matter (S-407).

What one commit wrote has one time, and may be told in any order: the answer, the new owner, the
request for a person. Nothing here may depend on which of them comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from core.store.models import JournalEntry
from plugins.console.models import Thread
from plugins.console.numbers.models import Enquiry
from plugins.console.numbers.outcomes import Cells, cells

LULL = timedelta(hours=6)  # of silence, then what a customer says is another enquiry
RETURN = timedelta(days=7)  # as long as goods go back without a reason (S-134): the same purchase
PROMPT = timedelta(minutes=5)  # for a person's first word (S-395)
MISSED = "missed"  # asked in vain
RANKS = {"": 0, MISSED: 1, "orders": 2, "entry": 2, "incident": 3, "complaint": 4}
Local = Callable[[datetime], tuple[str, int]]


class Enquiries:
    """The enquiries that a page is about: ``touched`` must be written, ``changes`` be counted."""

    def __init__(self, rows: Iterable[Enquiry], local: Local) -> None:
        """``rows``: the newest of each conversation and contact, oldest first."""
        self.touched: dict[tuple[int, int], Enquiry] = {}
        self._before: dict[tuple[int, int], Cells] = {}
        self._local = local
        self._here: dict[int, Enquiry] = {}
        self._whose: dict[int, Enquiry] = {}
        for row in rows:
            self._newest(row)

    def heard(self, thread: Thread, at: datetime) -> bool:
        """The customer says something; whether that is another enquiry."""
        row = self._here.get(thread.conversation_id)
        if thread.owner == "bot" and (row is None or at - row.last_at > LULL):
            self._begin(thread, at)
            return True
        if row is not None:
            self._touch(row).last_at = at
        return False

    def answered(self, thread: Thread, at: datetime) -> None:
        """The bot says something; news that come out of the blue belong to no enquiry."""
        row = self._here.get(thread.conversation_id)
        if row is None or at - row.last_at > LULL:
            return
        self._touch(row).last_at = at
        row.bot_at = row.bot_at or at

    def said(self, thread: Thread, at: datetime, agent: str) -> None:
        """A person says something."""
        if (row := self._at_work(thread)) is None:
            return
        row.last_at, row.agent = at, agent
        if row.asked_at is not None and row.replied_at is None:
            row.replied_at, row.late = at, at - row.asked_at > PROMPT

    def asked(self, thread: Thread, at: datetime) -> None:
        """A person is wanted; after it was closed: wanted again."""
        if (row := self._at_work(thread)) is None:
            return
        row.reopened += row.closed_at is not None
        row.closed_at, row.result = None, ""
        row.asked_at = row.asked_at or at

    def owned(self, thread: Thread, owner: str, agent: str, at: datetime) -> None:
        """It changes hands; ``thread`` still has the old ones."""
        if owner == "bot" or (row := self._at_work(thread)) is None:
            return
        row.passed = row.passed or thread.owner == "bot"
        if agent:
            row.agent = agent
            row.taken_at = row.taken_at or (at if row.asked_at is not None else None)

    def closed(self, thread: Thread, at: datetime, result: str, agent: str) -> None:
        """A person closes it."""
        if (row := self._at_work(thread)) is not None:
            row.closed_at = row.last_at = at
            row.result, row.agent = result, agent or row.agent

    def rated(self, thread: Thread, score: int) -> None:
        """The customer's word on how it went."""
        if (row := self._at_work(thread)) is not None:
            row.score = score

    def told(self, thread: Thread, entry: JournalEntry) -> None:
        """What the journal says of its matter."""
        if not (sign := TOPICS.get(entry.kind)) or (row := self._at_work(thread)) is None:
            return
        topic = sign(entry)[:80]
        if RANKS[topic.partition(":")[0]] > RANKS[row.topic.partition(":")[0]]:
            row.topic = topic
        row.missed = row.missed or topic == MISSED
        row.complained = row.complained or entry.kind == "complaint.opened"
        row.soothed = row.soothed or entry.kind == "complaint.soothed"
        if entry.kind == "faq.feedback" and row.asked_at is None and row.closed_at is None:
            row.result = "solved" if entry.data["useful"] else "unsolved"

    def changes(self) -> Cells:
        """What the touched ones count for now, less what they counted for before."""
        found: Cells = {}
        for key, row in self.touched.items():
            before, after = self._before.get(key, {}), cells(row, *self._local(row.began_at))
            for cell in {**before, **after}:
                (less, old), (more, new) = before.get(cell, (0, 0)), after.get(cell, (0, 0))
                count, total = found.get(cell, (0, 0))
                found[cell] = count + more - less, total + new - old
        return {cell: change for cell, change in found.items() if change != (0, 0)}

    def _begin(self, thread: Thread, at: datetime) -> None:
        last = self._here.get(thread.conversation_id)
        former = self._whose.get(thread.contact_id or 0, last)
        row = Enquiry(
            conversation_id=thread.conversation_id,
            number=last.number + 1 if last is not None else 1,
            contact_id=thread.contact_id,
            channel=thread.channel,
            began_at=at,
            last_at=at,
        )
        if former is not None and at - former.last_at <= RETURN:
            self._touch(former).returned = True
            row.turn = former.turn + former.reopened + 1
        self.touched[row.conversation_id, row.number] = row
        self._newest(row)

    def _at_work(self, thread: Thread) -> Enquiry | None:
        row = self._here.get(thread.conversation_id)
        return self._touch(row) if row is not None else None

    def _touch(self, row: Enquiry) -> Enquiry:
        key = row.conversation_id, row.number
        if key not in self.touched:
            self.touched[key] = row
            self._before[key] = cells(row, *self._local(row.began_at))
        return row

    def _newest(self, row: Enquiry) -> None:
        here = self._here.get(row.conversation_id)
        if here is None or here.number < row.number:
            self._here[row.conversation_id] = row
        if row.contact_id is not None:
            self._whose[row.contact_id] = row


def _constant(topic: str) -> Callable[[JournalEntry], str]:
    return lambda _entry: topic


def _entry(entry: JournalEntry) -> str:
    return f"entry:{entry.data.get('entry', '')}"


def _complaint(entry: JournalEntry) -> str:
    return f"complaint:{entry.data.get('kind', '')}"


TOPICS: dict[str, Callable[[JournalEntry], str]] = {
    "faq.answered": _entry,
    "faq.picked": _entry,
    "faq.feedback": _entry,
    "faq.missed": _constant(MISSED),
    "orders.shown": _constant("orders"),
    "incident.asked": _constant("incident"),
    "complaint.opened": _complaint,
    "complaint.soothed": _complaint,
}
