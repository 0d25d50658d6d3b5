"""Messages as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

import orjson

from core.store.models import Message
from plugins.complaints.face import read
from plugins.console.fold import agent_of, by_of
from plugins.console.shapes import MessageShape

KEY = "desk:"


def message_shape(row: Message, staff: Mapping[str, str]) -> MessageShape:
    """One row; ``staff`` has the names by login."""
    by, agent = by_of(row), agent_of(row.author)
    inbound = row.direction == "in"
    return MessageShape(
        id=row.id,
        conversation=row.conversation_id,
        direction="in" if inbound else "out",
        client=client_of(row),
        by=by,  # type: ignore[arg-type] - one of three
        author=staff.get(agent, agent) if agent else "",
        text=row.text,
        parts=orjson.loads(row.parts),
        at=row.at,
        state=row.state,
        error=row.error,
        reply_to=cast("int | None", row.reply_to),
        emotion=feel(row.text) if inbound and row.text else 0,
    )


@lru_cache(maxsize=4096)
def feel(text: str) -> int:
    """How upset a customer's words are, 0 to 3; read once for the list and once for the page."""
    return int(read(text).severity)


def key_of(login: str, conversation: int, client: str) -> str:
    """The ledger's key of what a page sends: the same message again has the same one.

    Keys are unique on a channel, a page's own ids only where it sends them.
    """
    return f"{KEY}{login}:{conversation}:{client}"


def client_of(row: Message) -> str | None:
    """The page's own id of a message that was written at the desk."""
    if row.direction == "in" or not row.key.startswith(KEY):
        return None
    return row.key.rpartition(":")[2] or None
