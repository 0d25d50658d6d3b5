"""A deadline that has come, and what its handler may say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.effects import Effects


class Late(StrEnum):
    """What to do with a deadline that was missed while nobody ran: once it is past its grace."""

    RUN = "run"
    SKIP = "skip"  # mark it skipped, silently
    REPORT = "report"  # mark it skipped and write it to the journal


@dataclass(slots=True)
class Due(Effects):
    """One deadline at hand; everything said is committed with its mark, so it happens once.

    ``conversation_id`` is the conversation it was set in, if any: a post without ``to`` goes there.
    ``due_at`` is when it should have run; ``now`` may be later.
    """

    key: str = field(default="", kw_only=True)
    due_at: datetime = field(kw_only=True)
    data: dict[str, Any] = field(default_factory=dict[str, Any], kw_only=True)
    conversation_id: int | None = field(default=None, kw_only=True)
