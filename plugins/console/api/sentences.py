"""What the shop says, in its own words: every sentence can be put differently while it is open."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Literal

from pydantic import Field

from core.texts import fields_of
from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.models import Override
from plugins.console.overlay import CHANGED, TEXTS
from plugins.console.problems import Problem, not_found
from plugins.console.table import Shape

INNER = ("console.", "cli.", "core.")  # for staff and operators: not the shop's voice
COMMANDS = re.compile(r"\.(cli|doctor)[._]")  # what operators read, also in a plugin's own words
SHOWN = 100


class Sought(Shape):
    """Which sentences; ``own``: only those that the shop has put in its own words."""

    q: str = Field("", max_length=100)
    locale: Literal["zh_CN", "en"] = "zh_CN"
    own: bool = False


class SentenceShape(Shape):
    """A sentence as it is said, as it ships, and what may stand in braces in it."""

    key: str
    locale: str
    text: str
    original: str
    names: list[str]
    by: str
    at: datetime | None


class Sentences(Shape):
    """Those that fit, by key; ``more``: there are more than are shown."""

    items: list[SentenceShape]
    more: bool


class NewWords(Shape):
    """How it shall be said."""

    text: str = Field(min_length=1, max_length=2000)


async def list_sentences(ask: Ask, query: Sought) -> Sentences:
    """What the shop says."""
    rows = {row.key: row for row in await Override.filter(plugin=TEXTS)}
    shipped = ask.desk.texts.shipped(query.locale)
    found: list[SentenceShape] = []
    for key in sorted(filter(_spoken, shipped)):
        row = rows.get(f"{query.locale}.{key}")
        one = _shape(ask, query.locale, key, row)
        if (row or not query.own) and query.q.lower() in f"{key} {one.text}".lower():
            found.append(one)
    return Sentences(items=found[:SHOWN], more=len(found) > SHOWN)


async def put_sentence(ask: Ask, body: NewWords) -> SentenceShape:
    """Say it in the shop's own words from now on."""
    locale, key = _place(ask)
    original = ask.desk.texts.shipped(locale)[key]
    try:
        unknown = fields_of(body.text) - fields_of(original)  # a form that fails fails at a reply
    except ValueError:
        raise Problem(400, "bad-braces", fields={"text": body.text}) from None
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
        raise Problem(400, "bad-braces", fields={"text": names})
    row = {"value": {"is": body.text}, "by": ask.who.login, "at": ask.desk.clock.now()}
    effects = ask.desk.effects()
    place = f"{locale}.{key}"
    effects.write(partial(Override.update_or_create, plugin=TEXTS, key=place, defaults=row))
    audit.record(effects, ask.who.login, "sentence-changed", place, text=body.text)
    effects.emit(CHANGED, setting=f"{TEXTS}.{place}", by=ask.who.login)
    await ask.desk.write(effects)
    await ask.desk.overlay.load()
    return _shape(ask, locale, key, await Override.get(plugin=TEXTS, key=place))


async def reset_sentence(ask: Ask) -> SentenceShape:
    """Say it as it ships."""
    locale, key = _place(ask)
    place = f"{locale}.{key}"
    if not await Override.filter(plugin=TEXTS, key=place).exists():
        raise not_found()
    effects = ask.desk.effects()
    effects.write(lambda: Override.filter(plugin=TEXTS, key=place).delete())
    audit.record(effects, ask.who.login, "sentence-reset", place)
    effects.emit(CHANGED, setting=f"{TEXTS}.{place}", by=ask.who.login)
    await ask.desk.write(effects)
    await ask.desk.overlay.load()
    return _shape(ask, locale, key, None)


def _spoken(key: str) -> bool:
    return not (key.startswith(INNER) or COMMANDS.search(key))


def _place(ask: Ask) -> tuple[str, str]:
    locale, key = ask.path["locale"], ask.path["key"]
    if locale not in {"zh_CN", "en"} or not _spoken(key):
        raise not_found()
    if key not in ask.desk.texts.shipped(locale):
        raise not_found()
    return locale, key


def _shape(ask: Ask, locale: str, key: str, row: Override | None) -> SentenceShape:
    original = ask.desk.texts.shipped(locale)[key]
    return SentenceShape(
        key=key,
        locale=locale,
        text=row.value["is"] if row else original,
        original=original,
        names=sorted(fields_of(original)),
        by=row.by if row else "",
        at=row.at if row else None,
    )
