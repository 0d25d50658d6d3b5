"""What the platform's error codes mean for a message (error table of the platform)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.adapter import Outcome, Receipt

TOKEN_CODES = frozenset({40001, 40014, 41001, 42001})  # wrong, invalid, missing, expired

_WINDOW_CLOSED = frozenset({45015, 45047})  # 48 h over or unfollowed; quota used up
_BUSY = -1
_RETRY_AFTER: Mapping[int, float | None] = {
    _BUSY: None,  # the core's own back-off is right for it
    45011: 60.0,  # too many calls this minute
    45009: 3600.0,  # no calls left today; the day ends at midnight in Beijing
    # A token refused twice: another minute may have brought a new one to all their servers.
    **dict.fromkeys(TOKEN_CODES, 60.0),
}


class ApiError(Exception):
    """The platform answered and said no. ``rid`` explains it for seven days in the console."""

    def __init__(self, code: int, words: str) -> None:
        """``words`` is the platform's ``errmsg``; it may name an address, so it is not logged."""
        found = re.search(r"rid:\s*([\w-]+)", words)
        self.code = code
        self.words = words
        self.rid = found[1] if found else ""
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        """``errcode:rid``, for logs and receipts."""
        return f"{self.code}:{self.rid}" if self.rid else str(self.code)


class NotSentError(Exception):
    """The request never left: it may be repeated without harm."""


class UnsureError(Exception):
    """The request may have arrived: its answer never did."""


def raise_for(answer: Mapping[str, Any]) -> None:
    """Raise :class:`ApiError` unless the answer says success: no code, or 0."""
    code = answer.get("errcode", 0)
    if code != 0:
        number = code if isinstance(code, int) else _BUSY
        raise ApiError(number, str(answer.get("errmsg", "")))


def receipt_of(trouble: ApiError | NotSentError | UnsureError) -> Receipt:
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
