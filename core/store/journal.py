"""Statements of the journal and of deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.effects import Alarm
from core.store.sql import Work, insert, json_text, update, upsert


@dataclass(frozen=True, slots=True)
class Place:
    """What an event is about: its channel, conversation and message, as far as there are any."""

    channel: str = ""
    conversation: int | None = None
    message: int | None = None


NOWHERE = Place()


def enter(kind: str, data: Mapping[str, Any], now: datetime, place: Place = NOWHERE) -> Work[None]:
    """Write one domain event."""
    facts = {
        "kind": kind,
        "at": now,
        "channel": place.channel,
        "conversation_id": place.conversation,
        "message_id": place.message,
        "data": json_text(data),
    }
    yield from insert("journal", facts)


def set_alarm(alarm: Alarm, conversation: int | None, now: datetime) -> Work[None]:
    """Set, move or cancel a deadline."""
    if alarm.due_at is None:
        waiting = "name = ? AND key = ? AND state = 'waiting'"
        ended = {"state": "cancelled", "done_at": now}
        yield from update("deadline", ended, waiting, (alarm.name, alarm.key))
        return
    facts = {
        "name": alarm.name,
        "key": alarm.key,
        "due_at": alarm.due_at,
        "run_at": alarm.due_at,
        "state": "waiting",
        "conversation_id": conversation,
        "data": json_text(alarm.data),
        "attempts": 0,
        "error": "",
        "done_at": None,
    }
    yield from upsert("deadline", facts, ("name", "key"))


def end_deadline(number: int, run_at: datetime, state: str, now: datetime) -> Work[bool]:
    """Mark a deadline that is still waiting for that time; ``False`` if it is not."""
    values = {"state": state, "done_at": now}
    waiting = "id = ? AND state = 'waiting' AND run_at = ?"
    return bool((yield from update("deadline", values, waiting, (number, run_at))))
