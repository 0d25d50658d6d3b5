"""Traces of messages: what the house tells, and the one who listens to nothing.

The listener that sends OpenTelemetry is :mod:`core.traces`, an extra; without it nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Protocol

from core.views import OutboundRow

Facts = dict[str, str | int | bool]
"""What a stage adds while it runs. Never a text, a name or anybody's id."""


class Traces(Protocol):
    """Hears of the stages that a message passes: accept, handle, send."""

    def accepted(self, channel: str, numbers: Sequence[int], began: datetime) -> None:
        """These rows are durable; ``began`` is when they were handed to us."""
        ...

    def handling(self, number: int) -> AbstractContextManager[Facts]:
        """An inbound row is handled inside the block."""
        ...

    def sending(self, row: OutboundRow) -> AbstractContextManager[Facts]:
        """An outbound row is handed to its platform inside the block."""
        ...

    async def close(self) -> None:
        """Hand over what is left, within a second or two."""
        ...


class NoTraces:
    """Keeps nothing."""

    def accepted(self, channel: str, numbers: Sequence[int], began: datetime) -> None:
        """Nothing."""

    def handling(self, number: int) -> AbstractContextManager[Facts]:
        """Nothing."""
        return nullcontext({})

    def sending(self, row: OutboundRow) -> AbstractContextManager[Facts]:
        """Nothing."""
        return nullcontext({})

    async def close(self) -> None:
        """Nothing."""


NO_TRACES = NoTraces()
