"""``xiaoer posts``: the slots, new ones, and what would be posted when and why not."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, tell
from core.cli.tongue import say
from plugins.groups.diary import FIRE, Diary
from plugins.groups.guard import check
from plugins.groups.judge import reason_values
from plugins.groups.models import Slot, SlotState
from plugins.groups.plan import Plan, from_row
from plugins.groups.preview import preview_rows
from plugins.groups.settings import DAYS

app = typer.Typer(name="posts", help=say("groups.cli_help"), no_args_is_help=True)
SLOT_COLUMNS = ("name", "when", "next", "groups", "text", "source")
PREVIEW_COLUMNS = ("when", "name", "group", "verdict", "reason", "text")
Name = Annotated[str, typer.Argument(help=say("groups.cli_name_opt"))]


@app.command("list", help=say("groups.cli_list_help"))
def list_(*, as_json: Json = False) -> None:
    """Every slot that still posts."""

    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            diary, now = desk.service(Diary), desk.clock.now()
            return [slot_row(plan, now, diary.zone) for plan in await diary.plans()]

    columns = {name: f"groups.cli_{name}" for name in SLOT_COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="groups.cli_none")


@app.command("add", help=say("groups.cli_add_help"))
def add(
    name: Name,
    text: Annotated[str, typer.Option("--text", "-t", help=say("groups.cli_text_opt"))],
    group: Annotated[list[str], typer.Option("--group", "-g", help=say("groups.cli_group_opt"))],
    at: Annotated[str, typer.Option(help=say("groups.cli_at_opt"))] = "",
    weekly: Annotated[str, typer.Option(help=say("groups.cli_weekly_opt"))] = "",
) -> None:
    """Plan a post; what must not be posted is refused now, with the reason."""

    async def work() -> datetime:
        async with office() as desk:
            return await add_slot(desk, name, text, group, at=at, weekly=weekly)

    tell("groups.cli_added", name=name, next=run(work()))


@app.command("cancel", help=say("groups.cli_cancel_help"))
def cancel(name: Name) -> None:
    """Take a slot out."""

    async def work() -> None:
        async with office() as desk:
            await cancel_slot(desk, name)

    run(work())
    tell("groups.cli_cancelled", name=name)


@app.command("preview", help=say("groups.cli_preview_help"))
def preview(
    *,
    days: Annotated[int, typer.Option(min=1, max=31, help=say("groups.cli_days_opt"))] = 7,
    as_json: Json = False,
) -> None:
    """A dry run of the next days; sends nothing."""

    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            return await preview_rows(
                desk.service(Diary), desk.clock.now(), days, desk.texts, desk.locale
            )

    columns = {name: f"groups.cli_{name}" for name in PREVIEW_COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="groups.cli_none_ahead")


async def add_slot(
    desk: Desk, name: str, text: str, groups: list[str], *, at: str, weekly: str
) -> datetime:
    """Add a slot with its first deadline; returns when it posts. Raises :class:`Refusal`."""
    diary, now = desk.service(Diary), desk.clock.now()
    await _refuse_unfit(diary, name, text, groups)
    slot = Slot(name=name, groups=groups, text=text, created_at=now, **when(at, weekly, diary.zone))
    plan = from_row(slot)
    first = plan.next_after(now, diary.zone)
    if first is None:
        raise Refusal("groups.cli_past", at=at)
    effects = desk.effects()
    effects.write(partial(_replace, slot))
    effects.at(first, FIRE, plan.occurrence(first), slot=name)
    effects.emit("groups.added", slot=name, groups=groups)
    await desk.commit(effects)
    return first


async def cancel_slot(desk: Desk, name: str) -> None:
    """Cancel an added slot and its deadline; raises :class:`Refusal`."""
    diary = desk.service(Diary)
    plan = await diary.find(name)
    if plan is None:
        raise Refusal("groups.cli_unknown", name=name)
    if plan.row is None:
        raise Refusal("groups.cli_in_settings", name=name)
    effects = desk.effects()
    effects.write(partial(_cancel, plan.row))
    if following := plan.next_after(desk.clock.now(), diary.zone):
        effects.cancel(FIRE, plan.occurrence(following))
    effects.emit("groups.cancelled", slot=name)
    await desk.commit(effects)


def when(at: str, weekly: str, zone: ZoneInfo) -> dict[str, Any]:
    """The columns for ``--at`` or ``--weekly``, exactly one of which is given."""
    try:
        if at and not weekly:
            moment = datetime.fromisoformat(at)
            return {
                "at": (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
            }
        if weekly and not at:
            day, clock = weekly.lower().split()
            parsed = time.fromisoformat(clock)
            return {"day": DAYS.index(day), "clock": f"{parsed:%H:%M}"}  # type: ignore[arg-type] - checked by index
    except ValueError:
        pass
    raise Refusal("groups.cli_bad_when", given=at or weekly)


def slot_row(plan: Plan, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A slot as it is listed."""
    rhythm = say("groups.once")
    if plan.day is not None and plan.clock is not None:
        day = say(f"groups.day_{DAYS[plan.day]}")
        rhythm = say("groups.weekly", day=day, clock=f"{plan.clock:%H:%M}")
    return {
        "name": plan.name,
        "when": rhythm,
        "next": plan.next_after(now, zone),
        "groups": list(plan.groups),
        "text": plan.text or str(plan.file),
        "source": say("groups.source_command" if plan.row else "groups.source_settings"),
    }


async def _refuse_unfit(diary: Diary, name: str, text: str, groups: list[str]) -> None:
    if await diary.find(name):
        raise Refusal("groups.cli_taken", name=name)
    for group in groups:
        if group not in diary.settings.groups:
            known = ", ".join(sorted(diary.settings.groups))
            raise Refusal("groups.cli_bad_group", group=group, known=known)
    if not text.strip():
        raise Refusal("groups.why_empty")
    if found := check(text):
        raise Refusal(found[0].reason, **reason_values(found[0]))


async def _replace(slot: Slot) -> None:
    """A name that was cancelled or is done may be used again."""
    await Slot.filter(name=slot.name).exclude(state=SlotState.ACTIVE).delete()
    await slot.save(force_create=True)


async def _cancel(slot_id: int) -> None:
    await Slot.filter(id=slot_id).update(state=SlotState.CANCELLED)
