"""What a customer sees while the answer is being written: a mark, and verified lines as drafts.

A draft is shown and not said: the ledger has the answer when the turn is committed, and the page
then shows that instead. Where a channel has no drafts the mark alone is shown, if it has one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog

from core.channels import Lines
from core.turn import Turn
from plugins.grounded.answerer import Show

log = structlog.get_logger(__name__)


@asynccontextmanager
async def writing(turn: Turn, lines: Lines) -> AsyncGenerator[Show]:
    """Show the mark; inside, the function shows what was verified so far.

    A channel that fails to show is no reason not to answer. A rehearsal shows nothing.
    """
    line = lines.get(turn.conversation.channel) if turn.message.id else None
    thread = turn.conversation.external_id
    if line is None or not line.started:
        yield _nowhere
        return

    async def show(text: str) -> None:
        if line.capabilities.drafts:
            await _try(partial(line.adapter.draft, thread, text), line.name)

    marking = asyncio.create_task(_try(partial(line.adapter.typing, thread), line.name))
    try:
        yield show
    except BaseException:
        await show("")
        raise
    finally:
        marking.cancel()
        await asyncio.gather(marking, return_exceptions=True)


async def _try(show: Callable[[], Awaitable[None]], channel: str) -> None:
    """Show something; it is nothing to fail for."""
    try:
        await show()
    except Exception as error:  # noqa: BLE001 - an adapter may fail in any way
        log.info("grounded.not_shown", channel=channel, reason=repr(error))


async def _nowhere(_text: str) -> None:
    """Nobody looks."""
