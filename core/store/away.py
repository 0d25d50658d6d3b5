"""The ledger cannot be written just now: its server is away, or its disk is full."""

from __future__ import annotations


class LedgerAwayError(Exception):
    """Nothing was written, and nobody is to blame: the same may go well later."""
