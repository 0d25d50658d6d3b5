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
# The pattern stands in the text: SQLite plans a LIKE anew for each value that is handed to it.
_HELD = f"conversation_id = ? AND state = 'queued' AND error LIKE '{HELD}%'"
_OPEN = "conversation_id = ? AND until > ?"
_GRANTS = "SELECT id, allowed, used FROM quota_grant WHERE conversation_id = ? AND until > ?"
_COUNT = "UPDATE quota_grant SET used = used + 1 WHERE conversation_id = ? AND until > ?"
_GIVE_BACK = """
UPDATE quota_grant SET used = used - 1
WHERE used > 0 AND conversation_id = (SELECT conversation_id FROM quota_grant WHERE id = ?)
"""


def grant(conversation: int, trigger: str, window: Window, now: datetime) -> Work[int]:
    """Open a reply window, and free what was held for want of one; returns how many that were.

    A window of no messages is the end of all others: the contact has left.
    """
    if window.messages == 0:
        yield from exhaust(conversation, now)
        return 0
    facts = {
        "conversation_id": conversation,
        "trigger": trigger,
        "allowed": window.messages,
        "used": 0,
        "until": now + window.lasts,
    }
    yield from upsert("quota_grant", facts, ("conversation_id", "trigger"))
    return (yield from update("message", {"not_before": now - _PAST}, _HELD, (conversation,)))


@dataclass(frozen=True, slots=True)
class Use:
    """Which grant was used, or why nothing may be sent: :data:`CLOSED` or :data:`USED`."""

    refusal: str = ""
    grant: int | None = None


def use(conversation: int, windows: Mapping[str, Window], now: datetime) -> Work[Use]:
    """Use one message of the open windows.

    Windows do not add up, the largest applies ("Customer service messages" of mini-programs): a
    message counts in each of them, and may leave while one of them has room. A channel without
    windows allows everything.
    """
    if not windows:
        return Use()
    grants = yield _GRANTS, (conversation, now)
    if not grants:
        return Use(CLOSED)
    best = max(grants, key=lambda g: float("inf") if g[1] is None else g[1] - g[2])
    if best[1] is not None and best[1] <= best[2]:
        return Use(USED)
    yield _COUNT, (conversation, now)
    return Use(grant=best[0])


def give_back(grant: int) -> Work[None]:
    """Nothing was sent after all, so nothing is used up."""
    yield _GIVE_BACK, (grant,)


def exhaust(conversation: int, now: datetime) -> Work[None]:
    """The platform said no more (45015, 45047): believe it over our own count."""
    yield from update("quota_grant", {"until": now}, _OPEN, (conversation, now))
