"""Numbers as both platforms write them in their XML: moments and degrees."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from core.adapter import Refused


def moment(stamp: str, now: datetime) -> datetime:
    """The platform's second, or the moment of receipt when it is no number."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        return now
    return datetime.fromtimestamp(int(stamp), UTC)


def degrees(number: str) -> float:
    """A latitude or longitude; raises :class:`~core.adapter.Refused` when it is none."""
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refused("bad-location", 400)
    return value
