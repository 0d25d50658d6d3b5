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
from core.store import journal
from core.store.journal import Place
from core.store.people import People
from core.store.sql import Work, insert, json_text, json_value, moment, update
from core.store.states import Inbox
from core.views import ContactView, ConversationView, MessageView


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row of the ledger: its number, its conversation, whether it is new and of a live room.

    ``freed``: how many held answers of the conversation may leave because of it.
    """

    id: int
    conversation: int
    new: bool
    live: bool = False
    freed: int = 0


def accept(
    channel: str,
    messages: Sequence[Inbound],
    windows: Mapping[str, Window],
    people: People,
    times: Sequence[datetime],
) -> Work[list[Accepted]]:
    """Make a row of each message, in order; a known key is answered with its old row.

    ``times``: when each was taken in.
    """
    accepted: list[Accepted] = []
    for message, now in zip(messages, times, strict=True):
        contact = yield from people.contact(channel, message.sender, now)
        conversation = yield from people.conversation(channel, message, contact, now)
        row = _row(channel, message, now) | {"conversation_id": conversation, "contact_id": contact}
        number = yield from insert("message", row, unless="channel, direction, key")
        if number is None:
            rows = yield _KNOWN, (channel, message.key)
            accepted.append(Accepted(rows[0][0], rows[0][1], new=False))
            continue
        freed = 0
        if window := windows.get(message.trigger):
            freed = yield from quota.grant(conversation, message.trigger, window, now)
        live = message.kind is ConversationKind.LIVE
        accepted.append(Accepted(number, conversation, new=True, live=live, freed=freed))
    return accepted


def find(channel: str, key: str) -> Work[tuple[int, int] | None]:
    """The row of a key and its conversation, if the ledger has it."""
    rows = yield _KNOWN, (channel, key)
    return (rows[0][0], rows[0][1]) if rows else None


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


def page(after: int, most: int, *, live: bool) -> Work[list[tuple[int, int]]]:
    """Open rows behind number ``after``, of live rooms or of all others: (id, conversation)."""
    rows = yield _PAGE.format("=" if live else "<>"), (after, most)
    return [(row[0], row[1]) for row in rows]


def left_over() -> Work[list[tuple[int, str, int]]]:
    """All open rows: (id, channel, attempts), oldest first."""
    rows = yield _LEFT_OVER, ()
    return [(row[0], row[1], row[2]) for row in rows]


def waiting(channel: str, room: str) -> Work[int]:
    """How many rows of a conversation are not handled yet; costs what is open, not what is kept."""
    rows = yield _WAITING, (channel, room)
    return rows[0][0]


def finish(message_id: int, state: Inbox, now: datetime, **columns: Any) -> Work[bool]:  # noqa: ANN401
    """Move an accepted row to its end; ``False`` if somebody else has."""
    values = {"state": str(state), "done_at": now, **columns}
    done = yield from update("message", values, "id = ? AND state = 'accepted'", (message_id,))
    return bool(done)


def poison(message_id: int, now: datetime) -> Work[str]:
    """Park an accepted row unread: it was taken up so often that it probably kills who reads it.

    Its channel, or nothing if it has come to another end.
    """
    reason = "taken up too often"
    if not (yield from finish(message_id, Inbox.FAILED, now, error=reason)):
        return ""
    ((channel, conversation),) = yield _PLACE, (message_id,)
    place = Place(channel, conversation, message_id)
    yield from journal.enter("message.parked", {"error": reason}, now, place)
    return channel


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
# "+ 0" keeps both engines from walking through all that the room ever said.
_WAITING = """
SELECT COUNT(*) FROM message WHERE state = 'accepted' AND direction = 'in' AND conversation_id + 0 =
(SELECT id FROM conversation WHERE channel = ? AND external_id = ?)
"""
# The embedded size only. Left to itself, SQLite walks through the whole ledger in the order of ids.
_PAGE = """
SELECT m.id, m.conversation_id FROM message m INDEXED BY message_waiting
JOIN conversation v ON v.id = m.conversation_id
WHERE m.state = 'accepted' AND m.direction = 'in' AND m.id > ? AND v.kind {} 'live'
ORDER BY m.id LIMIT ?
"""
_PLACE = "SELECT channel, conversation_id FROM message WHERE id = ?"
_LEFT_OVER = """
SELECT id, channel, attempts FROM message INDEXED BY message_waiting
WHERE state = 'accepted' AND direction = 'in' ORDER BY id
"""
