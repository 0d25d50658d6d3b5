"""Ids that we give to the platform, and that lead back to a row of the ledger."""

from __future__ import annotations

import hashlib

from core.message import Outbound


def own_id(message: Outbound, salt: str) -> str:
    """The same on every attempt, and no other message has it.

    At most 32 of ``[0-9a-zA-Z_-]``, as a ``msgid`` and a card's ``task_id`` allow.
    """
    digest = hashlib.sha256(f"{salt}:{message.key}".encode()).hexdigest()
    return f"m{message.id}-{digest[:12]}"


def row_of(own: str) -> int | None:
    """The ledger's number in one of our ids."""
    number = own.removeprefix("m").partition("-")[0]
    mine = own.startswith("m") and number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if mine else None
