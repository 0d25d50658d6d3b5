"""``xiaoer kb``: bring knowledge in, look at it, ask it, take it out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, json_line, listing, tell
from core.cli.tongue import say
from plugins.faq import evaluate, files
from plugins.faq.bands import Bands
from plugins.faq.dense import source
from plugins.faq.entry import Entry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.ladder import Ladder
from plugins.faq.life_commands import By, Yes, release
from plugins.faq.life_commands import app as life
from plugins.faq.loop_commands import app as loop
from plugins.faq.models import KnowledgeEntry
from plugins.faq.settings import FaqSettings
from plugins.faq.store import legible, topic_of
from plugins.refusals import read_or_refuse

app = typer.Typer(name="kb", no_args_is_help=True, help=say("faq.cli.help"))
app.add_typer(life)
app.add_typer(loop)
COLUMNS = {name: f"faq.cli.{name}" for name in ("id", "category", "question", "enabled")}
FOUND = {name: f"faq.cli.{name}" for name in ("score", "id", "question")}
FIGURES = {name: f"faq.cli.{name}" for name in ("figure", "value")}
FILE = typer.Argument(help=say("faq.cli.file"))


@app.command("import", help=say("faq.cli.import.help"))
def import_(
    file: Annotated[Path, FILE], *, by: By = "", yes: Yes = False, as_json: Json = False
) -> None:
    """All of the file, or nothing and every mistake by its line, or every answer it would spoil."""
    entries = read_or_refuse(files.read, file, "faq")
    counts, told = run(_import(entries, by, yes=yes))
    if as_json:
        json_line(counts)
        return
    tell("faq.cli.imported", **counts)
    if told:
        tell("faq.cli.told", count=told)


@app.command("list", help=say("faq.cli.list.help"))
def list_(
    category: Annotated[str, typer.Option(help=say("faq.cli.only_category"))] = "",
    *,
    as_json: Json = False,
) -> None:
    """The entries by id."""
    rows = [entry.model_dump(mode="json") for entry in run(_entries(category))]
    listing(rows, COLUMNS, as_json=as_json, empty="faq.cli.empty")


@app.command("ask", help=say("faq.cli.ask.help"))
def ask(
    text: str,
    limit: Annotated[int, typer.Option(min=1, max=50, help=say("faq.cli.limit"))] = 3,
    *,
    as_json: Json = False,
) -> None:
    """What the knowledge finds for a text, and how sure it is."""
    listing(run(_ask(text, limit)), FOUND, as_json=as_json, empty="faq.cli.nothing")


@app.command("export", help=say("faq.cli.export.help"))
def export(file: Annotated[Path, FILE]) -> None:
    """All entries, in the format of the file's ending."""
    if file.suffix.lower() not in files.FORMATS:
        raise Refusal("faq.cli.format", formats=", ".join(files.FORMATS))
    entries = run(_entries(""))
    files.save(entries, file)
    tell("faq.cli.exported", count=len(entries), file=str(file))


@app.command("eval", help=say("faq.cli.eval.help"))
def eval_(
    kb: Annotated[Path, typer.Option("--kb", help=say("faq.cli.file"))],
    queries: Annotated[Path, typer.Option("--queries", help=say("faq.cli.queries"))],
    encoder_name: Annotated[str, typer.Option("--encoder", help=say("faq.cli.encoder"))] = "use",
    *,
    as_json: Json = False,
) -> None:
    """Ask a knowledge file a file of questions; needs no shop and no database."""
    entries = read_or_refuse(files.read, kb, "faq")
    asked = read_or_refuse(evaluate.read_queries, queries, "faq")
    settings = FaqSettings()
    ladder = Ladder(source(encoder_name))
    ladder.learn([topic_of(entry) for entry in entries if entry.enabled])
    bands = Bands(settings.precision, settings.helpful, settings.candidates)
    found = evaluate.figures(evaluate.ask_all(ladder, bands, asked))
    if as_json:
        json_line(found)
        return
    rows = [{"figure": name, "value": value} for name, value in found.items()]
    listing(rows, FIGURES, as_json=False, empty="faq.cli.empty")


async def _import(entries: list[Entry], by: str, *, yes: bool) -> tuple[dict[str, int], int]:
    async with office() as desk:
        (new, changed), found = await release(desk, entries, by, yes=yes)
        counts = {"new": new, "changed": changed, "same": len(entries) - new - changed}
        return counts, len(found)


async def _entries(category: str) -> list[Entry]:
    async with office():
        rows = await KnowledgeEntry.all().order_by("id")
        wanted = (row for row in rows if category in {"", row.category})
        return [entry for row in wanted if (entry := legible(row))]


async def _ask(text: str, limit: int) -> list[dict[str, Any]]:
    async with office() as desk:
        base = desk.service(KnowledgeBase)
        matches = await base.find(text, limit)
        found = [(m, e) for m in matches if (e := base.get(m.entry_id))]
        return [
            {"id": e.id, "score": m.score, "question": e.question, "answer": e.answer, **m.why}
            for m, e in found
        ]
