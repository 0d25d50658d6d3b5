"""Accounts of staff: made and changed here, by a command as well as by the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.effects import Effects
from plugins.console import audit
from plugins.console.models import Staff, StaffSession
from plugins.console.passwords import fresh, hashed
from plugins.console.problems import Problem, not_found
from plugins.console.roles import PEOPLE, StaffRole
from plugins.handoff.face import OFFLINE, Seat, set_presence, set_seat

LOGIN = r"^[a-z0-9][a-z0-9._-]{1,39}$"


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What a new account is made of."""

    login: str
    name: str
    roles: Sequence[StaffRole]
    capacity: int


async def add(effects: Effects, new: NewStaff, by: str) -> tuple[Staff, str]:
    """A new account with its first password; raises :class:`Problem` ``exists``."""
    if not re.match(LOGIN, new.login):
        raise Problem(400, "bad-request", fields={"login": LOGIN})
    password = fresh()
    row = Staff(
        login=new.login,
        name=new.name or new.login,
        password=await hashed(password),
        roles=[str(role) for role in new.roles],
        capacity=new.capacity,
        created_at=effects.clock.now(),
    )

    async def write() -> None:
        if await Staff.filter(login=new.login).exists():
            raise Problem(409, "exists")
        await row.save(force_create=True)

    effects.write(write)
    audit.record(effects, by, "staff-added", new.login, roles=row.roles)
    return row, password


async def change(effects: Effects, login: str, changes: dict[str, Any], by: str) -> Staff:
    """Change an account; whoever is switched off or loses roles is signed out everywhere.

    Who serves customers no longer is offline from then on, so what they have goes back to the
    queue. The last active admin stays one. Raises :class:`Problem` ``not-found`` or ``last-admin``.
    """
    row = await Staff.get_or_none(login=login)
    if row is None:
        raise not_found()
    shown = {k: v for k, v in changes.items() if k != "password"}
    if changes:
        effects.write(partial(_change, row.id, changes, effects.clock.now()))
        _reseat(effects, row, changes)
        audit.record(effects, by, "staff-changed", login, **shown, password="password" in changes)
    return row


def seat_of(row: Staff) -> Seat:
    """The person's place at the desk; one without a conversation for whoever serves no customer."""
    serves = row.active and {StaffRole(role) for role in row.roles} & PEOPLE
    return Seat(row.login, row.name, row.capacity if serves else 0)


def _reseat(effects: Effects, row: Staff, changes: dict[str, Any]) -> None:
    """The queue hears of it in the same transaction."""
    before, after = seat_of(row), seat_of(copy(row).update_from_dict(changes))
    if before.capacity and not after.capacity:
        set_presence(effects, after, OFFLINE)
    elif after != before:
        set_seat(effects, after)


async def _change(number: int, changes: dict[str, Any], now: object) -> None:
    await Staff.filter(id=number).update(**changes)
    admins = [s.id for s in await Staff.filter(active=True) if StaffRole.ADMIN in s.roles]
    if not admins and {"active", "roles"} & changes.keys():
        raise Problem(409, "last-admin")
    if {"active", "roles", "password"} & changes.keys():
        await StaffSession.filter(staff_id=number, ended_at=None).update(ended_at=now)
