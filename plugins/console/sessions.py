"""Who is signed in: a random token in a cookie, its hash in a row."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from aiohttp import web

from plugins.console.ask import Services
from plugins.console.models import Staff, StaffSession

COOKIE = "xiaoer_desk"
TOUCH = timedelta(minutes=1)  # a session's last use is written no more often


async def signed_in(desk: Services, token: str) -> StaffSession | None:
    """The session behind a cookie, with its person; ``None`` if it ended or never was."""
    if not token:
        return None
    row = await StaffSession.get_or_none(token=_digest(token), ended_at=None).prefetch_related(
        "staff"
    )
    now = desk.clock.now()
    if row is None or not row.staff.active or now - row.seen_at > _life(desk):
        return None
    if now - row.seen_at > TOUCH:
        effects = desk.effects()
        effects.write(partial(_touch, row.id, row.staff_id, now))
        await desk.write(effects)
    return row


async def staff_of(desk: Services, sessions: Iterable[int]) -> dict[int, Staff]:
    """The person of each of these sessions that is not over."""
    since = desk.clock.now() - _life(desk)
    rows = StaffSession.filter(id__in=set(sessions), ended_at=None, seen_at__gte=since)
    found = await rows.filter(staff__active=True).select_related("staff")
    return {row.id: row.staff for row in found}


async def begin(desk: Services, who: Staff, request: web.Request) -> tuple[str, StaffSession]:
    """A fresh session with a fresh token, whatever cookie the browser came with."""
    token, now = secrets.token_urlsafe(32), desk.clock.now()
    row = StaffSession(
        staff_id=who.id,
        token=_digest(token),
        csrf=secrets.token_urlsafe(32),
        agent=request.headers.get("User-Agent", "")[:200],
        address=(request.remote or "")[:64],
        created_at=now,
        seen_at=now,
    )
    effects = desk.effects()
    effects.write(partial(row.save, force_create=True))
    effects.write(partial(_touch, 0, who.id, now))
    await desk.write(effects)
    return token, row


async def end(desk: Services, *, staff: int, only: int = 0, keep: int = 0) -> int:
    """End a person's sessions: all, ``only`` one, or all but the one to ``keep``."""
    ended: list[int] = []

    async def write() -> None:
        rows = StaffSession.filter(staff_id=staff, ended_at=None).exclude(id=keep)
        chosen = rows.filter(id=only) if only else rows
        ended[:] = [row.id for row in await chosen]
        await StaffSession.filter(id__in=ended).update(ended_at=desk.clock.now())

    effects = desk.effects()
    effects.write(write)
    await desk.write(effects)
    desk.hub.end(ended)
    return len(ended)


def set_cookie(desk: Services, request: web.Request, response: web.Response, token: str) -> None:
    """Give the token to the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(_life(desk).total_seconds()),
        path="/desk",
        httponly=True,
        secure=request.secure,
        samesite="Strict",
    )


async def _touch(session: int, staff: int, now: object) -> None:
    if session:
        await StaffSession.filter(id=session).update(seen_at=now)
    await Staff.filter(id=staff).update(seen_at=now)


def _life(desk: Services) -> timedelta:
    return timedelta(hours=desk.settings.session_hours)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
