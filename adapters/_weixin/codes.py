"""One-time codes: each lets one message through where ``send_msg`` may not (page 95122)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock

WELCOME = ENDED = timedelta(seconds=20)
TAKEN = timedelta(hours=48)
_FULL = 10_000  # conversations; the oldest codes are dropped beyond


@dataclass(frozen=True, slots=True)
class Code:
    """What ``send_msg_on_event`` asks for; ``kinds`` are the message types it takes."""

    value: str
    until: datetime
    kinds: frozenset[str]


class Codes:
    """The newest code of each conversation. They live in memory: they are credentials."""

    def __init__(self, clock: Clock) -> None:
        """None yet."""
        self._clock = clock
        self._codes: dict[str, Code] = {}

    def put(self, conversation: str, code: Code) -> bool:
        """Keep a code; ``False`` when it is empty or dead already."""
        if not code.value or code.until <= self._clock.now():
            return False
        self._codes.pop(conversation, None)
        self._codes[conversation] = code
        if len(self._codes) > _FULL:
            del self._codes[next(iter(self._codes))]
        return True

    def take(self, conversation: str, kind: str) -> Code | None:
        """The conversation's code if it lives and takes that kind of message; it is gone then."""
        code = self._codes.get(conversation)
        if code is None:
            return None
        if code.until <= self._clock.now():
            del self._codes[conversation]
            return None
        return self._codes.pop(conversation) if kind in code.kinds else None


def spoken(value: str, since: datetime, lasts: timedelta) -> Code:
    """A code for words or a menu: welcome and session end."""
    return Code(value, since + lasts, frozenset({"text", "msgmenu"}))


def words(value: str, since: datetime, lasts: timedelta = TAKEN) -> Code:
    """A code for words only: into the pool, or taken from it."""
    return Code(value, since + lasts, frozenset({"text"}))
