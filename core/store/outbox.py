"""Statements of the outbound side of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from core.adapter import Capabilities
from core.delivery import quota
from core.message import ConversationKind
from core.parts import Notice, dump, load
from core.store import journal
from core.store.sql import LOCK, Work, insert, json_text, json_value, moment, update
from core.store.states import Outbox
from core.views import OutboundRow

NEVER = timedelta(days=3650)
PAGE = 200
RESTING = "channel-rests"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a claim must know of a channel and of us.

    ``rest``: until when the channel's platform is left alone, asked when a row is about to leave.
    """

    can: Capabilities
    lease: timedelta
    rest: Callable[[], datetime | None] = lambda: None


def queue(row: OutboundRow) -> Work[bool]:
    """Insert a row, unless its key is queued already; sets the row's id."""
    facts = {
        "direction": "out",
        "channel": row.channel,
        "key": row.key,
        "conversation_id": row.conversation_id,
        "contact_id": row.contact_id,
        "author": row.author,
        "state": row.state,
        "text": row.text,
        "parts": row.parts,
        "context": json_text({"cause": row.cause}) if row.cause else "{}",
        "at": row.at,
        "attempts": row.attempts,
        "error": "",
        "reply_to": row.reply_to,
        "recipient": row.recipient,
        "mention": json_text(row.mention),
        "platform_id": row.platform_id,
        "not_before": row.not_before,
        "lease_until": row.lease_until,
        "expires_at": row.expires_at,
        "repeatable": row.repeatable,
    }
    number = yield from insert("message", facts, unless="channel, direction, key")
    row.id = number or 0
    return number is not None


def claim(conversation: int, rules: Rules, now: datetime) -> Work[OutboundRow | None]:
    """The conversation's oldest open row, marked as being sent, if it may leave now.

    Rows that can never leave (too late) or leave another way (the board) are finished here, and the
    next one is looked at; a row that must wait for its contact is held with the reason.
    """
    while True:
        rows = yield f"{_HEAD} {LOCK}", (conversation, conversation)
        if not rows:
            return None
        row = _row(rows[0])
        if row.state != Outbox.QUEUED or (row.not_before is not None and row.not_before > now):
            behind = yield from _behind(row, rules.can, now)
            if behind is None:
                return None
            row = behind
        if row.expires_at is not None and row.expires_at <= now:
            yield from end(row, Outbox.EXPIRED, {"done_at": now, "error": "too-late"}, now)
            yield from _tell("message.expired", row, {"reason": "too-late"}, now)
        elif rules.can.outlet == "board":
            yield from _to_board(row, now)
        elif (rest := rules.rest()) is not None:
            resting = {"not_before": rest, "error": RESTING, "lease_until": None}
            yield from end(row, Outbox.QUEUED, resting, now)
            return None
        else:
            used = yield from _use(row, rules.can, now)
            if used.refusal and not _as_notice(row, rules.can):
                yield from hold(row, used.refusal, now)
                return None
            lease = {"lease_until": now + rules.lease, "attempts": row.attempts + 1}
            yield from end(row, Outbox.SENDING, lease, now)
            row.attempts, row.grant = row.attempts + 1, used.grant
            return row


def due(now: datetime, skip: Sequence[int]) -> Work[list[tuple[int, str]]]:
    """Conversations (with their channels) whose oldest open row may leave now.

    Those whose oldest row is with somebody or waits are passed by: a page full of them would hide
    all others.
    """
    rows = yield _DUE, (now, PAGE + len(skip))
    busy = set(skip)
    return [(row[0], row[1]) for row in rows if row[0] not in busy][:PAGE]


def next_moment(now: datetime) -> Work[datetime | None]:
    """When the next waiting row's time comes."""
    later = "SELECT MIN(not_before) FROM message WHERE state = 'queued' AND not_before > ?"
    rows = yield later, (now,)
    return moment(rows[0][0])


def end(row: OutboundRow, state: Outbox, columns: Mapping[str, Any], now: datetime) -> Work[bool]:
    """Move an open row on; ``False`` if it is not open any more. ``now`` stamps what is sent."""
    stamp = {"sent_at": now} if state in {Outbox.SENT, Outbox.DELIVERED} else {}
    values = {"state": str(state), **columns, **stamp}
    changed = yield from update("message", values, _OPEN, (row.id,))
    return bool(changed)


