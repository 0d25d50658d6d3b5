"""Keys of replayed comments, and where the ledger says that the room was left.

A comment's key is its id and the number of the pass, ``c000123#4``: the same on every attempt, and
new in every round of a loop. The last such key of the conversation is the bookmark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.adapter import Channel

_KEY = re.compile(r"(?P<id>.+)#(?P<turn>\d{1,9})", re.DOTALL)
_LOOK_BACK = 500  # answers lie between comments


@dataclass(frozen=True, slots=True)
class Mark:
    """The pass, and the id of the last comment of it that is known to the ledger."""

    turn: int = 0
    comment: str = ""


def key(comment: str, turn: int) -> str:
    """The key of a comment in one pass."""
    return f"{comment}#{turn}"


async def find(channel: Channel, room: str) -> Mark:
    """Where the room was left; the beginning for a room that the ledger does not know."""
    for item in reversed(await channel.history(room, limit=_LOOK_BACK)):
        if found := _KEY.fullmatch(item.key):
            return Mark(int(found["turn"]), found["id"])
    return Mark()
