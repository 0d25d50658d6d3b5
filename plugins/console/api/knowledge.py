"""The knowledge at the desk: everybody finds answers in it, trainers look after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.problems import Problem, not_found
from plugins.console.table import Shape
from plugins.faq.face import (
    Editor,
    Entry,
    Finding,
    Outdated,
    Regression,
    Sheet,
    State,
    Wanted,
    categories,
    difference,
    sheet,
    shelf,
    versions,
)

VERSIONS = 50  # of one entry, the newest


class Search(Shape):
    """Which entries; ``after``: the last id of the page before."""

    q: str = Field("", max_length=100)
    category: str = Field("", max_length=100)
    state: State = ""
    after: str = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=200)


class SpineShape(Shape):
    """An entry in the list, see :class:`plugins.faq.face.Spine`."""

    id: str
    question: str
    category: str
    owner: str
    state: Literal["live", "off", "early", "expired", "new"]
    draft: Literal["", "draft", "reviewed"]
    stale: Literal["", "review", "expired", "untouched"]
    version: int
    updated_at: datetime


class Shelf(Shape):
    """A page of the list."""

    items: list[SpineShape]
    next: str | None
    categories: list[str]


class FindingShape(Shape):
    """What a change does; ``entry`` and ``other`` with their standard questions."""

    kind: str
    entry: str
    entry_question: str
    question: str
    before: str
    after: str
    other: str
    other_question: str
    grave: bool


class Exam(Shape):
    """All findings, the grave first."""

    findings: list[FindingShape]


class NewDraft(Shape):
    """What an entry shall say; ``stamp`` is ``new`` where there is none yet."""

    entry: Entry
    stamp: str = Field(min_length=1, max_length=80)


class Stamped(Shape):
    """A change of what was seen."""

    stamp: str = Field(min_length=1, max_length=80)


class Release(Stamped):
    """``sure``: although answers get worse, or nobody has reviewed it."""

    sure: bool = False


class Rollback(Stamped):
    """Back to what ``version`` said."""

    version: int = Field(ge=1)
    sure: bool = False


class ChangeShape(Shape):
    """A field in which two versions differ."""

    field: str
    old: Any
    new: Any


class VersionShape(Shape):
    """What an entry said once; ``changes`` against the version before."""

    number: int
    author: str
    at: datetime
    entry: Entry
    changes: list[ChangeShape]


class Versions(Shape):
    """The newest first."""

    items: list[VersionShape]


async def list_knowledge(ask: Ask, query: Search) -> Shelf:
    """A page of entries."""
    wanted = Wanted(**query.model_dump())
    rows, following = await shelf(editor(ask).base, wanted, ask.desk.clock.now())
    names = SpineShape.model_fields
    items = [SpineShape(**{name: getattr(row, name) for name in names}) for row in rows]
    return Shelf(items=items, next=following, categories=await categories())


async def get_entry(ask: Ask) -> Sheet:
    """One entry with its draft."""
    editor(ask)
    return await _sheet(ask)


async def put_draft(ask: Ask, body: NewDraft) -> Sheet:
    """Keep what an entry shall say; customers hear the old answer until it is published."""
    knowledge, entry_id = editor(ask), ask.path["entry"]
    if body.entry.id != entry_id:
        raise Problem(400, "bad-request", fields={"entry.id": entry_id})
    effects = ask.desk.effects()
    knowledge.draft(effects, [body.entry], ask.who.login, body.stamp)
    audit.record(effects, ask.who.login, "knowledge-drafted", entry_id)
    await write(ask, effects)
    return await _sheet(ask)


async def discard_draft(ask: Ask, body: Stamped) -> None:
    """Forget a draft."""
    effects, found = ask.desk.effects(), await _drafted(ask)
    editor(ask).discard(effects, found.id, ask.who.login, body.stamp)
    audit.record(effects, ask.who.login, "knowledge-discarded", found.id)
    await write(ask, effects)


async def check_draft(ask: Ask) -> Exam:
    """What publishing the draft would do to answers."""
    found = await _drafted(ask)
    told = await editor(ask).check([found.draft] if found.draft else [])
    return Exam(findings=findings(ask, told))


async def review_draft(ask: Ask, body: Stamped) -> Sheet:
    """Say that a draft is right."""
    effects, found = ask.desk.effects(), await _drafted(ask)
    editor(ask).review(effects, found.id, ask.who.login, body.stamp)
    audit.record(effects, ask.who.login, "knowledge-reviewed", found.id)
    await write(ask, effects)
    return await _sheet(ask)


async def publish_draft(ask: Ask, body: Release) -> Sheet:
    """Let customers hear the draft; refused with the findings where answers would get worse."""
    found = await _drafted(ask)
    if not (found.reviewer or body.sure):
        raise Problem(409, "not-reviewed")
    if found.draft is not None:
        await release(ask, [found.draft], "knowledge-published", sure=body.sure, stamp=body.stamp)
    return await _sheet(ask)


async def list_versions(ask: Ask) -> Versions:
    """What an entry said before, and who changed it."""
    editor(ask)
    found = (await versions(ask.path["entry"]))[: VERSIONS + 1]
    items: list[VersionShape] = []
    for at, (number, entry, author, since) in enumerate(found[:VERSIONS]):
        older = found[at + 1][1] if at + 1 < len(found) else None
        changed = difference(older, entry) if older else []
        changes = [ChangeShape(field=c.field, old=c.old, new=c.new) for c in changed]
        when = datetime.fromisoformat(since)
        items.append(
            VersionShape(number=number, author=author, at=when, entry=entry, changes=changes)
        )
    return Versions(items=items)


async def roll_back(ask: Ask, body: Rollback) -> Sheet:
    """Publish an earlier version anew; checked like any change."""
    editor(ask)
    past = {number: entry for number, entry, _, _ in await versions(ask.path["entry"])}
    if body.version not in past:
        raise not_found()
    act = "knowledge-rolled-back"
    await release(ask, [past[body.version]], act, sure=body.sure, stamp=body.stamp)
    return await _sheet(ask)


def editor(ask: Ask) -> Editor:
    """The knowledge, in a shop that has one; raises :class:`Problem` ``not-found``."""
    if ask.desk.knowledge is None:
        raise not_found()
    return ask.desk.knowledge


async def release(
    ask: Ask, entries: list[Entry], act: str, *, sure: bool, stamp: str = ""
) -> list[Finding]:
    """Publish, and write down who did, and in spite of what."""
    knowledge, effects, who = editor(ask), ask.desk.effects(), ask.who.login
    try:
        found = await knowledge.publish(effects, entries, who, sure=sure, stamp=stamp)
    except Regression as regression:
        raise regressed(ask, regression) from None
    in_spite = sum(finding.grave for finding in found)
    about = entries[0].id if len(entries) == 1 else ""
    audit.record(effects, who, act, about, entries=len(entries), in_spite_of=in_spite)
    await write(ask, effects)
    return found


def regressed(ask: Ask, regression: Regression) -> Problem:
    """The refusal that tells every regression."""
    told = [shape.model_dump() for shape in findings(ask, regression.findings)]
    return Problem(409, "regression", findings=told)


async def write(ask: Ask, effects: Any) -> None:  # noqa: ANN401 - core's effects
    """Make it happen; raises :class:`Problem` ``changed`` where somebody else was quicker."""
    try:
        await ask.desk.write(effects)
    except Outdated:
        raise Problem(409, "changed") from None


def findings(ask: Ask, found: list[Finding]) -> list[FindingShape]:
    """Findings with the standard questions of the entries that they name."""
    base = editor(ask).base

    def called(entry_id: str) -> str:
        entry = base.get(entry_id)
        return entry.question if entry else ""

    return [
        FindingShape(
            kind=one.kind,
            entry=one.entry,
            entry_question=called(one.entry),
            question=one.question,
            before=one.before,
            after=one.after,
            other=one.other,
            other_question=called(one.other),
            grave=one.grave,
        )
        for one in found
    ]


async def _sheet(ask: Ask) -> Sheet:
    found = await sheet(ask.path["entry"])
    if found is None:
        raise not_found()
    return found


async def _drafted(ask: Ask) -> Sheet:
    editor(ask)
    found = await _sheet(ask)
    if found.draft is None:
        raise Problem(409, "no-draft")
    return found
