"""The one commit: everything that follows from a message or a deadline, or none of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from core.adapter import Capabilities
from core.clock import Clock
from core.delivery.shape import shape
from core.effects import Address, Effects, Post
from core.message import ConversationKind
from core.parts import dump, text_of
from core.store import journal, outbox
from core.store.journal import Place
from core.store.outbox import Rules
from core.store.people import People
from core.store.sql import Work
from core.store.writer import Writer
from core.views import OutboundRow


class Superseded(Exception):  # noqa: N818 - a fact, not a fault
    """Somebody else has handled this already; nothing of ours was written."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What effects follow from: where answers go, and what their keys are made of.

    ``claim`` runs first in the transaction and must raise :class:`Superseded` when the cause was
    dealt with already: it is what makes effects happen once.
    """

    key: str
    claim: Callable[[], Work[None]] | None = None
    conversation: int | None = None
    message: int | None = None
    channel: str = ""
    patient: bool = False  # of a live room: may wait while people are being served


@dataclass(slots=True)
class Written:
    """What a commit did, for those who act on it. ``claimed`` rows are to be sent at once."""

    posts: list[OutboundRow] = field(default_factory=list[OutboundRow])
    claimed: list[OutboundRow] = field(default_factory=list[OutboundRow])
    alarms: bool = False
    events: bool = False


class Claimant(Protocol):
    """Somebody who delivers outbound rows in another way than the outbox."""

    def claim(self, posts: Sequence[OutboundRow], /) -> None:
        """Mark the rows to be taken, before they are inserted."""
        ...

    def resolve(self) -> None:
        """The transaction is committed: the marked rows are ours to deliver."""
        ...


class Commit:
    """Writes effects through the writer."""

    def __init__(
        self,
        writer: Writer,
        people: People,
        clock: Clock,
        can: Callable[[str], Capabilities],
        lease: timedelta,
    ) -> None:
        """``listeners`` hear what was written, right after each commit.

        ``sends``: whether a sender of this process takes rows that may leave at once.
        """
        self._writer, self._people, self._clock, self._can = writer, people, clock, can
        self._lease = lease
        self.sends = False
        self.rest: Callable[[str], datetime | None] = lambda _channel: None  # see Breaker.rest
        self.listeners: list[Callable[[Written], None]] = []

    async def write(
        self, effects: Effects, cause: Cause, claimant: Claimant | None = None
    ) -> Written:
        """Write everything in one transaction; raises :class:`Superseded` if the claim fails.

        ``claimant`` may take outbound rows for itself before they are inserted (passive answer).
        """

        def work() -> Work[Written]:
            return self._write(effects, cause, claimant)

        def after(written: Written) -> None:
            for listener in self.listeners:
                listener(written)
            if claimant is not None:
                claimant.resolve()

        key = cause.conversation
        patient = cause.patient
        return await self._writer.run(work, after, before=effects.changes, key=key, patient=patient)

    async def journal(self, kind: str, data: Mapping[str, Any], channel: str = "") -> None:
        """Write one domain event that follows from nothing else."""
        now = self._clock.now()

        def after(_none: None) -> None:
            for listener in self.listeners:
                listener(Written(events=True))

        await self._writer.run(lambda: journal.enter(kind, data, now, Place(channel)), after)

    def _write(self, effects: Effects, cause: Cause, claimant: Claimant | None) -> Work[Written]:
        now = self._clock.now()
        written = Written(alarms=bool(effects.alarms), events=bool(effects.events))
        if cause.claim is not None:
            yield from cause.claim()
        rows: list[OutboundRow] = []
        for number, post in enumerate(effects.posts):
            rows += yield from self._rows(post, cause, number, now)
        if claimant is not None and not (yield from self._behind_others(rows)):
            claimant.claim(rows)
        for row in rows:
            if (yield from outbox.queue(row)):
                written.posts.append(row)
        for alarm in effects.alarms:
            yield from journal.set_alarm(alarm, cause.conversation, now)
        place = Place(cause.channel, cause.conversation, cause.message)
        for kind, data in effects.events:
            yield from journal.enter(kind, data, now, place)
        if self.sends:
            written.claimed = yield from self._claim(written.posts, now)
        return written

    def _behind_others(self, rows: Sequence[OutboundRow]) -> Work[bool]:
        """Whether older messages still wait to be pushed: a passive answer would overtake them."""
        if not rows or not self._can(rows[0].channel).push:
            return False
        return bool((yield outbox.OPEN, (rows[0].conversation_id, rows[0].conversation_id)))

    def _claim(self, posts: Sequence[OutboundRow], now: datetime) -> Work[list[OutboundRow]]:
        claimed: list[OutboundRow] = []
        for conversation, channel in {row.conversation_id: row.channel for row in posts}.items():
            rules = Rules(self._can(channel), self._lease, partial(self.rest, channel))
            if rules.can.rate is not None:
                continue  # the sender waits for the channel's pace before it claims
            if (row := (yield from outbox.claim(conversation, rules, now))) is not None:
                claimed.append(row)
        return claimed

    def _rows(
        self, post: Post, cause: Cause, number: int, now: datetime
    ) -> Work[list[OutboundRow]]:
        conversation = yield from self._conversation(post, cause, now)
        found = yield _THREAD, (conversation,)
        channel, thread, kind, contact = found[0]
        stem = post.key or f"{cause.key}:{number}"
        direct = kind == ConversationKind.DIRECT
        here = conversation == cause.conversation
        return [
            OutboundRow(
                channel=channel,
                key=f"{stem}:{place}" if place else stem,
                conversation_id=conversation,
                thread=thread,
                kind=ConversationKind(kind),
                text=text_of(parts),
                parts=dump(parts),
                at=now,
                contact_id=contact,
                author=post.author,
                reply_to=cause.message if here else None,
                recipient=post.recipient or (thread if direct else ""),
                mention=list(post.mention),
                not_before=post.not_before,
                expires_at=now + post.expires_in if post.expires_in else None,
                repeatable=post.repeatable,
                cause=cause.message if post.key and not here else None,
            )
            for place, parts in enumerate(shape(post.parts, self._can(channel)))
        ]

    def _conversation(self, post: Post, cause: Cause, now: datetime) -> Work[int]:
        if isinstance(post.to, Address):
            return (yield from self._people.thread(post.to, now))
        number = post.to if post.to is not None else cause.conversation
        if number is None:
            raise ValueError("a post needs an address: nothing here says which conversation it is")
        return number


def by_hand() -> Cause:
    """The cause of effects that a person ordered from the command line."""
    return Cause(f"hand:{secrets.token_hex(8)}")


_THREAD = "SELECT channel, external_id, kind, contact_id FROM conversation WHERE id = ?"
