"""Ending a task that uses the NATS library."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN = 0.05


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel until it is over: in the middle of a call the library may swallow a cancellation."""
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN)
