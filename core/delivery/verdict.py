"""What a receipt means for the row: the rules of sending, as one small function."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.adapter import Capabilities, Outcome, Receipt
from core.delivery.quota import HELD
from core.store.outbox import NEVER
from core.store.states import Outbox
from core.views import OutboundRow

FIRST_WAIT = 2.0
LONGEST_WAIT = 60.0  # a platform that is down wholly is spared by the breaker


@dataclass(frozen=True, slots=True)
class Verdict:
    """The row's next state, its columns, and the journal event if people should know."""

    state: Outbox
    columns: dict[str, Any]
    event: str = ""


def judge(
    row: OutboundRow, receipt: Receipt, can: Capabilities, now: datetime, most: int
) -> Verdict:
    """Decide: done, again later, gave up, or unknown.

    An unknown outcome is repeated only where the platform shows a repeated key once
    (``caller_id``) or the message says it may repeat; otherwise a person decides.
    """
    done = {
        "done_at": now,
        "platform_id": receipt.platform_id[:128],
        "lease_until": None,
    }
    match receipt.outcome:
        case Outcome.ACCEPTED:
            return Verdict(Outbox.SENT, {**done, "error": ""})
        case Outcome.DELIVERED:
            return Verdict(Outbox.DELIVERED, {**done, "error": ""})
        case Outcome.FINAL if receipt.closes_window:  # our count was wrong; wait for the contact
            held = {"not_before": now + NEVER, "error": f"{HELD}: {receipt.reason}"[:500]}
            return Verdict(Outbox.QUEUED, {**held, "lease_until": None}, "message.held")
        case Outcome.FINAL:
            return Verdict(Outbox.FAILED, _ended(receipt.reason, now), "message.undeliverable")
        case Outcome.UNKNOWN if not (can.shows_once(row.thread) or row.repeatable):
            return Verdict(Outbox.UNKNOWN, _ended(receipt.reason, now), "message.unknown")
        case _:
            if row.attempts >= most:
                return Verdict(
                    Outbox.FAILED,
                    _ended(f"gave-up: {receipt.reason}", now),
                    "message.undeliverable",
                )
            wait = receipt.retry_after or backoff(row.attempts)
            later = now + timedelta(seconds=wait)
            return Verdict(
                Outbox.QUEUED,
                {"not_before": later, "error": receipt.reason[:500], "lease_until": None},
            )


def backoff(attempts: int) -> float:
    """Seconds before the next attempt: doubling, with jitter so that a crowd spreads out."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempts - 1)) * random.uniform(0.8, 1.2)


def _ended(reason: str, now: datetime) -> dict[str, Any]:
    return {"done_at": now, "error": reason[:500], "lease_until": None}
