"""``xiaoer kb``: learn from what customers asked in vain, and see how the knowledge does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.office import Desk, office, run
from core.cli.problems import Refusal
from core.cli.show import Json, json_line, listing, tell
from core.cli.tongue import say
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.life_commands import By, Yes, refuse
from plugins.faq.loop.approve import Unanswered, approve, gather, take
from plugins.faq.loop.board import Board, board
from plugins.faq.loop.candidates import Candidate, Full, candidates, settle
from plugins.faq.loop.transcripts import Said, pairs, read_transcripts
from plugins.faq.publish import Regression
from plugins.faq.settings import FaqSettings
from plugins.refusals import read_or_refuse

app = typer.Typer()
COLUMNS = {n: f"faq.cli.{n}" for n in ("id", "count", "question", "answer", "sources", "nearest")}
FIGURES = {name: f"faq.cli.{name}" for name in ("figure", "value")}
STALE = {name: f"faq.cli.{name}" for name in ("entry", "question", "owner", "reason", "since")}
EFFECTS = {
    name: f"faq.cli.{name}"
    for name in ("entry", "asked_before", "days_before", "answered_after", "days_after", "useful")
}
SHARES = ("questions", "coverage", "accuracy", "answered", "suggested", "missed")
COUNTS = ("useful", "useless", "open")
Number = Annotated[int, typer.Argument(metavar="ID", help=say("faq.cli.candidate"))]
Days = Annotated[int, typer.Option(min=1, help=say("faq.cli.days"))]


@app.command("candidates", help=say("faq.cli.candidates.help"))
def candidates_(
    least: Annotated[int, typer.Option(min=1, help=say("faq.cli.least"))] = 2,
    days: Days = 30,
    *,
    as_json: Json = False,
) -> None:
    """Groups of questions that the knowledge did not settle, the largest first."""
    rows = [_shown(one) for one in run(_candidates(least, days))]
    listing(rows, COLUMNS, as_json=as_json, empty="faq.cli.no_candidates")


@app.command("approve", help=say("faq.cli.approve.help"))
def approve_(
    number: Number,
    answer: Annotated[str, typer.Option(help=say("faq.cli.approve.answer"))] = "",
    question: Annotated[str, typer.Option(help=say("faq.cli.approve.question"))] = "",
    to: Annotated[str, typer.Option(help=say("faq.cli.approve.to"))] = "",
    *,
    by: By = "",
    yes: Yes = False,
) -> None:
    """Make an entry of a candidate, or teach its wordings to an entry that is there."""
    entry_id = run(_approve(number, answer=answer, question=question, to=to, by=by, yes=yes))
    tell("faq.cli.approved", id=number, entry=entry_id)


@app.command("dismiss", help=say("faq.cli.dismiss.help"))
def dismiss(number: Number) -> None:
    """Nobody shall be asked about these questions again."""
    run(_dismiss(number))
    tell("faq.cli.dismissed", id=number)


@app.command("learn", help=say("faq.cli.learn.help"))
def learn(
    file: Annotated[Path, typer.Argument(help=say("faq.cli.transcripts"))], *, as_json: Json = False
) -> None:
    """Gather questions and people's answers from chats of elsewhere."""
    said = read_or_refuse(read_transcripts, file, "faq")
    count = run(_learn(said))
    json_line({"gathered": count}) if as_json else tell("faq.cli.learned", count=count)


@app.command("board", help=say("faq.cli.board.help"))
def board_(days: Days = 30, *, as_json: Json = False) -> None:
    """Coverage, accuracy, what is stale or never used, what came of approvals."""
    found = run(_board(days))
    if as_json:
        json_line(found.as_dict())
        return
    figures = {name: getattr(found, name) for name in (*SHARES, *COUNTS)}
    figures["never_used"] = len(found.never_used)
    rows = [{"figure": say(f"faq.cli.{n}"), "value": v} for n, v in figures.items()]
    listing(rows, FIGURES, as_json=False, empty="faq.cli.empty")
    if found.stale:
        listing(map(asdict, found.stale), STALE, as_json=False, empty="faq.cli.empty")
    if found.effects:
        listing(map(asdict, found.effects), EFFECTS, as_json=False, empty="faq.cli.empty")


def _shown(one: Candidate) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "rows"}


async def _gather(desk: Desk, days: int) -> None:
    effects = desk.effects()
    await gather(effects, desk.clock.now() - timedelta(days=days))
    await desk.commit(effects)


async def _candidates(least: int, days: int) -> list[Candidate]:
    async with office() as desk:
        await _gather(desk, days)
        return await candidates(desk.service(KnowledgeBase), least)


async def _approve(number: int, *, answer: str, question: str, to: str, by: str, yes: bool) -> str:
    async with office() as desk:
        base, settings = desk.service(KnowledgeBase), desk.settings(FaqSettings)
        candidate = await _candidate(desk, number)
        effects = desk.effects()
        try:
            entry = await approve(
                effects,
                candidate,
                base,
                settings,
                answer=answer,
                question=question,
                to=to,
                by=by,
                sure=yes,
            )
        except Regression as regression:
            raise refuse(regression.findings) from regression
        except Unanswered as unanswered:
            raise Refusal("faq.cli.no_answer", id=number) from unanswered
        except LookupError as error:
            raise Refusal("faq.cli.no_entry", id=to) from error
        except Full as error:
            raise Refusal("faq.cli.full", id=str(error)) from error
        await desk.commit(effects)
        return entry.id


async def _dismiss(number: int) -> None:
    async with office() as desk:
        effects = desk.effects()
        settle(effects, await _candidate(desk, number), None, desk.clock)
        await desk.commit(effects)


async def _candidate(desk: Desk, number: int) -> Candidate:
    found = await candidates(desk.service(KnowledgeBase))
    if (one := take(found, number)) is None:
        raise Refusal("faq.cli.no_candidate", id=number)
    return one


async def _learn(said: Sequence[Said]) -> int:
    async with office() as desk:
        effects = desk.effects()
        count = await gather(effects, None, pairs(said, desk.clock.now()))
        await desk.commit(effects)
        return count


async def _board(days: int) -> Board:
    async with office() as desk:
        now = desk.clock.now()
        return await board(desk.service(KnowledgeBase), now - timedelta(days=days), now)
