"""Knowledge as a file: brought in as drafts or at once, and taken out."""

from __future__ import annotations

import asyncio
import base64
import binascii
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from aiohttp import web
from pydantic import Field

from core.wrong import line
from plugins.console import audit
from plugins.console.api.knowledge import FindingShape, editor, findings, release, write
from plugins.console.ask import Ask
from plugins.console.problems import Problem
from plugins.console.table import Shape
from plugins.faq.face import FORMATS, Entry, KnowledgeEntry, legible, read, save
from plugins.imports import BrokenFile

TOLD = 50  # mistakes and findings that are told of one file


class Book(Shape):
    """A file; ``data`` in base64. ``publish``: at once, checked; otherwise as drafts."""

    name: str = Field(min_length=1, max_length=200)
    data: str = Field(min_length=1)
    publish: bool = False
    sure: bool = False


class Taken(Shape):
    """What became of a file."""

    entries: int
    drafted: bool
    findings: list[FindingShape]


class Format(Shape):
    """The format of the file that is wanted."""

    format: Literal["xlsx", "csv", "yaml", "jsonl"] = "xlsx"


async def import_knowledge(ask: Ask, body: Book) -> Taken:
    """All of a file or nothing: every mistake is named by its line."""
    knowledge, entries = editor(ask), await _entries(ask, body)
    if body.publish:
        found = await release(ask, entries, "knowledge-imported", sure=body.sure)
        return Taken(entries=len(entries), drafted=False, findings=findings(ask, found)[:TOLD])
    effects = ask.desk.effects()
    knowledge.draft(effects, entries, ask.who.login)
    audit.record(effects, ask.who.login, "knowledge-drafted", entries=len(entries))
    await write(ask, effects)
    return Taken(entries=len(entries), drafted=True, findings=[])


async def export_knowledge(ask: Ask, query: Format) -> web.Response:
    """All published entries."""
    editor(ask)
    rows = await KnowledgeEntry.all().order_by("id")
    entries = [entry for row in rows if (entry := legible(row))]
    body = await asyncio.to_thread(_written, entries, query.format)
    effects = ask.desk.effects()
    audit.record(effects, ask.who.login, "knowledge-exported", entries=len(entries))
    await ask.desk.write(effects)
    place = {"Content-Disposition": f'attachment; filename="knowledge.{query.format}"'}
    kind = "application/octet-stream"
    return web.Response(
        body=body, content_type=kind, headers={**place, "Cache-Control": "no-store"}
    )


async def _entries(ask: Ask, body: Book) -> list[Entry]:
    suffix = Path(body.name).suffix.lower()
    if suffix not in FORMATS:
        raise Problem(400, "bad-file", fields={"": ", ".join(FORMATS)})
    try:
        data = base64.b64decode(body.data, validate=True)
    except binascii.Error:
        raise Problem(400, "bad-request", fields={"data": "base64"}) from None
    try:
        return await asyncio.to_thread(_read, data, suffix)
    except BrokenFile as broken:
        worst = reversed(broken.problems[:TOLD])
        told = {f"{at}": line(one, ask.desk.texts, ask.locale) for at, one in worst}
        raise Problem(400, "bad-file", fields=told) from None


def _read(data: bytes, suffix: str) -> list[Entry]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"knowledge{suffix}"
        file.write_bytes(data)
        return read(file)


def _written(entries: list[Entry], suffix: str) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"knowledge.{suffix}"
        save(entries, file)
        return file.read_bytes()
