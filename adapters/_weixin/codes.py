"""One-time codes: each lets one message through where ``send_msg`` may not (page 95122).

Whoever receives a code need not be the one that sends, so codes lie in the channel's notes, sealed:
another process, or the next life of this one, finds them there.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec

from adapters._weixin.seal import Seal
from core.adapter import Channel

WELCOME = ENDED = timedelta(seconds=20)
TAKEN = timedelta(hours=48)


class Code(msgspec.Struct, frozen=True):
    """What ``send_msg_on_event`` asks for; ``kinds`` are the message types it takes."""

    value: str
    until: datetime
    kinds: frozenset[str]


class Codes:
    """The newest code of each conversation."""

    def __init__(self, channel: Channel, seal: Seal) -> None:
        """None yet, but what the notes keep."""
        self._channel, self._seal = channel, seal

    async def put(self, conversation: str, code: Code) -> bool:
        """Keep a code; ``False`` when it is empty or dead already."""
        if not code.value or code.until <= self._channel.clock.now():
            return False
        sealed = self._seal.close(msgspec.json.encode(code))
        await self._channel.remember(_note(conversation), sealed)
        return True

    async def take(self, conversation: str, kind: str) -> Code | None:
        """The conversation's code if it lives and takes that kind of message; it is gone then.

        The house sends one message of a conversation at a time, so nobody else takes it meanwhile.
        """
        note = _note(conversation)
        kept = self._seal.open(await self._channel.recall(note))
        if kept is None:
            return None
        code = msgspec.json.decode(kept, type=Code)
        living = code.until > self._channel.clock.now()
        if living and kind not in code.kinds:
            return None
        await self._channel.remember(note, "")
        return code if living else None


def spoken(value: str, since: datetime, lasts: timedelta) -> Code:
    """A code for words or a menu: welcome and session end."""
    return Code(value, since + lasts, frozenset({"text", "msgmenu"}))


def words(value: str, since: datetime, lasts: timedelta = TAKEN) -> Code:
    """A code for words only: into the pool, or taken from it."""
    return Code(value, since + lasts, frozenset({"text"}))


def _note(conversation: str) -> str:
    return f"code:{hashlib.sha256(conversation.encode()).hexdigest()[:40]}"
