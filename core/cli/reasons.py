"""Why a message waits, in words: the ledger keeps short ones for programs."""

from __future__ import annotations

from core.cli.tongue import say, texts
from core.delivery.quota import HELD


def in_words(error: str) -> str:
    """What a person reads of a row's ``error``; what is no known reason stays as it is."""
    head, _, reason = error.partition(": ")
    if head != HELD:
        return error
    key = f"cli.held.{reason.replace('-', '_')}"
    return say(key) if texts().has(key) else say("cli.held.by_platform", reason=reason)
