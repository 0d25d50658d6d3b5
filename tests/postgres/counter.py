"""One process of a shop with a kf channel: ``python -m tests.postgres.counter FILE ROLE ...``.

FILE is the settings as JSON, read again when channels are reloaded. Prints its address.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from core.app import App
from core.logs import set_up
from core.settings import LogSettings, Settings, build


def read(file: str, *roles: str) -> Settings:
    table = json.loads(Path(file).read_text(encoding="utf-8"))
    return build({**table, **({"roles": roles} if roles else {})})


async def main(file: str, *roles: str) -> None:
    set_up(LogSettings(level="error"))
    app = App(read(file, *roles))
    app.reread = lambda: read(file, *roles)
    await app.start()
    print(app.server.url, flush=True)  # noqa: T201 - the test waits for it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
