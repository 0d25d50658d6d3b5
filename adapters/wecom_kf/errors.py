"""What the platform's codes mean for a message (page 90313, kf)."""

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

BAD_TOKEN = 95007  # of sync_msg: too old, or another account's
STATE_CODES = frozenset({95013, 95016, 95018})  # over, no such transition, not in this state
_WINDOW_CLOSED = frozenset({95001, 95002})  # five messages sent, 48 h over
# What only a person can mend in the console; until then nothing is lost, it waits.
CONFIGURATION = frozenset(
    {40013, 48002, 60011, 60020, 95000, 95003, 95004, 95011, 95012, 95017, 301002}
)
_RETRY_AFTER: Mapping[int, float | None] = {
    BUSY: None,  # the core's own back-off is right for it
    45009: 60.0,  # too many calls this minute
    45033: 10.0,  # too many calls at once
    **dict.fromkeys(TOKEN_CODES, 60.0),
    **dict.fromkeys(CONFIGURATION, 300.0),
}
_BUSY_TRIES = 3


def receipt_of(trouble: Trouble, attempt: int) -> Receipt:
    """What one failed attempt means for its message. Unknown codes are final for it."""
    if isinstance(trouble, NotSentError):
        return Receipt(Outcome.RETRY, reason=str(trouble))
    if isinstance(trouble, UnsureError):
        return Receipt(Outcome.UNKNOWN, reason=str(trouble))
    tired = trouble.code == BUSY and attempt > _BUSY_TRIES
    if trouble.code in _RETRY_AFTER and not tired:
        wait = _RETRY_AFTER[trouble.code]
        return Receipt(Outcome.RETRY, reason=trouble.reason, retry_after=wait)
    closed = trouble.code in _WINDOW_CLOSED
    return Receipt(Outcome.FINAL, reason=trouble.reason, closes_window=closed)


def pause_of(trouble: Trouble, failures: int) -> float:
    """Seconds before the next pull after so many failures in a row."""
    backoff = min(60.0, 2.0 ** min(failures - 1, 6))
    wait = _RETRY_AFTER.get(trouble.code) if isinstance(trouble, ApiError) else None
    return max(wait or 0.0, backoff)
