"""The quota ledger: what a platform still takes for a contact, known before the call is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.adapter import Window
from core.store.sql import Work, update, upsert

CLOSED = "window-closed"
USED = "quota-used"
HELD = "held"  # how the reason of an outbound row begins that waits for its contact
_PAST = timedelta(seconds=1)


def grant(conversation: int, trigger: str, window: Window, now: datetime) -> Work[None]:
    """Open a reply window, and free what was held for want of one."""
    facts = {
        "conversation_id": conversation,
        "trigger": trigger,
        "allowed": window.messages,
        "used": 0,
        "until": now + window.lasts,
    }
    yield from upsert("quota_grant", facts, ("conversation_id", "trigger"))
    held = "conversation_id = ? AND state = 'queued' AND error LIKE ?"
    yield from update("message", {"not_before": now - _PAST}, held, (conversation, f"{HELD}%"))


@dataclass(frozen=True, slots=True)
class Use:
    """Which grant was used, or why nothing may be sent: :data:`CLOSED` or :data:`USED`."""

    refusal: str = ""
    grant: int | None = None


def use(conversation: int, windows: Mapping[str, Window], now: datetime) -> Work[Use]:
    """Use one message of the best open window.

    Windows do not add up; the one with the most left is used. A channel without windows allows
    everything.
    """
    if not windows:
        return Use()
    open_grants = (
        "SELECT id, allowed, used FROM quota_grant WHERE conversation_id = ? AND until > ?"
    )
    grants = yield open_grants, (conversation, now)
    if not grants:
        return Use(CLOSED)
    best = max(grants, key=lambda g: float("inf") if g[1] is None else g[1] - g[2])
    if best[1] is not None and best[1] <= best[2]:
        return Use(USED)
    yield from update("quota_grant", {"used": best[2] + 1}, "id = ?", (best[0],))
    return Use(grant=best[0])


def give_back(grant: int) -> Work[None]:
    """Nothing was sent after all, so nothing is used up."""
    yield "UPDATE quota_grant SET used = used - 1 WHERE id = ? AND used > 0", (grant,)


def exhaust(conversation: int, now: datetime) -> Work[None]:
    """The platform said no more (45015, 45047): believe it over our own count."""
    still = "conversation_id = ? AND until > ?"
    yield from update("quota_grant", {"until": now}, still, (conversation, now))
