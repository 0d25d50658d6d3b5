"""Statements of the inbound side of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.adapter import Window
from core.delivery import quota
from core.message import ConversationKind, Inbound
from core.parts import dump
from core.store.people import People
from core.store.sql import Work, insert, json_text, json_value, moment, update
from core.store.states import Inbox
from core.views import ContactView, ConversationView, MessageView


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of the ledger: its number, its conversation, and whether it is new."""

    id: int
    conversation: int
    new: bool


def accept(
    channel: str,
    messages: Sequence[Inbound],
    windows: Mapping[str, Window],
    people: People,
    now: datetime,
) -> Work[list[Accepted]]:
    """Make a row of each message, in order; a known key is answered with its old row."""
    accepted: list[Accepted] = []
    for message in messages:
        contact = yield from people.contact(channel, message.sender, now)
        conversation = yield from people.conversation(channel, message, contact, now)
        row = _row(channel, message, now) | {"conversation_id": conversation, "contact_id": contact}
        number = yield from insert("message", row, unless="channel, direction, key")
        if number is None:
            rows = yield _KNOWN, (channel, message.key)
            accepted.append(Accepted(rows[0][0], rows[0][1], new=False))
            continue
        if window := windows.get(message.trigger):
            yield from quota.grant(conversation, message.trigger, window, now)
        accepted.append(Accepted(number, conversation, new=True))
    return accepted


def load(message_id: int) -> Work[tuple[MessageView, ConversationView, ContactView] | None]:
    """A message with its conversation and contact, in one statement."""
    rows = yield _LOAD, (message_id,)
    if not rows:
        return None
    row = rows[0]
    message = MessageView(
        id=row[0],
        channel=row[1],
        key=row[2],
        text=row[3],
        parts=row[4],
        at=moment(row[5]) or datetime.min,  # noqa: DTZ901 - the column is never null
        author=row[6],
        state=row[7],
        attempts=row[8],
        context=json_value(row[9]),
    )
    conversation = ConversationView(
        id=row[10],
        channel=row[1],
        external_id=row[11],
        kind=ConversationKind(row[12]),
        owner=row[13],
        memory=json_value(row[14]),
        form=json_value(row[15]),
    )
    return message, conversation, ContactView(row[16], row[17], row[18])


def finish(message_id: int, state: Inbox, now: datetime, **columns: Any) -> Work[bool]:  # noqa: ANN401
    """Move an accepted row to its end; ``False`` if somebody else has."""
    values = {"state": str(state), "done_at": now, **columns}
    done = yield from update("message", values, "id = ? AND state = 'accepted'", (message_id,))
    return bool(done)


def note_failure(message_id: int, attempts: int, error: str) -> Work[None]:
    """Write down a failed attempt."""
    values = {"attempts": attempts, "error": error}
    yield from update("message", values, "id = ? AND state = 'accepted'", (message_id,))


def count_life(message_id: int) -> Work[None]:
    """One more start in which the message was taken up."""
    yield (
        "UPDATE message SET attempts = attempts + 1 WHERE id = ? AND state = 'accepted'",
        (message_id,),
    )


def change_conversation(conversation_id: int, changes: Mapping[str, Any]) -> Work[None]:
    """Change ``owner``, ``memory`` or ``form`` of a conversation."""
    plain = {k: v if k == "owner" or v is None else json_text(v) for k, v in changes.items()}
    yield from update("conversation", plain, "id = ?", (conversation_id,))


def _row(channel: str, message: Inbound, now: datetime) -> dict[str, Any]:
    who = message.sender
    sender = {"id": who.id, "name": who.name, "role": who.role, "proven": who.proven}
    told = {"owner": message.owner} if message.owner else {}
    return {
        "direction": "in",
        "channel": channel,
        "key": message.key,
        "author": who.name[:80],
        "state": str(Inbox.ACCEPTED),
        "text": message.text,
        "parts": dump(message.parts),
        "context": json_text({**message.context, **told, "sender": sender}),
        "at": now,
        "sent_at": message.sent_at,
        "attempts": 0,
        "error": "",
        "recipient": "",
        "mention": "[]",
        "platform_id": "",
        "repeatable": False,
    }


_KNOWN = (
    "SELECT id, conversation_id FROM message WHERE channel = ? AND direction = 'in' AND key = ?"
)
_LOAD = """
SELECT m.id, m.channel, m.key, m.text, m.parts, m.at, m.author, m.state, m.attempts, m.context,
       v.id, v.external_id, v.kind, v.owner, v.memory, v.form, c.id, c.name, c.locale
FROM message m
JOIN conversation v ON v.id = m.conversation_id
JOIN contact c ON c.id = m.contact_id
WHERE m.id = ?
"""
