"""The size with a queue: three processes on PostgreSQL, and a NATS server before the ledger.

Both servers are killed now and then, in turn, and start again on what they had.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.sizes import Layout, Size
    from core.gate.broker import Broker


@asynccontextmanager
async def behind_queue(size: Size, folder: Path, platform: str) -> AsyncGenerator[Layout]:
    """Another size, with a queue before its ledger."""
    from core.gate.broker import Broker  # noqa: PLC0415 - an extra
    from core.settings import QueueSettings  # noqa: PLC0415 - belongs to it
    from tests import broker  # noqa: PLC0415 - the server's wheel is needed for nothing else

    with ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, broker.nats())
        witness = Broker(QueueSettings(url=server.url))
        async with size(folder, platform) as layout:
            for part in layout.parts:
                with part.settings.open("a", encoding="utf-8") as file:
                    file.write(f'\n[queue]\nurl = "{server.url}"\n')
            turns = itertools.cycle(("queue", "database"))

            async def blackout() -> None:
                if next(turns) == "database" and layout.blackout is not None:
                    await layout.blackout()
                    return
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)

            await witness.start()
            try:
                yield dataclasses.replace(
                    layout, blackout=blackout, waiting=lambda: _waiting(witness)
                )
            finally:
                await witness.stop()
        await asyncio.to_thread(stack.close)


async def _waiting(witness: Broker) -> int:
    await witness.wait()
    return (await witness.backlog()).waiting
