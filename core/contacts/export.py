"""Everything that is held of one person, in one file they can be given (S-486)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from core.contacts.archives import Traces, find
from core.contacts.holding import Holding, beginnings
from core.contacts.person import Person
from core.parts import File, Image, Video, Voice, load
from core.web.fetch import Fetcher, FetchError

FORMAT = "xiaoer.contact/1"
LARGEST = 50 * 1024 * 1024  # bytes of one file


async def held(holdings: Iterable[Holding], person: Person) -> dict[str, list[dict[str, Any]]]:
    """Rows by table, whole; a table is there even when it holds nothing of the person."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for holding in holdings:
        rows = {row["id"]: row for row in await holding.rows(person)}
        found[holding.name] = found.get(holding.name, {}) | rows
    return {name: [rows[key] for key in sorted(rows)] for name, rows in sorted(found.items())}


async def export(
    holdings: Iterable[Holding], person: Person, folder: Path, now: datetime
) -> dict[str, Any]:
    """The ledger's rows, the plugins', those of the archive in ``folder``, and a list of files."""
    every = tuple(holdings)
    tables = await held(every, person)
    traces = Traces(person, await beginnings(every, person))
    archived = await asyncio.to_thread(find, folder, traces)
    messages = [*tables.get("core.Message", ()), *archived["message"]]
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "contact": person.lead,
        "contacts": list(person.contacts),
        "held": tables,
        "archive": archived,
        "media": [one for row in messages for one in media(row)],
    }


def media(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a message, by where they are kept: an address, or the platform's own name."""
    found: list[dict[str, Any]] = []
    for part in load(row["parts"]):
        if isinstance(part, Image | Voice | Video | File) and (part.url or part.media_id):
            facts = {"message": row["id"], "type": msgspec.to_builtins(part)["type"]}
            found.append({**facts, "url": part.url, "media_id": part.media_id, "file": ""})
    return found


async def download(listed: Iterable[dict[str, Any]], folder: Path, fetcher: Fetcher) -> None:
    """Fetch the files that have an address into ``folder``; each entry says what came of it."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    for number, one in enumerate(listed):
        if not one["url"]:
            one["problem"] = "kept-by-platform"
            continue
        file = folder / f"{one['message']}-{number}"
        try:
            async with fetcher.open(one["url"], LARGEST) as found:
                with file.open("wb") as out:
                    async for chunk in found.chunks:
                        out.write(chunk)
                one |= {"file": f"media/{file.name}", "content_type": found.content_type}
        except FetchError as why:
            file.unlink(missing_ok=True)
            one["problem"] = why.reason
