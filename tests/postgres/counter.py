"""One process of a shop with a kf channel: ``python -m tests.postgres.counter SETTINGS``.

SETTINGS is JSON: ``url`` of the database, ``data`` folder, ``channel`` table. Prints its address.
"""

from __future__ import annotations

import asyncio
import json
import sys

from core.app import App
from core.logs import set_up
from core.settings import LogSettings, build


async def main(given: str) -> None:
    table = json.loads(given)
    set_up(LogSettings(level="error"))
    app = App(
        build(
            {
                "database": {"url": table["url"]},
                "data": table["data"],
                "server": {"port": 0},
                "channels": {"kf": table["channel"]},
                "plugins": {"enabled": ["tests.adapters.wecom_kf.town:plugin"]},
            }
        )
    )
    await app.start()
    print(app.server.url, flush=True)  # noqa: T201 - the test waits for it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
