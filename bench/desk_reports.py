"""Every report of the desk with a million messages beside ten thousand, and rollups made again.

The history (:mod:`bench.desk_history`) lies over ninety days. The shop folds it as it would live,
in pages of an odd size; then the tables are thrown away and made again, which must give the same
rows. Every ``GET`` of the desk that names nothing in its path is asked, over the longest span and
with words to look for where it takes any. Runs for minutes, so only by name.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path

from aiohttp import ClientSession, CookieJar
from argon2 import PasswordHasher

from bench.desk_history import BEGIN, fill
from bench.desk_shop import PASSWORD, shop
from bench.measure import Result
from core.app import App
from plugins.console import pages
from plugins.console.folder import ENQUIRY, Folder
from plugins.console.models import Staff
from plugins.console.routes import ROUTES
from plugins.console.settings import SlaSettings

MANY, FEW = 1_000_000, 10_000
TURNS = 5
ODD = 333  # rows of a page while the shop folds for the first time
QUERIES = {
    "/numbers": ("by=day", "by=hour", "by=channel", "by=agent", "by=topic", "by=cause"),
    "/numbers.csv": ("by=day", "by=agent"),
    "/numbers/lost": ("step=helped", "step=prompt", "step=lasting"),
    "/numbers/report.html": ("kind=month",),
    "/conversations": (
        *(f"view={view}&order={order}" for view in ("all", "bot") for order in ("rank", "newest")),
        "view=all&order=newest&q=00042",
        "view=all&order=rank&q=快递",
        "view=closed&order=newest",
    ),
    "/complaints": ("state=open", "state=all&q=C0000", "state=closed&q=顾客"),
    "/audit": ("", "q=agent07"),
    "/knowledge/find": ("q=退货",),
}
SPANNED = (
    *("/numbers", "/numbers.csv", "/numbers/chain", "/numbers/chain.csv", "/numbers/lost"),
    *("/numbers/stages", "/numbers/stages.csv"),
)


@cache
def measure() -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of each report, with many messages and with few; medians."""
    return asyncio.run(_measured(MANY)), asyncio.run(_measured(FEW))


async def _measured(messages: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = shop(home)
        await app.start()
        await app.stop()
        fill(home / "shop.db", messages)
        await _fold_twice(home)
        app = shop(home)
        await app.start()
        try:
            return await _asked(app)
        finally:
            await app.stop()


async def _fold_twice(home: Path) -> None:
    """As it goes and once more; ends the run unless both are the same."""
    app = shop(home)
    await app.open()
    try:
        folder = Folder(app.writer, app.clock, SlaSettings().policy(app.texts.zone))
        usual, pages.PAGE = pages.PAGE, ODD
        start = time.perf_counter()
        await folder.rebuild()
        pages.PAGE = usual
        before = _rollups(home)
        await folder.rebuild()
        seconds = time.perf_counter() - start
    finally:
        await app.close()
    if _rollups(home) != before:
        raise SystemExit("rollups made again are not the same")
    sys.stderr.write(f"{len(before)} rows of rollups, twice the same, in {seconds:.0f} s\n")


def _rollups(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "shop.db")) as base:
        tallies = base.execute(_TALLIES).fetchall()
        enquiries = base.execute(_ENQUIRIES).fetchall()
        return [*tallies, *enquiries, *base.execute(_OUTCOMES), *base.execute(_THREADS)]


async def _asked(app: App) -> dict[str, float]:
    await Staff.create(
        login="chief",
        name="chief",
        password=PasswordHasher().hash(PASSWORD),
        roles=["admin"],
        created_at=app.clock.now(),
    )
    found: dict[str, float] = {}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        base = f"{app.server.url}/desk/api"
        await browser.post(f"{base}/session", json={"login": "chief", "password": PASSWORD})
        for path in _paths():
            found[path] = await _seconds(browser, f"{base}{path}")
    return found


async def _seconds(browser: ClientSession, url: str) -> float:
    taken: list[float] = []
    for _ in range(TURNS):
        start = time.perf_counter()
        async with browser.get(url) as response:
            content = await response.read()
        if response.status not in {200, 404}:  # 404: a capability that this shop has not
            raise SystemExit(f"{url}: {response.status} {content.decode()}")
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def _paths() -> Iterator[str]:
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path and route.path != "/live":
            span = f"&from={BEGIN.date()}" if route.path in SPANNED else ""
            for query in QUERIES.get(route.path, ("",)):
                yield f"{route.path}?{query}{span}"


def _worst() -> Result:
    many, few = measure()
    for path, seconds in sorted(many.items(), key=lambda pair: -pair[1])[:12]:
        sys.stderr.write(f"{seconds * 1000:8.1f} ms  {few[path] * 1000:8.1f} ms  {path}\n")
    return Result(round(max(many.values()), 3), round(max(few.values()), 3), "s")


_TALLIES = """SELECT day, hour, channel, agent, metric, bucket, count, total FROM desk_tally
ORDER BY day, hour, channel, agent, metric, bucket"""
_THREADS = """SELECT conversation_id, owner, last_message, last_at, inbound, emotion, waiting_since,
asked_at, answered_at, reason, closed_at, clocks FROM desk_thread ORDER BY conversation_id"""
_ENQUIRIES = f"SELECT {', '.join(ENQUIRY)} FROM desk_enquiry ORDER BY conversation_id, number"
_OUTCOMES = """SELECT day, hour, channel, agent, topic, metric, bucket, count, total
FROM desk_outcome ORDER BY day, hour, channel, agent, topic, metric, bucket"""
BENCHES: dict[str, Callable[[], Result]] = {"desk_reports": partial(_worst)}
