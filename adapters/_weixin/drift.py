"""Whether this machine's clock is right, by the time that a platform's answer carries."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from core.adapter import Finding

_TOLERATED = 60  # seconds; a signed request is good for minutes, so this is early enough


def clock_findings(domain: str, told: str, now: datetime) -> list[Finding]:
    """A finding where the clock is off; ``told`` is a header ``Date`` or empty."""
    try:
        platform = parsedate_to_datetime(told)
    except ValueError:
        return []
    seconds = round((now - platform).total_seconds())
    if abs(seconds) <= _TOLERATED:
        return []
    key = f"{domain}.clock_fast" if seconds > 0 else f"{domain}.clock_slow"
    return [Finding(ok=False, key=key, values={"seconds": abs(seconds)})]
