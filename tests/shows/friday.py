"""A shop under the test clock that dies at the slot of its weekly post: run it as a process.

``python -m tests.shows.friday FOLDER START END [POINT]`` moves the clock from START to END (ISO
moments). At POINT the process kills itself, as a power cut would: ``firing`` (inside the slot's
transaction), ``before`` (about to write the post) or ``after`` (written, and the ledger does not
know).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from tortoise.signals import Signals

from adapters.file.adapter import FileAdapter
from core.adapter import Receipt
from core.message import Outbound
from core.testing import open_shop
from plugins.groups.models import GroupPost

POINT = sys.argv[4] if len(sys.argv) > 4 else ""


def power_cut() -> NoReturn:
    """End as ``kill -9`` does: nothing is flushed, closed or rolled back in order."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


async def firing(*_facts: object) -> None:
    """The slot's handler has decided; its transaction is open."""
    if POINT == "firing":
        power_cut()


GroupPost.register_listener(Signals.pre_save, firing)


class FragileFile(FileAdapter):
    """A file channel on a machine that loses power."""

    async def send(self, message: Outbound) -> Receipt:
        """Write, and die before or after it."""
        if POINT == "before":
            power_cut()
        receipt = await super().send(message)
        if POINT == "after":
            power_cut()
        return receipt


async def main(folder: Path, start: datetime, end: datetime) -> None:
    """Live from start to end."""
    posts = {
        "groups": {"fans": {"channel": "group", "conversation": "fans"}},
        "slots": [
            {"name": "live", "day": "fri", "time": "18:30", "groups": ["fans"], "text": "今晚开播"}
        ],
    }
    async with open_shop(
        plugins=["groups"],
        settings={"shop": {"timezone": "Asia/Shanghai"}, "plugins": {"groups": posts}},
        channels={
            "group": {
                "adapter": "tests.shows.friday:FragileFile",
                "path": str(folder / "posts.jsonl"),
            }
        },
        folder=folder,
        start=start,
    ) as shop:
        await shop.advance_to(end)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(datetime.fromisoformat, sys.argv[2:4])))
