"""The states of a ledger row, and their order: ranks only go up."""

from __future__ import annotations

from enum import StrEnum


class Inbox(StrEnum):
    """States of an inbound row."""

    ACCEPTED = "accepted"
    HANDLED = "handled"
    FAILED = "failed"  # parked: visible and replayable


class Outbox(StrEnum):
    """States of an outbound row."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # the platform may have it; a rule or a person decides
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


RECEIPTS = (Outbox.UNKNOWN, Outbox.SENT, Outbox.DELIVERED, Outbox.READ)


def below(state: str) -> list[str]:
    """The states from which a later receipt may still raise a row to ``state``."""
    ladder = [str(s) for s in (Outbox.SENDING, *RECEIPTS)]
    return ladder[: ladder.index(state)]
