"""The rules of customer service: tokens, service states, windows, one-time codes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

WINDOW, MOST = timedelta(hours=48), 5
NEW, BOT, POOL, PERSON, ENDED = range(5)
TARGETS = {NEW: {1, 2, 3, 4}, BOT: {2, 3, 4}, POOL: {3, 4}, PERSON: {3, 4}, ENDED: set[int]()}
Now = Callable[[], datetime]


@dataclass
class Customer:
    """One session of one customer with one account."""

    state: int = ENDED
    servicer: str = ""
    wrote: datetime | None = None
    sent: int = 0

    def hears(self, now: datetime) -> int:
        """The code that a message of the bot gets now; 0 uses up one of the window."""
        if self.state not in {NEW, BOT}:
            return 95018
        if self.wrote is None or now - self.wrote > WINDOW:
            return 95002
        if self.sent >= MOST:
            return 95001
        self.sent += 1
        return 0

    def writes(self, now: datetime) -> None:
        """The customer has written: the window opens, an ended session begins anew."""
        self.wrote, self.sent = now, 0
        if self.state == ENDED:
            self.state = NEW


@dataclass
class Tokens:
    """Access tokens; asking again within two minutes gives the same one."""

    now: Now
    life: timedelta = timedelta(seconds=7200)
    _token: str = ""
    _dies: datetime | None = None

    def current(self) -> tuple[str, int]:
        """The token and its life in seconds."""
        if self._dies is None or self.now() >= self._dies:
            self._token, self._dies = secrets.token_hex(16), self.now() + self.life
        return self._token, int((self._dies - self.now()).total_seconds())

    def error(self, token: str) -> int:
        """0 for the living one."""
        if self._dies is None or token != self._token:
            return 40014
        return 42001 if self.now() >= self._dies else 0

    def expire(self) -> None:
        """Revoke it early."""
        self._dies = self.now()


@dataclass
class Codes:
    """One-time codes: what each lets through, and until when."""

    now: Now
    _codes: dict[str, tuple[str, frozenset[str], datetime]] = field(
        default_factory=dict[str, tuple[str, frozenset[str], datetime]]
    )

    def give(self, customer: str, kinds: str, seconds: float) -> str:
        """A new code for that customer."""
        code = f"CODE-{secrets.token_hex(6)}"
        until = self.now() + timedelta(seconds=seconds)
        self._codes[code] = (customer, frozenset(kinds.split()), until)
        return code

    def use(self, code: str, kind: str) -> str:
        """The customer it is for; empty when it is used, too old or for another kind."""
        customer, kinds, until = self._codes.pop(code, ("", frozenset[str](), self.now()))
        return customer if kind in kinds and self.now() < until else ""


def content_error(body: dict[str, Any]) -> int:
    """What is wrong with a message's content."""
    kind = body.get("msgtype")
    content = body.get(str(kind))
    if not isinstance(content, dict) or len(body.get("msgid", "")) > 32:
        return 40058
    match kind:
        case "text":
            return 0 if 0 < len(str(body["text"].get("content", "")).encode()) <= 2048 else 40058
        case "msgmenu":
            listed: list[dict[str, Any]] = body["msgmenu"].get("list", [])
            if len(listed) > 10:
                return 95008
            known = {"click", "view", "miniprogram", "text"}
            return 0 if all(entry.get("type") in known for entry in listed) else 95009
        case "image" | "voice" | "video" | "file":
            return 0 if body[kind].get("media_id") else 40058
        case "location" | "miniprogram" | "link":
            return 0
        case _:
            return 40058