def hold(row: OutboundRow, reason: str, now: datetime) -> Work[None]:
    """Keep a row until its contact gives us another chance (or it expires)."""
    until = row.expires_at or now + NEVER
    held = {"not_before": until, "error": f"{quota.HELD}: {reason}", "lease_until": None}
    yield from end(row, Outbox.QUEUED, held, now)
    yield from _tell("message.held", row, {"reason": reason}, now)


def rested(channel: str, now: datetime) -> Work[None]:
    """The platform takes messages again: those that rested may leave."""
    resting = "state = 'queued' AND channel || '' = ? AND error = ?"  # not by the channel's index
    yield from update("message", {"not_before": now, "error": ""}, resting, (channel, RESTING))


def settle(
    row: OutboundRow,
    state: Outbox,
    columns: Mapping[str, Any],
    now: datetime,
    *,
    event: str = "",
) -> Work[None]:
    """Mark what became of a send, and tell the journal if people should know."""
    told = yield from end(row, state, columns, now)
    if not told and state in {Outbox.SENT, Outbox.DELIVERED}:  # somebody believed us dead
        told = yield from by_ids([row.id], [Outbox.UNKNOWN], {"state": str(state), **columns})
    if told and event:
        yield from _tell(event, row, {"reason": str(columns.get("error", ""))}, now)


def undelivered(number: int, channel: str, reason: str, now: datetime) -> Work[bool]:
    """The platform had taken a row and gave it up later; ``False`` if it was not so."""
    where = "id = ? AND channel = ? AND direction = 'out' AND state IN ('sending','unknown','sent')"
    values = {"state": str(Outbox.FAILED), "error": reason[:500], "done_at": now}
    if not (yield from update("message", values, where, (number, channel))):
        return False
    for row in (yield from rows_where("m.id = ?", (number,))):
        yield from _tell("message.undeliverable", row, {"reason": reason}, now)
    return True


def by_ids(ids: Sequence[int], states: Sequence[str], columns: Mapping[str, Any]) -> Work[int]:
    """Change rows by number, where they are in one of those states."""
    marks, allowed = ", ".join("?" * len(ids)), ", ".join("?" * len(states))
    where = f"id IN ({marks}) AND direction = 'out' AND state IN ({allowed})"
    return (yield from update("message", columns, where, (*ids, *states)))


def rows_where(condition: str, args: Sequence[Any]) -> Work[list[OutboundRow]]:
    """Outbound rows by a condition on ``m``, oldest first."""
    sql = f"{_SELECT} WHERE m.direction = 'out' AND {condition} ORDER BY m.id + 0"  # see _DUE
    rows = yield sql, args
    return [_row(row) for row in rows]


def _behind(held: OutboundRow, can: Capabilities, now: datetime) -> Work[OutboundRow | None]:
    """A notice that need not wait with the row in front of it, which waits for its contact."""
    if held.state != Outbox.QUEUED or not can.notices:
        return None
    waiting = (held.conversation_id, held.id, now, held.id)
    for row in (yield from rows_where(_WAITING, waiting)):
        if _as_notice(row, can):
            return row
    return None


def _as_notice(row: OutboundRow, can: Capabilities) -> bool:
    """Whether the row is a notice that the channel can carry outside the window; marks it so."""
    if not can.notices:
        return False
    parts = load(row.parts)
    part = parts[0] if len(parts) == 1 else None
    if not isinstance(part, Notice) or part.purpose not in can.notices:
        return False
    row.parts = dump((msgspec.structs.replace(part, shut=True),))
    return True


def _use(row: OutboundRow, can: Capabilities, now: datetime) -> Work[quota.Use]:
    if can.outlet == "passive":
        return quota.Use("passive-only")
    if row.thread.startswith(can.beyond_windows):
        return quota.Use()
    return (yield from quota.use(row.conversation_id, can.windows, now))


