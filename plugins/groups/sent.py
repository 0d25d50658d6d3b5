"""What became of the posts: by the ledger, and by the members who had to confirm them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import groupby
from typing import Any

from core.store.models import Message
from plugins.groups.diary import Diary
from plugins.groups.models import Fate, GroupPost, Stage
from plugins.groups.tasks import ledger_key, standing


async def sent_rows(diary: Diary, since: datetime) -> list[dict[str, Any]]:
    """One row for each occurrence since then, newest first."""
    posts = await GroupPost.filter(planned_at__gte=since).order_by("-planned_at", "slot", "id")
    states = await _ledger(posts)
    rows: list[dict[str, Any]] = []
    for (planned, slot), same in groupby(posts, key=lambda post: (post.planned_at, post.slot)):
        group = list(same)
        rows.append(
            {
                "when": planned.astimezone(diary.zone),
                "name": slot,
                "states": dict(Counter(state_of(post, states) for post in group)),
                **standing([post for post in group if post.stage is not Stage.DIRECT]),
            }
        )
    return rows


def state_of(post: GroupPost, states: dict[str, str]) -> str:
    """In a word: its stage where members confirm, otherwise its fate or what the ledger says."""
    if post.fate is not Fate.POSTED:
        return str(post.fate)
    if post.stage is not Stage.DIRECT:
        return str(post.stage)
    return states.get(ledger_key(post.key), "queued")


async def _ledger(posts: list[GroupPost]) -> dict[str, str]:
    """The ledger's states by key."""
    keys = [ledger_key(post.key) for post in posts if post.stage is Stage.DIRECT]
    found = await Message.filter(direction="out", key__in=keys) if keys else []
    return {message.key: message.state for message in found}
