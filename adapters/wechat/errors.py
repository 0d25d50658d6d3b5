"""What the platform's error codes mean for a message (error table of the platform)."""

from __future__ import annotations

from collections.abc import Mapping

from adapters._weixin.errors import BUSY, TOKEN_CODES, NotSentError, Trouble, UnsureError
from core.adapter import Outcome, Receipt

_WINDOW_CLOSED = frozenset({45015, 45047})  # 48 h over or unfollowed; quota used up
_RETRY_AFTER: Mapping[int, float | None] = {
    BUSY: None,  # the core's own back-off is right for it
    45011: 60.0,  # too many calls this minute
    45009: 3600.0,  # no calls left today; the day ends at midnight in Beijing
    # A token refused twice: another minute may have brought a new one to all their servers.
    **dict.fromkeys(TOKEN_CODES, 60.0),
}


def receipt_of(trouble: Trouble) -> Receipt:
    """What one failed attempt means for its message. Unknown codes are final for it."""
    if isinstance(trouble, NotSentError):
        return Receipt(Outcome.RETRY, reason=str(trouble))
    if isinstance(trouble, UnsureError):
        return Receipt(Outcome.UNKNOWN, reason=str(trouble))
    if trouble.code in _RETRY_AFTER:
        wait = _RETRY_AFTER[trouble.code]
        return Receipt(Outcome.RETRY, reason=trouble.reason, retry_after=wait)
    closed = trouble.code in _WINDOW_CLOSED
    return Receipt(Outcome.FINAL, reason=trouble.reason, closes_window=closed)