def _to_board(row: OutboundRow, now: datetime) -> Work[None]:
    question: Sequence[Any] = ("", "", "{}")
    if row.reply_to is not None:
        rows = yield "SELECT text, author, context FROM message WHERE id = ?", (row.reply_to,)
        question = rows[0] if rows else question
    shown = {"done_at": now, "platform_id": "board"}
    if (yield from end(row, Outbox.SENT, shown, now)):
        facts = {"question": question[0], "author": question[1], "answer": row.text}
        yield from _tell("board.answer", row, {**facts, "context": json_value(question[2])}, now)


def _tell(kind: str, row: OutboundRow, data: Mapping[str, Any], now: datetime) -> Work[None]:
    place = journal.Place(row.channel, row.conversation_id, row.id)
    yield from journal.enter(kind, data, now, place)


def _row(row: Sequence[Any]) -> OutboundRow:
    return OutboundRow(
        id=row[0],
        channel=row[1],
        key=row[2],
        conversation_id=row[3],
        thread=row[4],
        kind=ConversationKind(row[5]),
        text=row[6],
        parts=row[7],
        at=moment(row[8]) or datetime.min,  # noqa: DTZ901 - the column is never null
        contact_id=row[9],
        author=row[10],
        state=row[11],
        attempts=row[12],
        reply_to=row[13],
        recipient=row[14],
        mention=json_value(row[15]),
        platform_id=row[16],
        not_before=moment(row[17]),
        lease_until=moment(row[18]),
        expires_at=moment(row[19]),
        repeatable=bool(row[20]),
        asked_at=moment(row[21]),
    )


# A row behind one that is held; most are held with it, a notice may know another way.
_WAITING = """m.state = 'queued' AND m.conversation_id = ? AND m.id > ?
AND (m.not_before IS NULL OR m.not_before <= ?) AND m.parts LIKE '[{"type":"notice"%'
AND EXISTS (SELECT 1 FROM message o WHERE o.id = ? AND o.error LIKE 'held%')
AND NOT EXISTS (SELECT 1 FROM message o
    WHERE o.state = 'sending' AND o.conversation_id = m.conversation_id)
"""
_OPEN = "id = ? AND direction = 'out' AND state IN ('queued', 'sending')"
_SELECT = """
SELECT m.id, m.channel, m.key, m.conversation_id, v.external_id, v.kind, m.text, m.parts, m.at,
       m.contact_id, m.author, m.state, m.attempts, m.reply_to, m.recipient, m.mention,
       m.platform_id, m.not_before, m.lease_until, m.expires_at, m.repeatable, q.at AS asked_at
FROM message m JOIN conversation v ON v.id = m.conversation_id
LEFT JOIN message q ON q.id = m.reply_to
"""
_HEAD = (
    _SELECT  # noqa: S608 - both halves are our own text
    + """
WHERE m.id = (
    SELECT MIN(o.id) FROM (
        SELECT MIN(id) AS id FROM message WHERE state = 'queued' AND conversation_id = ?
        UNION ALL
        SELECT MIN(id) AS id FROM message WHERE state = 'sending' AND conversation_id = ?
    ) o)
"""
)
OPEN = """
SELECT 1 FROM message WHERE state = 'queued' AND conversation_id = ?
UNION ALL SELECT 1 FROM message WHERE state = 'sending' AND conversation_id = ?
LIMIT 1
"""
# "+ 0": in the order of ids SQLite would walk through the whole ledger to find the few open rows.
_DUE = """
SELECT m.conversation_id, m.channel FROM message m
WHERE m.state = 'queued' AND (m.not_before IS NULL OR m.not_before <= ?)
AND NOT EXISTS (SELECT 1 FROM message o
    WHERE o.state = 'queued' AND o.conversation_id = m.conversation_id AND o.id < m.id
    AND NOT (m.parts LIKE '[{"type":"notice"%' AND (SELECT h.error FROM message h
        WHERE h.state = 'queued' AND h.conversation_id = m.conversation_id
        ORDER BY h.id LIMIT 1) LIKE 'held%'))
AND NOT EXISTS (SELECT 1 FROM message o
    WHERE o.state = 'sending' AND o.conversation_id = m.conversation_id AND o.id < m.id)
ORDER BY m.id + 0 LIMIT ?
"""
