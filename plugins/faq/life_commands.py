"""``xiaoer kb``: the life of an entry: check, draft, review, publish, look back, roll back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, listing, report, tell
from core.cli.tongue import say
from plugins.faq import files
from plugins.faq.entry import Entry
from plugins.faq.exam import MANY, Finding
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.models import EntryDraft
from plugins.faq.publish import (
    DRAFTED,
    Regression,
    check,
    difference,
    draft,
    drafted,
    refuse_regressions,
    versions,
)
from plugins.faq.settings import FaqSettings
from plugins.faq.store import store
from plugins.refusals import read_or_refuse

app = typer.Typer()
FINDINGS = {n: f"faq.cli.{n}" for n in ("what", "entry", "question", "before", "after", "other")}
DRAFTS = {name: f"faq.cli.{name}" for name in ("id", "question", "author", "reviewer", "at")}
VERSIONS = {name: f"faq.cli.{name}" for name in ("version", "author", "at", "question")}
CHANGES = {name: f"faq.cli.{name}" for name in ("field", "old", "new")}
Yes = Annotated[bool, typer.Option("--yes", help=say("faq.cli.yes"))]
By = Annotated[str, typer.Option("--by", help=say("faq.cli.by"))]
Id = Annotated[str, typer.Argument(metavar="ID", help=say("faq.cli.id"))]


@app.command("check", help=say("faq.cli.check.help"))
def check_(
    file: Annotated[Path | None, typer.Argument(help=say("faq.cli.check.file"))] = None,
    *,
    as_json: Json = False,
) -> None:
    """What would change, who steals from whom; exit code 1 when something grave is found."""
    entries = read_or_refuse(files.read, file, "faq") if file else None
    found = run(_check(entries))
    show(found, as_json=as_json)
    if any(finding.grave for finding in found):
        raise typer.Exit(1)


@app.command("drafts", help=say("faq.cli.drafts.help"))
def drafts(*, as_json: Json = False) -> None:
    """What waits for a reviewer or to be published."""
    listing(run(_drafts()), DRAFTS, as_json=as_json, empty="faq.cli.no_drafts")


@app.command("draft", help=say("faq.cli.draft.help"))
def draft_(file: Annotated[Path, typer.Argument(help=say("faq.cli.file"))], *, by: By = "") -> None:
    """Keep the entries of a file as drafts."""
    entries = read_or_refuse(files.read, file, "faq")
    run(_draft(entries, by))
    tell("faq.cli.drafted", count=len(entries))


@app.command("review", help=say("faq.cli.review.help"))
def review(entry_id: Id, *, by: By = "") -> None:
    """Say that a draft is right."""
    run(_review(entry_id, by or "-"))
    tell("faq.cli.reviewed", id=entry_id)


@app.command("publish", help=say("faq.cli.publish.help"))
def publish(entry_id: Id, *, by: By = "", yes: Yes = False) -> None:
    """Let customers hear a reviewed draft, unless it would spoil other answers."""
    run(_publish(entry_id, by, yes=yes))
    tell("faq.cli.published", id=entry_id)


@app.command("history", help=say("faq.cli.history.help"))
def history(entry_id: Id, *, as_json: Json = False) -> None:
    """The versions of an entry, the newest first."""
    found = run(_versions(entry_id))
    rows = [
        {"version": n, "author": by, "at": at, "question": e.question, "answer": e.answer}
        for n, e, by, at in found
    ]
    listing(rows, VERSIONS, as_json=as_json, empty="faq.cli.nothing")


@app.command("diff", help=say("faq.cli.diff.help"))
def diff(
    entry_id: Id,
    version: Annotated[int, typer.Argument(min=0, help=say("faq.cli.version"))] = 0,
    *,
    as_json: Json = False,
) -> None:
    """What a version (the one before, unless named) said otherwise than the published one."""
    found = run(_versions(entry_id))
    wanted = version or (found[0][0] - 1 if found else 0)
    old = next((entry for number, entry, _, _ in found if number == wanted), None)
    if old is None:
        raise Refusal("faq.cli.no_version", id=entry_id, version=wanted)
    changes = difference(old, found[0][1])
    rows = [{"field": c.field, "old": c.old, "new": c.new} for c in changes]
    listing(rows, CHANGES, as_json=as_json, empty="faq.cli.no_difference")


@app.command("rollback", help=say("faq.cli.rollback.help"))
def rollback(
    entry_id: Id,
    version: Annotated[int, typer.Argument(min=1, help=say("faq.cli.version"))],
    *,
    by: By = "",
    yes: Yes = False,
) -> None:
    """Publish an earlier version anew."""
    old = next((entry for n, entry, _, _ in run(_versions(entry_id)) if n == version), None)
    if old is None:
        raise Refusal("faq.cli.no_version", id=entry_id, version=version)
    run(_roll_back(old, by, yes=yes))
    tell("faq.cli.rolled_back", id=entry_id, version=version)


def show(found: Iterable[Finding], *, as_json: bool) -> None:
    """Print what a check found."""
    rows = [
        {
            "what": finding.kind if as_json else say(f"faq.finding.{finding.kind}"),
            "entry": finding.entry,
            "question": finding.question,
            "before": finding.before,
            "after": finding.after,
            "other": finding.other,
            "grave": finding.grave,
        }
        for finding in found
    ]
    listing(rows, FINDINGS, as_json=as_json, empty="faq.cli.all_well")


def refuse(findings: Sequence[Finding]) -> Refusal:
    """The refusal that names every regression."""
    lines = [
        say(
            f"faq.refused.{f.kind}"
            if f.other or f.kind == "fact"
            else f"faq.refused.{f.kind}_alone",
            entry=f.entry,
            question=f.question,
            other=f.other,
        )
        for f in findings
    ]
    return Refusal("faq.cli.regression", count=len(lines), findings="\n".join(lines))


async def release(
    desk: Desk, entries: Sequence[Entry], by: str, *, yes: bool, explicit: bool = False
) -> tuple[tuple[int, int], list[Finding]]:
    """Check and publish; returns how many are new and changed, and what is worth telling.

    ``explicit``: see :func:`~plugins.faq.store.store`.
    """
    base, settings = desk.service(KnowledgeBase), desk.settings(FaqSettings)
    found: list[Finding] = []
    many = len(entries) > MANY
    if many and not yes:
        report("faq.cli.checking", count=len(entries))
    if not yes:
        try:
            found = await refuse_regressions(entries, base, settings)
        except Regression as regression:
            raise refuse(regression.findings) from regression
    if many:
        report("faq.cli.storing", count=len(entries))
    effects, counted = desk.effects(), (0, 0)

    async def work() -> None:
        nonlocal counted
        counted = await store(entries, desk.clock, by, explicit=explicit)

    effects.write(work)
    await desk.commit(effects)
    return counted, found


async def _check(entries: list[Entry] | None) -> list[Finding]:
    async with office() as desk:
        return await check(entries, desk.service(KnowledgeBase), desk.settings(FaqSettings))


async def _drafts() -> list[dict[str, Any]]:
    async with office():
        rows = await EntryDraft.all().order_by("id")
        return [
            {**row.data, "author": row.author, "reviewer": row.reviewer, "at": row.at}
            for row in rows
        ]


async def _draft(entries: list[Entry], by: str) -> None:
    async with office() as desk:
        effects = desk.effects()
        effects.write(lambda: draft(entries, desk.clock, by))
        effects.emit(DRAFTED, entries=len(entries), by=by)
        await desk.commit(effects)


async def _review(entry_id: str, by: str) -> None:
    async with office() as desk:
        if await drafted(entry_id) is None:
            raise Refusal("faq.cli.no_draft", id=entry_id)
        effects = desk.effects()
        effects.write(lambda: EntryDraft.filter(id=entry_id).update(reviewer=by))
        await desk.commit(effects)


async def _publish(entry_id: str, by: str, *, yes: bool) -> None:
    async with office() as desk:
        found = await drafted(entry_id)
        if found is None:
            raise Refusal("faq.cli.no_draft", id=entry_id)
        entry, reviewer = found
        if not (reviewer or yes):
            raise Refusal("faq.cli.not_reviewed", id=entry_id)
        await release(desk, [entry], by, yes=yes, explicit=True)


async def _versions(entry_id: str) -> list[tuple[int, Entry, str, str]]:
    async with office():
        return await versions(entry_id)


async def _roll_back(entry: Entry, by: str, *, yes: bool) -> None:
    async with office() as desk:
        await release(desk, [entry], by, yes=yes, explicit=True)
