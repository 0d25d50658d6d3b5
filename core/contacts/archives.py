"""A person in the archive's files: found, and taken out of them.

A file is written anew beside the old one and takes its place when it is on the disk, so that a
file is at any moment whole: as it was, or without the person. Whoever appends to a file or rewrites
one holds the folder's lock.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock

from core.contacts.kept import naming
from core.contacts.person import Person
from core.contacts.words import bare

Row = dict[str, Any]
TURN = re.compile(r"m(\d+):")
NONE: Row = {"text": "", "parts": "[]", "context": "{}", "decision": None, "error": ""}
NOWHERE: Row = {"recipient": "", "mention": "[]", "platform_id": ""}


@asynccontextmanager
async def alone(folder: Path) -> AsyncGenerator[None]:
    """Inside, no other process and nobody else here changes files of the archive."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", thread_local=False, is_singleton=False)
    await asyncio.to_thread(lock.acquire)
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class Traces:
    """Says which archived rows are a person's, and what is left of them."""

    person: Person
    told: set[str]
    said: set[int] = field(init=False)
    heard: set[int] = field(init=False)
    own: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with what the ledger knows."""
        self.said, self.heard = set(self.person.said), set(self.person.heard)
        self.own = naming(self.person)

    def message(self, row: Row) -> bool:
        """A message they wrote or were written, or that told others of them."""
        if row["direction"] == "in" and row["contact_id"] in self.person.contacts:
            self.said.add(row["id"])
            return True
        turn = TURN.match(row["key"])
        theirs = (
            row["conversation_id"] in self.person.conversations
            or row["reply_to"] in self.said
            or (turn is not None and int(turn[1]) in self.said)
            or row["key"].startswith(tuple(self.told))
        )
        if theirs and row["direction"] == "out":
            self.heard.add(row["id"])
        return theirs and row["direction"] == "out"

    def journal(self, row: Row) -> bool:
        """An event of theirs."""
        mine = row["conversation_id"] in self.person.conversations
        return mine or row["message_id"] in self.said or row["message_id"] in self.heard

    def deadline(self, row: Row) -> bool:
        """A deadline of theirs."""
        mine = row["conversation_id"] in self.person.conversations
        if mine:
            self.told.add(f"d{row['id']}:")
        return mine

    def bare(self, table: str, row: Row) -> Row:
        """The row without them."""
        if table == "journal":
            data = row["data"]
            known = orjson.loads(data) if isinstance(data, str) else data
            return {**row, "data": orjson.dumps(bare(known, self.own)).decode()}
        if table == "deadline":
            return {**row, "data": "{}", "error": ""}
        silent = {**row, **NONE, **NOWHERE}
        return silent if row["direction"] == "out" else {**silent, **_nobody(row)}


TABLES = ("deadline", "message", "journal")  # what one teaches, the next needs


def find(folder: Path, traces: Traces) -> dict[str, list[Row]]:
    """Every archived row of the person, by table."""
    found: dict[str, list[Row]] = {table: [] for table in TABLES}
    for table in TABLES:
        mine = getattr(traces, table)
        for file in _files(folder, table):
            found[table] += [row for row in _rows(file) if mine(row)]
    return found


def erase(folder: Path, traces: Traces) -> int:
    """Take the person out of every file; how many rows there were. The caller is :func:`alone`."""
    count = 0
    for draft in folder.glob("*.part"):  # somebody was killed here before
        draft.unlink()
    for table in TABLES:
        mine = getattr(traces, table)
        for file in _files(folder, table):
            hits = sum(1 for row in _rows(file) if mine(row) and traces.bare(table, row) != row)
            if hits:
                _rewrite(file, table, traces)
            count += hits
    return count


def _rewrite(file: Path, table: str, traces: Traces) -> None:
    draft, mine = file.with_suffix(".part"), getattr(traces, table)
    with draft.open("wb") as out:
        with gzip.open(out, "wb") as packed:
            for row in _rows(file):
                left = traces.bare(table, row) if mine(row) else row
                packed.write(orjson.dumps(left) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _nobody(row: Row) -> Row:
    spoke = '{"spoke":true}' if row["text"] else row["context"] if _erased(row) else "{}"
    return {"author": "", "key": f"erased:{row['id']}", "context": spoke}


def _erased(row: Row) -> bool:
    return row["key"] == f"erased:{row['id']}"


def _files(folder: Path, table: str) -> list[Path]:
    return sorted(folder.glob(f"{table}-*.jsonl.gz"))


def _rows(file: Path) -> Iterator[Row]:
    with gzip.open(file, "rb") as lines:
        for line in lines:
            yield orjson.loads(line)
