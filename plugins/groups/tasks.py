"""Posts that members confirm: the platform says ``task`` events, we ask with events of our own.

Which channels work so the platform itself tells, by the event ``task`` with the key ``created``
after a post; its data (``task``, ``message``, ``row``) goes back with every question. See
:mod:`adapters.wecom.progress` for the words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.effects import Effects, Post
from core.parts import Event
from plugins.groups.models import Fate, GroupPost, Stage
from plugins.groups.settings import GroupSettings

LOOK, SUM_UP, CLOSE = "groups.look", "groups.sum_up", "groups.close"
OPEN = (Stage.CREATED, Stage.PARTLY)
_KEY = "post:"  # how the ledger's key of a post begins; the rest is the key of its row here
_STAGES = {"created": Stage.CREATED, "open": Stage.CREATED, "partly": Stage.PARTLY}


def ledger_key(post_key: str) -> str:
    """The key under which the ledger has a post."""
    return _KEY + post_key


async def post_of(event: Event) -> GroupPost | None:
    """The post that a ``task`` event is about."""
    key = str(event.data.get("message", ""))
    return await GroupPost.get_or_none(key=key.removeprefix(_KEY)) if key else None


def heed(effects: Effects, post: GroupPost, event: Event, settings: GroupSettings) -> None:
    """Write down how far the post is, and set the clocks of a new one."""
    confirmed, waiting = (list(event.data.get(name, ())) for name in ("confirmed", "waiting"))
    stage = _STAGES.get(event.key) or (Stage.EXPIRED if waiting else Stage.SENT)
    if post.stage not in (Stage.DIRECT, *OPEN):
        return
    task = {name: event.data.get(name) for name in ("task", "message", "row")}
    columns = {"stage": stage, "task": task, "confirmed": confirmed, "waiting": waiting}
    effects.write(partial(_write, post.id, columns))
    if (stage, confirmed) != (post.stage, post.confirmed):
        facts = {"confirmed": confirmed, "waiting": waiting, "failed": event.data.get("failed", 0)}
        effects.emit("groups.task", slot=post.slot, group=post.group, stage=str(stage), **facts)
    if stage not in OPEN:
        effects.cancel(LOOK, post.key)
    elif post.stage is Stage.DIRECT:
        _set_clocks(effects, post, settings)


def _set_clocks(effects: Effects, post: GroupPost, settings: GroupSettings) -> None:
    """Look now and then; remind and close once for all groups of the occurrence."""
    effects.at(timedelta(minutes=settings.look_every), LOOK, post.key)
    occurrence = {"slot": post.slot, "planned_at": post.planned_at.isoformat()}
    name = post.key.removesuffix(f":{post.group}")
    if settings.remind_after:
        remind_at = post.planned_at + timedelta(hours=settings.remind_after)
        effects.at(remind_at, SUM_UP, name, **occurrence)
    close_at = post.planned_at + timedelta(hours=settings.confirm_within)
    effects.at(close_at, CLOSE, name, **occurrence)


def ask(effects: Effects, post: GroupPost, what: str, key: str, settings: GroupSettings) -> None:
    """Put a question about the post to its channel; ``key`` tells this time from others."""
    place = settings.groups.get(post.group)
    if place is None:
        return  # taken out of the settings since
    question = Event(what, "", dict(post.task))
    lasts = timedelta(hours=settings.confirm_within)
    sent = Post((question,), to=place.address, key=f"{what}:{post.key}:{key}", expires_in=lasts)
    effects.post(sent)


async def of_occurrence(data: dict[str, Any]) -> list[GroupPost]:
    """The posts of one occurrence that members confirm."""
    planned_at = datetime.fromisoformat(data["planned_at"])
    same = GroupPost.filter(slot=data["slot"], planned_at=planned_at, fate=Fate.POSTED)
    return await same.exclude(stage=Stage.DIRECT).order_by("id")


def standing(posts: list[GroupPost]) -> dict[str, Any]:
    """How many members of all have confirmed, and who has not."""
    confirmed = sum(len(post.confirmed) for post in posts)
    waiting = [member for post in posts for member in post.waiting]
    return {"confirmed": confirmed, "members": confirmed + len(waiting), "waiting": waiting}


async def _write(number: int, columns: dict[str, Any]) -> None:
    await GroupPost.filter(id=number).update(**columns)
