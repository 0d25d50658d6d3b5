"""What WeChat allows: access tokens that die, and messages per act of a customer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

QUOTA = {
    "message": (5, timedelta(hours=48)),
    "click": (3, timedelta(minutes=1)),
    "follow": (3, timedelta(minutes=1)),
    "scan": (3, timedelta(minutes=1)),
    "enter": (2, timedelta(minutes=1)),
}
Now = Callable[[], datetime]
LIFE = timedelta(seconds=7200)
OVERLAP = timedelta(minutes=5)  # renewed only in the last five minutes, then both work


class Tokens:
    """The stable_token system of one account."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._count = itertools.count(1)
        self._alive: dict[str, datetime] = {}
        self._dead: set[str] = set()
        self.issued = 0

    def current(self, *, force: bool = False) -> tuple[str, int]:
        """The token to hand out and its seconds to live."""
        now = self._now()
        for token, dies in reversed(self._alive.items()):
            if dies - now > OVERLAP and not force:
                return token, int((dies - now).total_seconds())
            self._alive[token] = min(dies, now + OVERLAP)
            break
        token = f"token-{next(self._count)}-{'x' * 500}"
        self._alive[token] = now + LIFE
        self.issued += 1
        return token, int(LIFE.total_seconds())

    def expire(self) -> None:
        """All tokens die at once."""
        self._dead |= self._alive.keys()
        self._alive.clear()

    def error(self, token: str) -> int:
        """The errcode for a call with this token; 0 when it is good."""
        if not token:
            return 41001
        if self._alive.get(token, self._now()) > self._now():
            return 0
        return 42001 if token in self._dead or token in self._alive else 40001


@dataclass
class _Allowance:
    left: int
    until: datetime


class Quotas:
    """How many customer-service messages each follower may still get. The largest applies."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._open: dict[str, dict[str, _Allowance]] = {}
        self.refused: list[int] = []

    def open(self, openid: str, trigger: str) -> None:
        """A customer acted."""
        messages, lasts = QUOTA[trigger]
        allowance = _Allowance(messages, self._now() + lasts)
        self._open.setdefault(openid, {})[trigger] = allowance

    def close(self, openid: str) -> None:
        """A customer has gone."""
        self._open.pop(openid, None)

    def take(self, openid: str) -> int:
        """Spend one message: 0, 45015 (no window) or 45047 (used up)."""
        now = self._now()
        code = self._take(now, openid)
        self.refused += [code] if code else []
        return code

    def left(self, openid: str) -> dict[str, tuple[int, datetime]]:
        """By act: how many may still be sent, and until when."""
        now = self._now()
        mine = self._open.get(openid, {})
        return {act: (a.left, a.until) for act, a in mine.items() if a.until > now}

    def _take(self, now: datetime, openid: str) -> int:
        valid = [a for a in self._open.get(openid, {}).values() if a.until > now]
        if not valid:
            return 45015
        best = max(valid, key=lambda a: a.left)
        if best.left == 0:
            return 45047
        for each in valid:  # they do not add up
            each.left = max(0, each.left - 1)
        return 0
