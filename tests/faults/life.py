"""One life of a small shop in a process of its own: ``python -m tests.faults.life FOLDER COUNT``.

Prints ``ready`` when it serves; ends by itself when nothing is left to do.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.app import App
from core.due import Due
from core.effects import Address, Post
from core.logs import set_up
from core.parts import Text
from core.plugin import Plugin
from core.settings import LogSettings, build
from core.store.models import Deadline
from core.turn import Turn
from tests.faults.line import lines, note

plugin = Plugin("life")
WEEK = timedelta(weeks=1)
SLOT = 0.4  # seconds after the first start at which the weekly post is due


@plugin.on(prefix="say")
async def answer(turn: Turn) -> None:
    """Everything that must happen once for a message."""
    turn.memory["count"] = turn.memory.get("count", 0) + 1
    turn.say(f"heard {turn.text}")
    turn.emit("life.heard", text=turn.text)
    turn.at(timedelta(days=1), "life.weekly", f"after:{turn.text}", folder="")


@plugin.due()
async def weekly(due: Due) -> None:
    """A post to a group that names its next slot itself."""
    note(Path(due.data["folder"]) / "slots", due.due_at.isoformat())
    await asyncio.sleep(0.05)  # the killing happens about here
    due.at(due.due_at + WEEK, "life.weekly", due.key, **due.data)
    due.post(Post((Text("news"),), Address("line", "group"), key=f"weekly:{due.due_at.date()}"))


async def live(folder: Path, count: int) -> None:
    """Run until everything is done."""
    set_up(LogSettings(level="error"))
    line = {"adapter": "tests.faults.line:LineAdapter", "folder": str(folder), "count": count}
    database = {"url": f"sqlite://{folder / 'shop.db'}"}
    plugins = {"enabled": [f"{__spec__.name}:plugin"]}
    table = {"channels": {"line": line}, "server": {"port": 0}, "database": database}
    app = App(build({**table, "plugins": plugins, "data": str(folder)}))
    await app.start()
    await _begin(app, folder)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    quiet = 0
    while quiet < 20:
        await asyncio.sleep(0.01)
        fed = len(lines(folder / "acknowledged")) * 5 >= count
        due = await Deadline.filter(state="waiting", due_at__lte=app.clock.now()).exists()
        first = not count and not lines(folder / "slots")
        quiet = quiet + 1 if app.idle and fed and not due and not first else 0
    await app.stop()


async def _begin(app: App, folder: Path) -> None:
    if not await Deadline.exists(name="life.weekly", key="group"):
        slot: datetime = app.clock.now() + timedelta(seconds=SLOT)
        row: dict[str, Any] = {"due_at": slot, "run_at": slot, "data": {"folder": str(folder)}}
        await Deadline.create(name="life.weekly", key="group", **row)
        app.deadlines.wake()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), int(sys.argv[2])))
