"""Signing in and out, and what a person may change of the own account."""

from __future__ import annotations

from functools import partial

from aiohttp import web
from pydantic import Field

from plugins.console import audit, sessions
from plugins.console.ask import Ask
from plugins.console.models import Staff, StaffSession, Thread
from plugins.console.passwords import SHORTEST, code_step, fresh_totp, hashed, totp_uri
from plugins.console.problems import Problem, not_found
from plugins.console.quality import notice
from plugins.console.roles import StaffRole
from plugins.console.sessions import COOKIE, set_cookie
from plugins.console.shapes import Presence
from plugins.console.signin import Addresses, Try, prove, sign_in
from plugins.console.staff import seat_of
from plugins.console.table import Shape
from plugins.handoff.face import presence_of, set_presence

ADDRESSES = web.AppKey("addresses", Addresses)


class SignIn(Shape):
    """Who somebody says to be."""

    login: str = Field(max_length=40)
    password: str = Field(max_length=200)
    code: str = Field("", max_length=10)


class Me(Shape):
    """The person at this browser."""

    login: str
    name: str
    roles: list[StaffRole]
    csrf: str
    totp: bool
    locale: str
    presence: Presence
    capacity: int
    load: int
    shop: str
    knowledge: bool  # whether the shop has one
    incidents: bool  # and those
    notice: bool  # whether it must still be read how the own work is looked at


class NewPassword(Shape):
    """A change of password."""

    old: str = Field(max_length=200)
    new: str = Field(min_length=SHORTEST, max_length=200)


class OwnPassword(Shape):
    """Proof that the person is still there."""

    password: str = Field(max_length=200)


class Code(Shape):
    """A one-time code."""

    code: str = Field(max_length=10)


class Offered(Shape):
    """A secret for an authenticator app."""

    secret: str
    uri: str


class State(Shape):
    """Whether new conversations may come."""

    state: Presence


class SessionRow(Shape):
    """A browser that is signed in."""

    id: int
    current: bool
    agent: str
    address: str
    created_at: str
    seen_at: str


class SessionRows(Shape):
    """All of a person's."""

    items: list[SessionRow]


async def begin_session(ask: Ask, body: SignIn) -> web.Response:
    """Sign in: a fresh token, whatever the browser had."""
    request, desk = ask.request, ask.desk
    addresses = request.config_dict[ADDRESSES]
    login = body.login.strip().lower()
    given = Try(request.remote or "", login, body.password, body.code)
    who = await sign_in(desk, addresses, given)
    old = await sessions.signed_in(desk, request.cookies.get(COOKIE, ""))
    if old is not None:
        await sessions.end(desk, staff=old.staff_id, only=old.id)
    token, row = await sessions.begin(desk, who, request)
    me = await _me(Ask(desk, request, who, row, {}))
    response = web.json_response(text=me.model_dump_json(), headers={"Cache-Control": "no-store"})
    set_cookie(desk, request, response, token)
    return response


async def get_session(ask: Ask) -> Me:
    """Who is signed in."""
    return await _me(ask)


async def end_session(ask: Ask) -> web.Response:
    """Sign out."""
    await sessions.end(ask.desk, staff=ask.who.id, only=ask.session.id)
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path="/desk")
    return response


async def change_password(ask: Ask, body: NewPassword) -> None:
    """A new password; every other browser is signed out."""
    await _prove(ask, body.old)
    effects = ask.desk.effects()
    effects.write(partial(_update, ask.who.id, password=await hashed(body.new)))
    audit.record(effects, ask.who.login, "password-changed", ask.who.login)
    await ask.desk.write(effects)
    await sessions.end(ask.desk, staff=ask.who.id, keep=ask.session.id)


async def offer_totp(ask: Ask, body: OwnPassword) -> Offered:
    """A secret; it counts once a code of it was shown."""
    await _prove(ask, body.password)
    secret = fresh_totp()
    effects = ask.desk.effects()
    effects.write(partial(_update, ask.who.id, totp_offered=secret))
    await ask.desk.write(effects)
    return Offered(secret=secret, uri=totp_uri(secret, ask.who.login, ask.desk.shop.name))


async def switch_totp_on(ask: Ask, body: Code) -> None:
    """From now on a code is asked for."""
    now, offered = ask.desk.clock.now(), ask.who.totp_offered
    step = code_step(offered, body.code, now, 0) if offered else 0
    if not step:
        raise Problem(401, "wrong-code")
    effects = ask.desk.effects()
    effects.write(partial(_update, ask.who.id, totp=offered, totp_offered="", totp_used=step))
    audit.record(effects, ask.who.login, "totp-on", ask.who.login)
    await ask.desk.write(effects)


async def switch_totp_off(ask: Ask, body: OwnPassword) -> None:
    """No code any more."""
    await _prove(ask, body.password)
    effects = ask.desk.effects()
    effects.write(partial(_update, ask.who.id, totp="", totp_offered=""))
    audit.record(effects, ask.who.login, "totp-off", ask.who.login)
    await ask.desk.write(effects)


async def list_sessions(ask: Ask) -> SessionRows:
    """Where the person is signed in."""
    rows = await StaffSession.filter(staff_id=ask.who.id, ended_at=None).order_by("-seen_at")
    return SessionRows(
        items=[
            SessionRow(
                id=row.id,
                current=row.id == ask.session.id,
                agent=row.agent,
                address=row.address,
                created_at=row.created_at.isoformat(),
                seen_at=row.seen_at.isoformat(),
            )
            for row in rows
        ]
    )


async def revoke_session(ask: Ask) -> None:
    """Sign another browser of the same person out."""
    if not await sessions.end(ask.desk, staff=ask.who.id, only=ask.number()):
        raise not_found()


async def change_presence(ask: Ask, body: State) -> Me:
    """Come, go, or take a break."""
    effects = ask.desk.effects()
    set_presence(effects, seat_of(ask.who), body.state)
    await ask.desk.write(effects)
    return await _me(ask)


async def _me(ask: Ask) -> Me:
    who = ask.who
    return Me(
        login=who.login,
        name=who.name,
        roles=sorted(ask.roles),
        csrf=ask.session.csrf,
        totp=bool(who.totp),
        locale=ask.locale,
        presence=await presence_of(who.login),  # type: ignore[arg-type] - one of the four
        capacity=who.capacity,
        load=await Thread.filter(owner=ask.owner).count(),
        shop=ask.desk.shop.name,
        knowledge=ask.desk.knowledge is not None,
        incidents=ask.desk.incidents is not None,
        notice=await notice.wanted(who, notice.version(ask.desk.texts, ask.desk.settings)),
    )


async def _prove(ask: Ask, password: str) -> None:
    """The password again, counted like a sign-in: a stolen session must not be a way to guess."""
    given = Try(ask.request.remote or "", ask.who.login, password, "")
    await prove(ask.desk, ask.request.config_dict[ADDRESSES], given)


async def _update(number: int, **columns: object) -> None:
    await Staff.filter(id=number).update(**columns)
