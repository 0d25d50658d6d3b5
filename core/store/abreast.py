"""Works side by side on PostgreSQL: the same step of many works is one trip to the server.

A trip costs more than the work it carries. Works of different keys (conversations) do not look at
each other's rows, so they advance in step: whatever they ask with the same words is sent at once,
in their order. Works of one key run one after another, and one without a key runs alone.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Protocol

from core.store.sql import Keyed, Make, Rows, Step, Work, numbered

ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # behind other escapes


class Raw(Protocol):
    """What is needed of a connection of the PostgreSQL library."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Any]:  # noqa: ANN401
        """Run one statement."""
        ...

    async def fetchmany(self, query: str, args: Iterable[Sequence[Any]]) -> Sequence[Any]:
        """Run one statement for many rows of values, in one trip."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[Any]]) -> None:
        """The same for a statement that gives nothing back."""
        ...


class _Lane:
    """Works of one key in their order; at any time one of them waits for rows."""

    def __init__(self) -> None:
        self.jobs: deque[tuple[int, Make]] = deque()
        self.step: Step | None = None
        self._work: Work[Any] | None = None
        self._place = 0

    def advance(self, rows: Rows | None, results: list[Any]) -> None:
        """Hand over the rows; stop at the next step, or with none when all is done."""
        while True:
            try:
                if self._work is None:
                    self._place, make = self.jobs.popleft()
                    self._work = make()
                    self.step = next(self._work)
                else:
                    self.step = self._work.send(rows or ())
                return
            except StopIteration as end:
                results[self._place], self._work, self.step = end.value, None, None
                if not self.jobs:
                    return


def keys(works: Sequence[Make]) -> list[Hashable | None]:
    """Whose rows each work minds."""
    return [work.key if isinstance(work, Keyed) else None for work in works]


async def run(connection: Raw, works: Sequence[Make], keys: Sequence[Hashable | None]) -> list[Any]:
    """Run all; results come in the order of the works."""
    results: list[Any] = [None] * len(works)
    lanes: dict[Hashable, _Lane] = {}
    for place, (make, key) in enumerate(zip(works, keys, strict=True)):
        if key is None:
            await _together(connection, lanes.values(), results)
            lanes = {}
        lanes.setdefault(key, _Lane()).jobs.append((place, make))
        if key is None:
            await _together(connection, lanes.values(), results)
            lanes = {}
    await _together(connection, lanes.values(), results)
    return results


async def _together(connection: Raw, lanes: Iterable[_Lane], results: list[Any]) -> None:
    moving = list(lanes)
    for lane in moving:
        lane.advance(None, results)
    while moving:
        alike: dict[str, list[_Lane]] = {}
        for lane in moving:
            if lane.step is not None:
                alike.setdefault(lane.step[0], []).append(lane)
        for sql, same in alike.items():
            values = [bound(lane.step[1]) for lane in same if lane.step is not None]
            for lane, rows in zip(same, await _trip(connection, sql, values), strict=True):
                lane.advance(rows, results)
        moving = [lane for lane in moving if lane.step is not None]


async def _trip(connection: Raw, sql: str, values: Sequence[Sequence[Any]]) -> list[Rows]:
    if len(values) == 1:
        found = await connection.fetch(numbered(sql), *values[0])
        return [[tuple(row) for row in found]]
    text, gives = _marked(sql, len(values[0]))
    if not gives:
        await connection.executemany(text, values)
        return [()] * len(values)
    rows: list[list[Any]] = [[] for _ in values]
    asked = [(*row, place) for place, row in enumerate(values)]
    for row in await connection.fetchmany(text, asked):
        *columns, place = row
        rows[place].append(tuple(columns))
    return list(rows)


@lru_cache(maxsize=256)
def _marked(sql: str, count: int) -> tuple[str, bool]:
    """The statement with a number beside each row that says whose answer it is."""
    plain, mark = numbered(sql), f"${count + 1}::int"
    if "RETURNING" in plain:
        return f"{plain}, {mark}", True
    if plain.lstrip().upper().startswith("SELECT"):
        return f"SELECT q.*, {mark} FROM ({plain}) q", True  # noqa: S608 - our own words
    return plain, False


def bound(values: Sequence[Any]) -> Sequence[Any]:
    """The values as PostgreSQL takes them: it knows no character zero, and customers send it."""
    if any(isinstance(value, str) and ("\0" in value or r"\u0000" in value) for value in values):
        return [_without_zero(value) if isinstance(value, str) else value for value in values]
    return values


def _without_zero(value: str) -> str:
    """Without the character, and in JSON without its name; who types that name has typed words."""
    plain = value.replace("\0", "")
    return ZERO.sub(r"\1", plain) if plain.startswith(("{", "[")) else plain
