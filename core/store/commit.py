"""The one commit: everything that follows from a message or a deadline, or none of it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.adapter import Capabilities
from core.clock import Clock
from core.delivery.shape import shape
from core.effects import Address, Alarm, Effects, Post
from core.parts import dump, text_of
from core.store.models import Conversation, Deadline, JournalEntry, Message
from core.store.people import People
from core.store.states import Outbox
from core.store.writer import Writer


class Superseded(Exception):  # noqa: N818 - a fact, not a fault
    """Somebody else has handled this already; nothing of ours was written."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What effects follow from: where answers go, and what their keys are made of.

    ``claim`` runs first in the transaction and must raise :class:`Superseded` when the cause was
    dealt with already: it is what makes effects happen once.
    """

    key: str
    claim: Callable[[], Awaitable[None]] | None = None
    conversation: int | None = None
    message: int | None = None
    channel: str = ""


@dataclass(slots=True)
class Written:
    """What a commit did, for those who act on it."""

    conversations: set[int] = field(default_factory=set[int])
    posts: list[Message] = field(default_factory=list[Message])
    alarms: bool = False


class Claimant(Protocol):
    """Somebody who delivers outbound rows in another way than the outbox."""

    def claim(self, posts: Sequence[Message], /) -> None:
        """Mark the rows to be taken, before they are inserted."""
        ...

    def resolve(self) -> None:
        """The transaction is committed: the marked rows are ours to deliver."""
        ...


class CapabilitiesOf(Protocol):
    """Where a channel's capabilities are looked up."""

    def __call__(self, channel: str, /) -> Capabilities:
        """The channel's capabilities, or careful defaults for one that is gone."""
        ...


class Commit:
    """Writes effects through the writer."""

    def __init__(self, writer: Writer, people: People, clock: Clock, can: CapabilitiesOf) -> None:
        """``listeners`` hear what was written, right after each commit."""
        self._writer, self._people, self._clock, self._can = writer, people, clock, can
        self.listeners: list[Callable[[Written], None]] = []

    async def write(
        self, effects: Effects, cause: Cause, claimant: Claimant | None = None
    ) -> Written:
        """Write everything in one transaction; raises :class:`Superseded` if the claim fails.

        ``claimant`` may take outbound rows for itself before they are inserted (passive answer).
        """

        async def work() -> Written:
            return await self._write(effects, cause, claimant)

        def after(written: Written) -> None:
            for listener in self.listeners:
                listener(written)
            if claimant is not None:
                claimant.resolve()

        return await self._writer.run(work, after)

    async def _write(self, effects: Effects, cause: Cause, claimant: Claimant | None) -> Written:
        now = self._clock.now()
        written = Written()
        if cause.claim is not None:
            await cause.claim()
        for write in effects.writes:
            await write()
        for number, post in enumerate(effects.posts):
            rows = await self._rows(post, cause, number, now)
            queued = {(row.channel, row.key) for row in written.posts}
            written.posts += [row for row in rows if (row.channel, row.key) not in queued]
        if claimant is not None:
            claimant.claim(written.posts)
        for row in written.posts:
            await row.save(force_create=True)
            written.conversations.add(row.conversation_id)
        for alarm in effects.alarms:
            await _set_alarm(alarm, cause, now)
        written.alarms = bool(effects.alarms)
        for kind, data in effects.events:
            await self.journal(kind, data, cause, now)
        return written

    @staticmethod
    async def journal(kind: str, data: Mapping[str, Any], cause: Cause, now: datetime) -> None:
        """Write one journal entry inside the current transaction."""
        await JournalEntry.create(
            kind=kind,
            at=now,
            channel=cause.channel,
            conversation_id=cause.conversation,
            message_id=cause.message,
            data=dict(data),
        )

    async def _rows(self, post: Post, cause: Cause, number: int, now: datetime) -> list[Message]:
        thread = await self._thread(post, cause, now)
        messages = shape(post.parts, self._can(thread.channel))
        stem = post.key or f"{cause.key}:{number}"
        keys = [f"{stem}:{n}" if n else stem for n in range(len(messages))]
        queued = Message.filter(channel=thread.channel, direction="out", key__in=keys)
        known = {row.key for row in await queued}
        return [
            Message(
                direction="out",
                channel=thread.channel,
                key=key,
                conversation_id=thread.id,
                contact_id=thread.contact_id,
                author=post.author,
                state=Outbox.QUEUED,
                text=text_of(parts),
                parts=dump(parts),
                at=now,
                reply_to=cause.message if thread.id == cause.conversation else None,
                recipient=post.recipient or (thread.external_id if thread.kind == "direct" else ""),
                mention=list(post.mention),
                not_before=post.not_before,
                expires_at=now + post.expires_in if post.expires_in else None,
                repeatable=post.repeatable,
            )
            for key, parts in zip(keys, messages, strict=True)
            if key not in known
        ]

    async def _thread(self, post: Post, cause: Cause, now: datetime) -> Conversation:
        match post.to:
            case Address() as address:
                return await Conversation.get(id=await self._people.thread(address, now))
            case int() as number:
                return await Conversation.get(id=number)
            case _ if cause.conversation is not None:
                return await Conversation.get(id=cause.conversation)
            case _:
                raise ValueError(
                    "a post needs an address: nothing here says which conversation is meant"
                )


async def _set_alarm(alarm: Alarm, cause: Cause, now: datetime) -> None:
    if alarm.due_at is None:
        waiting = Deadline.filter(name=alarm.name, key=alarm.key, state="waiting")
        await waiting.update(state="cancelled", done_at=now)
        return
    await Deadline.update_or_create(
        name=alarm.name,
        key=alarm.key,
        defaults={
            "due_at": alarm.due_at,
            "run_at": alarm.due_at,
            "state": "waiting",
            "conversation_id": cause.conversation,
            "data": dict(alarm.data),
            "attempts": 0,
            "done_at": None,
        },
    )


def by_hand() -> Cause:
    """The cause of effects that a person ordered from the command line."""
    return Cause(f"hand:{secrets.token_hex(8)}")
