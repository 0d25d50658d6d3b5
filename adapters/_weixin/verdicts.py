"""What a failed call means for its message: the same on every door of WeCom (page 90313)."""

from __future__ import annotations

from collections.abc import Mapping

from adapters._weixin.errors import (
    BUSY,
    TOKEN_CODES,
    ApiError,
    NotSentError,
    Trouble,
    UnsureError,
)
from core.adapter import Outcome, Receipt

MINUTE, WHILE = 60.0, 300.0  # seconds
BUSY_TRIES = 3  # "retry at most three times"
# Seconds until the next attempt is worth making, by code; ``None`` leaves it to the core.
WAITS: Mapping[int, float | None] = {
    BUSY: None,
    45009: MINUTE,  # too many calls this minute
    45033: 10.0,  # too many calls at once
    **dict.fromkeys(TOKEN_CODES, MINUTE),
    # Corp id, permission, visible range, trusted IP: what only a person can mend in the console.
    **dict.fromkeys((40013, 48002, 60011, 60020, 301002), WHILE),
}


def receipt_of(
    trouble: Trouble, attempt: int, waits: Mapping[int, float | None] = WAITS
) -> Receipt:
    """The receipt of one failed attempt. Unknown codes are final for the message."""
    if isinstance(trouble, NotSentError):
        return Receipt(Outcome.RETRY, reason=str(trouble))
    if isinstance(trouble, UnsureError):
        return Receipt(Outcome.UNKNOWN, reason=str(trouble))
    tired = trouble.code == BUSY and attempt > BUSY_TRIES
    if trouble.code in waits and not tired:
        return Receipt(Outcome.RETRY, reason=trouble.reason, retry_after=waits[trouble.code])
    return Receipt(Outcome.FINAL, reason=trouble.reason)


def known(trouble: Trouble, codes: frozenset[int]) -> bool:
    """Whether the platform said one of these."""
    return isinstance(trouble, ApiError) and trouble.code in codes
