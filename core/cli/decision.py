"""How a decision is shown: what was understood, and who bid (``explain`` and ``trace``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.cli.show import console, headings, listing, tell
from core.cli.tongue import say

COLUMNS = headings("handler", "rank", "ask", "outcome", "notes")
OUTCOMES = {
    "won": "cli.outcome.won",
    "declined": "cli.outcome.declined",
    "not asked": "cli.outcome.not_asked",
}


def show_understanding(heard: Mapping[str, Any]) -> None:
    """Print entities, intents and marks; say so when there are none."""
    facts = [f"{kind}={value}" for kind, value in heard["entities"]]
    facts += [f"{name} {score:.2f}" for name, score in heard["intents"].items()]
    facts += [f"{name} {score:.2f}" for name, score in heard["marks"].items()]
    console().print(say("cli.decision.understood"), style="bold")
    console().print("  " + (", ".join(facts) or say("cli.decision.nothing")), markup=False)


def bids_table(bids: Sequence[Mapping[str, Any]], barred: Sequence[Mapping[str, str]] = ()) -> None:
    """Print who bid and what became of it, best first; then who was not let in."""
    console().print(say("cli.decision.bids"), style="bold")
    rows = [{**bid, "outcome": outcome(bid["outcome"]), "notes": _notes(bid)} for bid in bids]
    listing(rows, COLUMNS, as_json=False, empty="cli.decision.no_bids")
    for one in barred:
        tell("cli.decision.barred", **one)


def outcome(words: str) -> str:
    """A bid's outcome in the terminal's language; a handler's own reason as it gave it."""
    verdict, _, reason = words.partition(": ")
    known = say(OUTCOMES[verdict]) if verdict in OUTCOMES else verdict
    return f"{known}: {reason}" if reason else known


def _notes(bid: Mapping[str, Any]) -> str:
    notes: Mapping[str, Any] = bid.get("notes") or {}
    shown = {name: round(v, 3) if isinstance(v, float) else v for name, v in notes.items()}
    return ", ".join(f"{name}={_short(value)}" for name, value in shown.items())


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
