"""Mass posts as the platform keeps them: tasks that members confirm (pages 92135 and 93338)."""

from __future__ import annotations

import itertools
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

REMINDERS, DAY = 3, timedelta(hours=24)
ATTACHMENTS = {"image", "link", "miniprogram", "video", "file"}


@dataclass
class Task:
    """One mass post: for one member, to some of that member's groups."""

    msgid: str
    made: datetime
    body: dict[str, Any]
    sent: datetime | None = None
    cancelled: bool = False
    reminded: list[datetime] = field(default_factory=list[datetime])
    results: dict[str, int] = field(default_factory=dict[str, int])  # chat_id -> status

    @property
    def member(self) -> str:
        return str(self.body["sender"])

    @property
    def words(self) -> str:
        return str(self.body.get("text", {}).get("content", ""))


class MassDesk:
    """All tasks of the corp, newest last."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.lag = 0  # newest tasks that the list does not show yet
        self._ids = itertools.count(1)
        self._received: Counter[tuple[str, int, int]] = Counter()  # chat_id, year, month

    def make(self, body: dict[str, Any], owners: dict[str, str], now: datetime) -> tuple[int, str]:
        """The code, and the new task's id."""
        chats = body.get("chat_id_list", [])
        words = body.get("text", {}).get("content", "")
        attached = body.get("attachments", [])
        if body.get("chat_type") != "group" or not body.get("sender"):
            return 40058, ""
        if any(owners.get(chat) != body["sender"] for chat in chats):
            return 90501, ""
        kinds = all(a.get("msgtype") in ATTACHMENTS for a in attached)
        if len(words.encode()) > 4000 or len(attached) > 9 or not kinds or not (words or attached):
            return 40058, ""
        task = Task(f"msgGCAAA{next(self._ids):03}", now, body)
        self.tasks.append(task)
        return 0, task.msgid

    def get(self, msgid: str) -> Task | None:
        """The task of that id."""
        return next((task for task in self.tasks if task.msgid == msgid), None)

    def confirm(self, task: Task, now: datetime) -> None:
        """The member sends it; a group that had its month's worth does not get it."""
        assert not task.cancelled, "the client does not show it any more"
        task.sent = now
        for chat in task.body.get("chat_id_list", []):
            month = (chat, now.year, now.month)
            full = self._received[month] >= monthrange(now.year, now.month)[1]
            self._received[month] += not full
            task.results[chat] = 3 if full else 1

    def listed(self, start: int, end: int) -> list[Task]:
        """Those made in a span of seconds, newest first, as far as the list has caught up."""
        shown = self.tasks[: len(self.tasks) - self.lag]
        return [t for t in reversed(shown) if start <= t.made.timestamp() <= end]

    def remind(self, task: Task, now: datetime) -> int:
        """The code: three reminders in a day are the most."""
        recent = [at for at in task.reminded if now - at < DAY]
        if len(recent) >= REMINDERS:
            return 41063
        task.reminded.append(now)
        return 0
