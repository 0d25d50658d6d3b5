"""The gate: who asks, whether they may, and whether what they ask has the right shape."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError
from tortoise.exceptions import ValidationError as TooLong

from core.settings import explain
from core.texts import Texts
from core.wrong import why
from plugins.console.ask import Ask, Services, locale_of
from plugins.console.models import Staff, StaffSession
from plugins.console.problems import Problem, not_found
from plugins.console.roles import ADMINS, StaffRole
from plugins.console.sessions import COOKIE, signed_in
from plugins.console.table import Route, Shape

log = structlog.get_logger(__name__)
SAFE = {"GET", "HEAD"}
LARGEST = 2**63 - 1  # of a number in a path


def handler(route: Route, desk: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            ask = await _admit(route, desk, request)
            answer = await route.answer(ask, await _given(route, request, desk.texts))
        except Problem as problem:
            return refusal(problem, desk, request)
        except TooLong:  # no row has so long a word, and none shall have
            return refusal(Problem(400, "bad-request", fields={"": "too long"}), desk, request)
        if isinstance(answer, web.StreamResponse):
            return answer
        if isinstance(answer, BaseModel):
            return web.json_response(text=answer.model_dump_json(by_alias=True), headers=FRESH)
        return web.Response(status=204)

    return handle


FRESH = {"Cache-Control": "no-store"}


def refusal(problem: Problem, desk: Services, request: web.Request) -> web.Response:
    """A problem as a response."""
    message = desk.texts.render(f"console.error.{problem.code}", locale_of(request, desk.texts))
    body = {"error": {"code": problem.code, "message": message, **problem.more}}
    wait = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    return web.json_response(body, status=problem.status, headers={**FRESH, **wait})


async def _admit(route: Route, desk: Services, request: web.Request) -> Ask:
    found = dict(request.match_info)
    if any(_too_large(value) for name, value in found.items() if name == "id"):
        raise not_found()
    if route.roles is None:
        if request.method not in SAFE:
            _same_house(request)
        return Ask(desk, request, Staff(roles=[]), StaffSession(), found)
    session = await signed_in(desk, request.cookies.get(COOKIE, ""))
    if session is None:
        raise Problem(401, "signed-out")
    ask = Ask(desk, request, session.staff, session, found)
    if not ask.roles & (route.roles | ADMINS):
        raise Problem(403, "not-allowed")
    if request.method not in SAFE:
        given = request.headers.get("X-CSRF-Token", "")
        if not secrets.compare_digest(given.encode(), session.csrf.encode()):
            raise Problem(403, "csrf")
    elif "upgrade" in request.headers.get("Connection", "").lower():
        _same_house(request)  # a browser sends cookies with a foreign page's WebSocket too
    return ask


def _too_large(number: str) -> bool:
    return not number.isascii() or not number.isdecimal() or int(number[:20]) > LARGEST


def _same_house(request: web.Request) -> None:
    """Refuse what another site's page sends in the name of its visitor."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.host:
        raise Problem(403, "csrf")


async def _given(route: Route, request: web.Request, texts: Texts) -> list[Shape]:
    given: list[Shape] = []
    shape = route.body or route.query or Shape
    try:
        if route.body is not None:
            if request.content_type != "application/json":
                raise Problem(400, "bad-request", fields={"": "application/json"})
            given.append(route.body.model_validate_json(await request.read() or b"{}"))
        if route.query is not None:
            shape = route.query
            given.append(route.query.model_validate(dict(request.query)))
    except ValidationError as error:
        told, locale = explain(error, shape), locale_of(request, texts)
        fields = {one.name: why(one.kind, one.facts, one.words, texts, locale) for one in told}
        raise Problem(400, "bad-request", fields=fields) from None
    leaves = _leaves(given)
    if any("\x00" in leaf for leaf in leaves if isinstance(leaf, str)):
        raise Problem(400, "bad-request", fields={"": "NUL"})  # PostgreSQL keeps none
    if any(abs(leaf) > LARGEST for leaf in leaves if isinstance(leaf, int)):
        raise Problem(400, "bad-request", fields={"": "64 bit"})  # neither rows nor JSON keep more
    return given


def _leaves(given: list[Shape]) -> list[str | int]:
    """Every text and number of what was given, however deep."""
    found: list[str | int] = []
    left: list[Any] = [shape.model_dump() for shape in given]
    while left:
        one = left.pop()
        if isinstance(one, str | int):
            found.append(one)
        elif isinstance(one, dict):
            left += cast("dict[Any, Any]", one).items()
        elif isinstance(one, list | tuple | set | frozenset):
            left += cast("list[Any]", one)
    return found


def allowed(route: Route, roles: frozenset[StaffRole]) -> bool:
    """Whether these roles may use the route."""
    return route.roles is None or bool(roles & (route.roles | ADMINS))
