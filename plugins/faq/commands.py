"""``xiaoer kb``: bring knowledge in, look at it, ask it, take it out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from plugins.console import Desk, show_rows, with_shop
from plugins.faq import files
from plugins.faq.knowledge import KnowledgeBase, entry_of, store
from plugins.faq.lexical import LexicalMatcher
from plugins.faq.models import KnowledgeEntry

app = typer.Typer(name="kb", no_args_is_help=True, help="The shop's knowledge.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("import")
def import_file(file: Path, *, as_json: AsJson = False) -> None:
    """Import a YAML, CSV or JSONL file: all of it, or nothing and every mistake by its line."""

    async def work(desk: Desk) -> None:
        entries = files.read(file)
        new, changed = await store(entries, desk.clock)
        counts = {"new": new, "changed": changed, "same": len(entries) - new - changed}
        if as_json:
            show_rows([counts], {}, as_json=True)
        else:
            typer.echo(desk.say("faq.cli.imported", **counts))

    with_shop(work)


@app.command("list")
def list_entries(*, category: str = "", as_json: AsJson = False) -> None:
    """List the entries."""

    async def work(desk: Desk) -> None:
        rows = await KnowledgeEntry.all().order_by("id")
        chosen = [entry_of(row) for row in rows if category in {"", row.category}]
        columns = {k: desk.say(f"faq.cli.{k}") for k in ("id", "category", "question", "enabled")}
        show_rows((e.model_dump(mode="json") for e in chosen), columns, as_json=as_json)

    with_shop(work)


@app.command("ask")
def ask(text: str, *, limit: int = 3, as_json: AsJson = False) -> None:
    """Show what the knowledge finds for a text, and how sure it is."""

    async def work(desk: Desk) -> None:
        base = KnowledgeBase(LexicalMatcher())
        await base.load()
        rows = [
            {
                "id": m.entry_id,
                "score": m.score,
                "question": e.question,
                "answer": e.answer,
                **m.why,
            }
            for m in base.find(text, limit)
            if (e := base.get(m.entry_id))
        ]
        if not rows and not as_json:
            typer.echo(desk.say("faq.cli.nothing"))
            return
        columns = {key: desk.say(f"faq.cli.{key}") for key in ("score", "id", "question")}
        show_rows(rows, columns, as_json=as_json)

    with_shop(work)


@app.command("export")
def export(file: Path) -> None:
    """Write all entries to a YAML, CSV or JSONL file, by its ending."""
    if file.suffix.lower() not in files.FORMATS:
        raise typer.BadParameter(", ".join(files.FORMATS))

    async def work(desk: Desk) -> None:
        entries = [entry_of(row) for row in await KnowledgeEntry.all().order_by("id")]
        await asyncio.to_thread(files.save, entries, file)
        typer.echo(desk.say("faq.cli.exported", count=len(entries), file=str(file)))

    with_shop(work)
