"""The audit log: lines are only added, and each carries the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from core.effects import Effects
from plugins.console.models import AuditLine

START = "0" * 64
ERASED = "contact-erased"
OF_CONTACTS = ("contact-changed", "phone-revealed")  # their data tells of a customer
GONE = {"erased": True}  # instead of the data, once the customer is erased
PAGE = 1000


def record(effects: Effects, who: str, act: str, about: object = "", **data: Any) -> None:  # noqa: ANN401 - plain JSON
    """Write a line in the same transaction as what it tells of."""
    effects.write(partial(_add, effects.clock.now(), who, act, str(about), data))


async def proof() -> tuple[int, int | None]:
    """How many lines there are, and the id of the first that does not fit, if any.

    Of a customer who was erased, which a line says, only the data may be gone.
    """
    last, number, count = START, 0, 0
    gone = {str(row.about) for row in await AuditLine.filter(act=ERASED)}
    while True:
        rows = await AuditLine.filter(id__gt=number).order_by("id").limit(PAGE)
        for row in rows:
            bare = row.act in OF_CONTACTS and row.data == GONE and row.about in gone
            if row.before != last or (row.hash != _hash(row) and not bare):
                return count, row.id
            last, number, count = row.hash, row.id, count + 1
        if len(rows) < PAGE:
            return count, None


async def _add(at: datetime, who: str, act: str, about: str, data: Mapping[str, Any]) -> None:
    last = await AuditLine.all().order_by("-id").first()
    line = AuditLine(at=at, who=who, act=act, about=about, data=dict(data))
    line.before = last.hash if last else START
    line.hash = _hash(line)
    await line.save(force_create=True)


def _hash(line: AuditLine) -> str:
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = [line.before, at, line.who, line.act, line.about, line.data]
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
