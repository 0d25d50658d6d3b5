"""What the platform's codes mean for a message (page 90313, kf)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters._weixin import verdicts
from adapters._weixin.errors import ApiError, Trouble
from core.adapter import Receipt

BAD_TOKEN = 95007  # of sync_msg: too old, or another account's
STATE_CODES = frozenset({95013, 95016, 95018})  # over, no such transition, not in this state
_WINDOW_CLOSED = frozenset({95001, 95002})  # five messages sent, 48 h over
# What only a person can mend in the console; until then nothing is lost, it waits.
CONFIGURATION = frozenset(
    {40013, 48002, 60011, 60020, 95000, 95003, 95004, 95011, 95012, 95017, 301002}
)
WAITS: Mapping[int, float | None] = {**verdicts.WAITS, **dict.fromkeys(CONFIGURATION, 300.0)}


def receipt_of(trouble: Trouble, attempt: int) -> Receipt:
    """What one failed attempt means for its message. Unknown codes are final for it."""
    receipt = verdicts.receipt_of(trouble, attempt, WAITS)
    closed = isinstance(trouble, ApiError) and trouble.code in _WINDOW_CLOSED
    return replace(receipt, closes_window=closed)


def pause_of(trouble: Trouble, failures: int) -> float:
    """Seconds before the next pull after so many failures in a row."""
    backoff = min(60.0, 2.0 ** min(failures - 1, 6))
    wait = WAITS.get(trouble.code) if isinstance(trouble, ApiError) else None
    return max(wait or 0.0, backoff)
