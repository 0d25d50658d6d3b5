"""Colleagues, accounts and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from tortoise.expressions import Q

from core.effects import Effects
from plugins.console import audit
from plugins.console import staff as accounts
from plugins.console.ask import Ask
from plugins.console.cards import names
from plugins.console.models import AuditLine, Staff, StaffSession, Thread
from plugins.console.passwords import fresh, hashed
from plugins.console.problems import not_found
from plugins.console.roles import PEOPLE, StaffRole
from plugins.console.shapes import Presence
from plugins.console.table import Shape
from plugins.handoff.face import presences, set_skills, skills_of

Skill = Annotated[str, Field(min_length=1, max_length=40)]


class Colleague(Shape):
    """Somebody to whom a conversation can go."""

    login: str
    name: str
    presence: Presence
    load: int
    capacity: int
    skills: list[str]


class Colleagues(Shape):
    """All of them."""

    items: list[Colleague]


class StaffShape(Shape):
    """An account."""

    login: str
    name: str
    roles: list[StaffRole]
    active: bool
    totp: bool
    capacity: int
    skills: list[str]
    created_at: datetime
    seen_at: datetime | None


class StaffList(Shape):
    """All accounts."""

    items: list[StaffShape]


class NewAccount(Shape):
    """An account to be made."""

    login: str = Field(pattern=accounts.LOGIN)
    name: str = Field("", max_length=80)
    roles: list[StaffRole] = Field(min_length=1, max_length=6)
    capacity: int | None = Field(None, ge=1, le=100)


class AccountChanges(Shape):
    """What is left out stays; ``password``: make a new one."""

    name: str | None = Field(None, min_length=1, max_length=80)
    roles: list[StaffRole] | None = Field(None, min_length=1, max_length=6)
    capacity: int | None = Field(None, ge=1, le=100)
    active: bool | None = None
    skills: list[Skill] | None = Field(None, max_length=20)
    password: Literal["new"] | None = None


class Account(Shape):
    """An account, with a password that is shown this once."""

    staff: StaffShape
    password: str | None


class LinesPage(Shape):
    """Which lines, newest first."""

    before: int | None = Field(None, ge=0, lt=2**63)
    limit: int = Field(50, ge=1, le=200)
    q: str = Field("", max_length=100)


class AuditShape(Shape):
    """Who did what."""

    id: int
    at: datetime
    who: str
    name: str
    act: str
    about: str
    data: dict[str, Any]
    hash: str


class AuditLines(Shape):
    """A page."""

    items: list[AuditShape]
    more: bool


class Proof(Shape):
    """Whether the chain is whole."""

    whole: bool
    lines: int
    broken: int | None


async def list_colleagues(ask: Ask) -> Colleagues:
    """Who may take conversations, those who are there first."""
    states, skills = await presences(), await skills_of()
    everybody = await Staff.filter(active=True)
    rows = [row for row in everybody if {StaffRole(role) for role in row.roles} & PEOPLE]
    loads = await loads_of(row.login for row in rows)
    found = [
        Colleague(
            login=row.login,
            name=row.name,
            presence=states.get(row.login, "offline"),  # type: ignore[arg-type] - one of the four
            load=loads[row.login],
            capacity=row.capacity,
            skills=skills.get(row.login, []),
        )
        for row in rows
    ]
    return Colleagues(items=sorted(found, key=lambda c: (c.presence == "offline", c.login)))


async def loads_of(logins: Any) -> dict[str, int]:  # noqa: ANN401 - any iterable of logins
    """How many conversations each has."""
    return {login: await Thread.filter(owner=f"agent:{login}").count() for login in logins}


async def list_staff(ask: Ask) -> StaffList:
    """All accounts."""
    skills = await skills_of()
    rows = await Staff.all().order_by("login")
    return StaffList(items=[_staff(row, skills.get(row.login, [])) for row in rows])


async def add_staff(ask: Ask, body: NewAccount) -> Account:
    """A new account."""
    effects = ask.desk.effects()
    capacity = body.capacity or ask.desk.settings.capacity
    new = accounts.NewStaff(body.login, body.name, body.roles, capacity)
    row, password = await accounts.add(effects, new, ask.who.login)
    await ask.desk.write(effects)
    return Account(staff=_staff(row, []), password=password)


async def change_staff(ask: Ask, body: AccountChanges) -> Account:
    """Change an account; losing rights ends its sessions."""
    changes = body.model_dump(exclude_none=True, mode="json")
    password = fresh() if changes.pop("password", None) else None
    if password:
        changes["password"] = await hashed(password)
    effects = ask.desk.effects()
    if (skills := changes.pop("skills", None)) is not None:
        await _train(ask, effects, skills)
    row = await accounts.change(effects, ask.path["login"], changes, ask.who.login)
    await ask.desk.write(effects)
    if {"active", "roles", "password"} & changes.keys():
        gone = await StaffSession.filter(staff_id=row.id)
        ask.desk.hub.end(session.id for session in gone)
    skills = (await skills_of()).get(row.login, [])
    return Account(staff=_staff(await Staff.get(id=row.id), skills), password=password)


async def _train(ask: Ask, effects: Effects, skills: list[str]) -> None:
    """Write down what somebody can do that not everybody can."""
    row = await Staff.get_or_none(login=ask.path["login"])
    if row is None:
        raise not_found()
    set_skills(effects, accounts.seat_of(row), skills)
    audit.record(effects, ask.who.login, "staff-trained", row.login, skills=skills)


async def list_audit(ask: Ask, query: LinesPage) -> AuditLines:
    """The audit log, newest first."""
    rows = AuditLine.filter(id__lt=query.before) if query.before is not None else AuditLine.all()
    if query.q:
        wanted = (Q(**{f"{name}__icontains": query.q}) for name in ("who", "act", "about"))
        rows = rows.filter(Q(*wanted, join_type=Q.OR))
    found = await rows.order_by("-id").limit(query.limit + 1)
    plain = AuditShape.model_fields.keys() - {"name"}
    staff = await names()
    items = [
        AuditShape(
            **{field: getattr(row, field) for field in plain}, name=staff.get(row.who, row.who)
        )
        for row in found
    ]
    return AuditLines(items=items[: query.limit], more=len(found) > query.limit)


async def prove_audit(ask: Ask) -> Proof:
    """Recount the chain."""
    lines, broken = await audit.proof()
    return Proof(whole=broken is None, lines=lines, broken=broken)


def _staff(row: Staff, skills: list[str]) -> StaffShape:
    return StaffShape(
        login=row.login,
        name=row.name,
        roles=[StaffRole(role) for role in row.roles],
        active=row.active,
        totp=bool(row.totp),
        capacity=row.capacity,
        skills=skills,
        created_at=row.created_at,
        seen_at=row.seen_at,
    )
