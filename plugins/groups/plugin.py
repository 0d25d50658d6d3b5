"""Posts to groups at their hours: weekly and once, never twice, never unlawful (S-329..S-331).

A slot's occurrence is a deadline. Firing it commits in one transaction the posts, the log and the
next occurrence's deadline; a crash before leaves the deadline, a crash after leaves nothing to do.
Where members must confirm a post (WeCom's customer groups), :mod:`plugins.groups.tasks` follows it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial

from core.clock import Clock
from core.due import Due
from core.effects import Post
from core.message import ConversationKind
from core.parts import Text
from core.plugin import Plugin
from core.texts import Texts
from core.turn import Turn
from plugins.groups import tasks
from plugins.groups.diary import FIRE, Diary
from plugins.groups.judge import Verdict
from plugins.groups.models import Fate, GroupPost, Slot, SlotState
from plugins.groups.plan import Plan
from plugins.groups.settings import GroupSettings

plugin = Plugin(
    "groups",
    settings=GroupSettings,
    models="plugins.groups.models",
    cli="plugins.groups.commands:app",
    package=__package__ or "",
    live=(
        "slots",
        "per_day",
        "per_week",
        "per_month",
        "quiet",
        "grace",
        "dry_run",
        "remind_after",
        "confirm_within",
    ),
)


@plugin.provides
async def diary(settings: GroupSettings, texts: Texts, clock: Clock) -> AsyncIterator[Diary]:
    """The shop's slots, each with its next deadline set."""
    book = Diary(settings, texts.zone)
    await book.arm(clock.now())
    yield book


@plugin.due()
async def fire(due: Due, settings: GroupSettings, diary: Diary) -> None:
    """An occurrence has come: post it to every group that may have it, and plan the next."""
    plan = await diary.find(str(due.data["slot"]))
    if plan is None or not plan.falls_on(due.due_at, diary.zone):
        due.emit("groups.stale", slot=due.data["slot"])  # cancelled or moved since
        return
    late = due.clock.now() - due.due_at > timedelta(minutes=settings.grace)
    for group in plan.groups:
        if late:
            verdict = Verdict(plan.text, "groups.why_late", {"minutes": f"{settings.grace:g}"})
        else:
            verdict = await diary.verdict(plan, group, due.due_at)
        _settle(due, plan, group, verdict, diary, late=late)
    following = plan.next_after(max(due.due_at, due.clock.now()), diary.zone)
    if following is not None:
        due.at(following, FIRE, plan.occurrence(following), slot=plan.name)
    elif plan.row is not None:
        due.write(partial(_finish, plan.row))


@plugin.on(event="task", kinds=ConversationKind.GROUP, owners=("bot", "queue", "agent"))
async def task(turn: Turn, settings: GroupSettings) -> None:
    """The platform tells how a post goes that members confirm."""
    post = await tasks.post_of(turn.event) if turn.event else None
    if post is None or turn.event is None:
        turn.decline("no post of ours")
        return
    tasks.heed(turn, post, turn.event, settings)


@plugin.due()
async def look(due: Due, settings: GroupSettings) -> None:
    """Time to ask how a post goes, and when to ask again."""
    post = await GroupPost.get_or_none(key=due.key)
    if post is None or post.stage not in tasks.OPEN:
        return
    tasks.ask(due, post, "task.look", f"{due.due_at:%d%H%M}", settings)
    due.at(timedelta(minutes=settings.look_every), tasks.LOOK, due.key)


@plugin.due()
async def sum_up(due: Due, settings: GroupSettings) -> None:
    """Some hours after the post: say how it stands, and remind who has not confirmed."""
    posts = await tasks.of_occurrence(due.data)
    for post in posts:
        if post.stage in tasks.OPEN:
            tasks.ask(due, post, "task.remind", "1", settings)
    _tell_standing(due, settings, posts, "groups.staff_waiting")


@plugin.due()
async def close(due: Due, settings: GroupSettings) -> None:
    """Not confirmed in time: called off, so that it does not go out days later."""
    posts = await tasks.of_occurrence(due.data)
    for post in posts:
        if post.stage in tasks.OPEN:
            tasks.ask(due, post, "task.cancel", "1", settings)
    _tell_standing(due, settings, posts, "groups.staff_expired")


def _tell_standing(due: Due, settings: GroupSettings, posts: list[GroupPost], message: str) -> None:
    facts = tasks.standing(posts)
    due.emit("groups.standing", slot=due.data["slot"], **facts)
    if settings.staff is None or not facts["waiting"]:
        return
    planned = datetime.fromisoformat(due.data["planned_at"])
    shown = {**facts, "slot": due.data["slot"], "waiting": ", ".join(facts["waiting"])}
    words = due.texts.render(message, due.texts.default, planned=planned, **shown)
    key = f"{message}:{due.key}"
    due.post(Post((Text(words),), to=settings.staff.address, key=key))


def _settle(
    due: Due, plan: Plan, group: str, verdict: Verdict, diary: Diary, *, late: bool
) -> None:
    """Post to one group, or say why not; log either."""
    settings = diary.settings
    fate = Fate.SKIPPED if late else Fate.REFUSED
    if verdict.ok:
        fate = Fate.REHEARSED if settings.dry_run else Fate.POSTED
    key = f"{plan.occurrence(due.due_at)}:{group}"
    reason = verdict.why(due.texts, due.texts.default)
    row = GroupPost(
        key=key,
        slot=plan.name,
        group=group,
        fate=fate,
        reason=reason,
        text=verdict.text,
        planned_at=due.due_at,
        at=due.clock.now(),
        seat=diary.seat(group, due.due_at, verdict.quota) if fate is Fate.POSTED else None,
    )
    due.write(partial(row.save, force_create=True))
    due.emit(f"groups.{fate}", slot=plan.name, group=group, reason=reason)
    if fate is Fate.POSTED:
        place = settings.groups[group].address
        lasts = timedelta(minutes=max(settings.grace, 1.0))
        due.post(Post((Text(verdict.text),), to=place, key=tasks.ledger_key(key), expires_in=lasts))
    elif not verdict.ok:
        _tell_staff(due, settings, plan, group, reason=reason)


def _tell_staff(due: Due, settings: GroupSettings, plan: Plan, group: str, *, reason: str) -> None:
    if settings.staff is None:
        return
    text = due.texts.render(
        "groups.staff_not_posted",
        due.texts.default,
        slot=plan.name,
        group=group,
        reason=reason,
        planned=due.due_at,
    )
    key = f"post:{plan.occurrence(due.due_at)}:{group}:refused"
    due.post(Post((Text(text),), to=settings.staff.address, key=key))


async def _finish(slot_id: int) -> None:
    await Slot.filter(id=slot_id, state=SlotState.ACTIVE).update(state=SlotState.DONE)
