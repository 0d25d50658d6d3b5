"""``xiaoer kb eval``: how well a knowledge answers a set of questions, in figures."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import psutil

from plugins.faq.bands import Bands
from plugins.faq.ladder import Ladder
from plugins.imports import BrokenFile, fault, not_json, read_text

DEPTH = 10  # of the ranking that is looked at
WARM = 3  # questions asked before the clock counts


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the entry that answers it; ``None``: no entry does."""

    text: str
    gold: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    gold: str | None
    ranked: tuple[str, ...]
    known: float  # how likely any entry is meant
    band: str
    offered: tuple[str, ...]
    took: float  # seconds


def read_queries(path: Path) -> list[Query]:
    """Lines of ``{"query": ..., "gold": id or null}``. Raises :class:`BrokenFile`, ``OSError``."""
    problems: list[tuple[int, str]] = []
    found: list[Query] = []
    for number, line in enumerate(read_text(path, (".jsonl",)).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = cast("object", json.loads(line))
        except json.JSONDecodeError as error:
            problems.append((number, not_json(error)))
            continue
        match row:
            case {"query": str() as text, "gold": (str() | None) as gold}:
                found.append(Query(text, gold))
            case _:
                form = '{"query": "...", "gold": "..."}'
                problems.append((number, fault("query", "expected {form}", form=form)))
    if not found and not problems:
        problems.append((1, fault("no_questions", "no questions in it")))
    if problems:
        raise BrokenFile(problems, path.name)
    return found


def ask_all(matcher: Ladder, bands: Bands, queries: Sequence[Query]) -> list[Outcome]:
    """Ask every question, one after another."""
    for query in queries[:WARM]:
        matcher.judge(query.text, DEPTH)
    return [_ask(matcher, bands, query) for query in queries]


def _ask(matcher: Ladder, bands: Bands, query: Query) -> Outcome:
    start = time.perf_counter()
    verdict = matcher.judge(query.text, DEPTH)
    decided = bands.decide(verdict)
    took = time.perf_counter() - start
    ranked = tuple(match.entry_id for match in verdict.matches)
    offered = tuple(match.entry_id for match in decided.offered)
    return Outcome(query.gold, ranked, 1 - verdict.none, decided.band, offered, took)


def figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """The figures of the contract; shares are of the questions that have an answer."""
    inside = [o for o in outcomes if o.gold is not None]
    outside = [o for o in outcomes if o.gold is None]
    took = [o.took * 1000 for o in outcomes]
    return {
        "n_in": len(inside),
        "n_out": len(outside),
        "top1": _share([o.gold in o.ranked[:1] for o in inside]),
        "top3": _share([o.gold in o.ranked[:3] for o in inside]),
        "mrr10": _share([_reciprocal(o) for o in inside]),
        "auroc": _auroc([o.known for o in inside], [o.known for o in outside]),
        "answered_right": _share([o.band == "answer" and o.gold in o.ranked[:1] for o in inside]),
        "answered_wrong": _share(
            [o.band == "answer" and o.gold not in o.ranked[:1] for o in inside]
        ),
        "clarify_hit": _share([o.band == "clarify" and o.gold in o.offered for o in inside]),
        "oos_answered": _share([o.band == "answer" for o in outside]),
        "p50_ms": round(float(np.percentile(took, 50)), 3),
        "p99_ms": round(float(np.percentile(took, 99)), 3),
        "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
    }


def _reciprocal(outcome: Outcome) -> float:
    found = outcome.gold in outcome.ranked
    return 1 / (outcome.ranked.index(str(outcome.gold)) + 1) if found else 0.0


def _share(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0


def _auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """How often a question with an answer looks likelier to have one than a question without."""
    if not inside or not outside:
        return 0.0
    one, other = np.array(inside)[:, None], np.array(outside)[None, :]
    return round(float((one > other).mean() + (one == other).mean() / 2), 4)
