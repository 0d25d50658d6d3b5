"""The report: a table for people and one line of JSON for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from chaos.proof import Verdict

LAST = ("lost", "reordered", "repeated_effects", "repeated_sends", "unknown_sends")


def table(facts: Mapping[str, object], verdict: Verdict) -> str:
    """One fact a line, then the culprits if there are any."""
    counts = {name: getattr(verdict, name) for name in LAST}
    rows = {**facts, "messages": verdict.messages, "answered": verdict.answered}
    rows |= {"repeats not shown": verdict.deduped, **counts}
    width = max(map(len, rows))
    lines = [f"  {name.replace('_', ' '):{width}}  {_shown(value)}" for name, value in rows.items()]
    return "\n".join([*lines, *(f"  ! {sample}" for sample in verdict.samples)])


def last_line(size: str, kills: int, verdict: Verdict) -> str:
    """The contract: exactly these keys, in this order."""
    facts: dict[str, Any] = {"size": size, "kills": kills, "messages": verdict.messages}
    return json.dumps(facts | {name: getattr(verdict, name) for name in LAST})


def grumbles(log: Path) -> Counter[str]:
    """What the shop logged as warnings and errors, by event."""
    found: Counter[str] = Counter()
    for line in log.read_text("utf-8").splitlines() if log.exists() else []:
        try:
            entry: dict[str, Any] = json.loads(line)
        except ValueError:
            found["(no JSON)"] += 1
        else:
            found[f"{entry.get('level')}: {entry.get('event')}"] += 1
    return found


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return ", ".join(f"{name} {_shown(number)}" for name, number in pairs.items()) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
