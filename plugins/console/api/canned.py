"""Ready answers and the wording coach."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import Field
from tortoise.expressions import Q

from plugins.console import audit, coach
from plugins.console.ask import Ask
from plugins.console.models import Canned
from plugins.console.problems import Problem, not_found
from plugins.console.table import Shape

SHORTCUT = re.compile(r"^[\w-]{1,40}$")


class Words(Shape):
    """What to look for."""

    q: str = Field("", max_length=100)


class CannedShape(Shape):
    """A ready answer."""

    shortcut: str
    title: str
    text: str
    by: str
    at: datetime


class CannedList(Shape):
    """All that fit, by shortcut."""

    items: list[CannedShape]


class NewCanned(Shape):
    """A ready answer to be kept."""

    title: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=5000)


class Sentence(Shape):
    """A text to be looked at."""

    text: str = Field(max_length=10_000)


class Findings(Shape):
    """What the coach found."""

    findings: list[coach.Finding]


async def list_canned(ask: Ask, query: Words) -> CannedList:
    """Ready answers."""
    rows = Canned.all()
    if query.q:
        wanted = (Q(**{f"{name}__icontains": query.q}) for name in ("shortcut", "title", "text"))
        rows = rows.filter(Q(*wanted, join_type=Q.OR))
    return CannedList(items=[_shape(row) for row in await rows.order_by("shortcut").limit(500)])


async def put_canned(ask: Ask, body: NewCanned) -> CannedShape:
    """Add or change one."""
    shortcut = ask.path["shortcut"]
    if not SHORTCUT.match(shortcut):
        raise Problem(400, "bad-request", fields={"shortcut": SHORTCUT.pattern})
    facts = {**body.model_dump(), "by": ask.who.login, "at": ask.desk.clock.now()}
    effects = ask.desk.effects()
    effects.write(partial(_put, shortcut, facts))
    audit.record(effects, ask.who.login, "canned-changed", shortcut, title=body.title)
    await ask.desk.write(effects)
    return _shape(await Canned.get(shortcut=shortcut))


async def delete_canned(ask: Ask) -> None:
    """Take one out."""
    shortcut = ask.path["shortcut"]
    if not await Canned.filter(shortcut=shortcut).exists():
        raise not_found()
    effects = ask.desk.effects()
    effects.write(partial(_delete, shortcut))
    audit.record(effects, ask.who.login, "canned-deleted", shortcut)
    await ask.desk.write(effects)


async def look_over(ask: Ask, body: Sentence) -> Findings:
    """Phrases to think about before sending."""
    return Findings(findings=coach.findings(body.text, ask.say))


async def _put(shortcut: str, facts: dict[str, Any]) -> None:
    await Canned.update_or_create(shortcut=shortcut, defaults=facts)


async def _delete(shortcut: str) -> None:
    await Canned.filter(shortcut=shortcut).delete()


def _shape(row: Canned) -> CannedShape:
    return CannedShape(shortcut=row.shortcut, title=row.title, text=row.text, by=row.by, at=row.at)
