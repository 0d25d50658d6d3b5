"""``xiaoer posts``: the slots, new ones, and what would be posted when and why not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, cast
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
from plugins.groups.sent import sent_rows
from plugins.groups.settings import DAYS, Day

app = typer.Typer(name="posts", help=say("groups.cli_help"), no_args_is_help=True)
SLOT_COLUMNS = ("name", "when", "next", "groups", "text", "source")
PREVIEW_COLUMNS = ("when", "name", "group", "verdict", "reason", "text")
SENT_COLUMNS = ("when", "name", "state", "confirmed", "waiting")
Name = Annotated[str, typer.Argument(help=say("groups.cli_name_opt"))]


@app.command("list", help=say("groups.cli_list_help"))
def list_(*, as_json: Json = False) -> None:
    """Every slot that still posts."""

    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            diary, now = desk.service(Diary), desk.clock.now()
            rows = [slot_row(plan, now, diary.zone) for plan in await diary.plans()]
            return rows if as_json else [in_shop_time(row, "next") for row in rows]

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

    async def work() -> tuple[datetime, str]:
        async with office() as desk:
            first = await add_slot(desk, name, text, group, at=at, weekly=weekly)
            return first, await objection(desk, name, first)

    first, reason = run(work())
    tell("groups.cli_added", name=name, next=first)
    if reason:
        tell("groups.cli_but", reason=reason)


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
            diary, now = desk.service(Diary), desk.clock.now()
            rows = await preview_rows(diary, now, days, desk.texts, desk.locale)
            return rows if as_json else [in_shop_time(row, "when") for row in rows]

    columns = {name: f"groups.cli_{name}" for name in PREVIEW_COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="groups.cli_none_ahead")


@app.command("sent", help=say("groups.cli_sent_help"))
def sent(
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help=say("groups.cli_back_opt"))] = 7,
    as_json: Json = False,
) -> None:
    """What became of the posts of the last days, and who has not confirmed theirs."""

    async def work() -> list[dict[str, Any]]:
        async with office() as desk:
            rows = await sent_rows(desk.service(Diary), desk.clock.now() - timedelta(days=days))
            return rows if as_json else [standing_row(row) for row in rows]

    columns = {name: f"groups.cli_{name}" for name in SENT_COLUMNS}
    listing(run(work()), columns, as_json=as_json, empty="groups.cli_none_sent")


def standing_row(row: dict[str, Any]) -> dict[str, Any]:
    """What became of an occurrence as a table shows it: ``3/5`` where members confirm."""
    states = [
        say(f"groups.state_{state}", number=number) for state, number in row["states"].items()
    ]
    share = f"{row['confirmed']}/{row['members']}" if row["members"] else ""
    shown = {**in_shop_time(row, "when"), "state": ", ".join(states), "confirmed": share}
    return {**shown, "waiting": ", ".join(row["waiting"])}


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
            return {"day": _day(day), "clock": f"{parsed:%H:%M}"}
    except ValueError:
        pass
    raise Refusal("groups.cli_bad_when", given=at or weekly)


def _day(word: str) -> int:
    """The number of a day by its short name, or as the shop writes it; raises ValueError."""
    written = [say(f"groups.day_{day}").lower() for day in DAYS]
    return written.index(word) if word in written else [*DAYS].index(cast("Day", word))


async def objection(desk: Desk, name: str, moment: datetime) -> str:
    """Why the slot's next post would not go out as things are (quiet hours, quota), if so."""
    diary = desk.service(Diary)
    if (plan := await diary.find(name)) is None:
        return ""
    verdicts = [await diary.verdict(plan, group, moment) for group in plan.groups]
    return next((v.why(desk.texts, desk.locale) for v in verdicts if not v.ok), "")


def slot_row(plan: Plan, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A slot as it is listed."""
    following, rhythm = plan.next_after(now, zone), say("groups.once")
    if plan.day is not None and plan.clock is not None:
        day = say(f"groups.day_{DAYS[plan.day]}")
        rhythm = say("groups.weekly", day=day, clock=f"{plan.clock:%H:%M}")
    return {
        "name": plan.name,
        "when": rhythm,
        "next": following.astimezone(zone) if following else None,
        "groups": list(plan.groups),
        "text": plan.text or str(plan.file),
        "source": say("groups.source_command" if plan.row else "groups.source_settings"),
    }


def in_shop_time(row: dict[str, Any], column: str) -> dict[str, Any]:
    """The row with a shop-time moment as a table shows it, whatever zone the machine is in."""
    moment = row[column]
    return {**row, column: f"{moment:%m-%d %H:%M}" if moment else ""}


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
