"""The journal: numbered events; followers hear each one after it is committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from tortoise.expressions import Q

from core.store.models import JournalEntry
from core.store.postgres import away

log = structlog.get_logger(__name__)
PAGE = 500
AGAIN = 0.5  # seconds between two questions to a database that is away
PATIENCE = 5.0  # seconds: longer than any transaction of ours takes
Follow = Callable[[JournalEntry], Awaitable[None]]


class Journal:
    """Reads the journal forward from where it was at the start and calls the followers."""

    def __init__(self, followers: Mapping[str, Sequence[Follow]]) -> None:
        """``followers`` by kind; the kind ``*`` hears everything."""
        self._followers = followers
        self._last = 0
        self._missing: dict[int, float] = {}  # numbers passed over, and until when they are awaited

    async def start(self) -> None:
        """Remember the newest number: what is older was followed in a former life."""
        while True:
            try:
                newest = await JournalEntry.all().order_by("-id").first()
            except Exception as error:
                if not away(error):
                    raise
                await asyncio.sleep(AGAIN)
            else:
                break
        self._last = newest.id if newest else 0

    async def catch_up(self) -> bool:
        """Tell the followers what is new; says whether there was anything."""
        late, now = list(self._missing), time.monotonic()
        new = Q(id__gt=self._last, id__in=late, join_type=Q.OR) if late else Q(id__gt=self._last)
        entries = await JournalEntry.filter(new).order_by("id").limit(PAGE)
        self._missing = {number: end for number, end in self._missing.items() if end > now}
        for entry in entries:
            self._note(entry.id, now + PATIENCE)
            for follow in (*self._followers.get(entry.kind, ()), *self._followers.get("*", ())):
                await _tell(follow, entry)
        return bool(entries)

    def _note(self, number: int, end: float) -> None:
        """Several may write at once: a smaller number may be committed after a larger one."""
        self._missing.pop(number, None)
        gap = range(max(self._last + 1, number - PAGE), number)
        self._missing |= dict.fromkeys(gap, end)
        self._last = max(self._last, number)


class Watch:
    """Looks at the journal now and then: a command in another process may have written.

    ``nudge`` is called when something came; ``settled`` tests whether all is heard.
    """

    def __init__(self, journal: Journal, nudge: Callable[[], None], seconds: float = 0.5) -> None:
        """Look every ``seconds`` of real time, and at once when :meth:`soon` says so."""
        self._journal, self._nudge, self._seconds = journal, nudge, seconds
        self._soon = asyncio.Event()
        self._looking = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._loop(), name="watch")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def soon(self) -> None:
        """Something was committed here: look without waiting."""
        self._soon.set()

    @property
    def idle(self) -> bool:
        """Whether everything committed here has been heard."""
        return not (self._soon.is_set() or self._looking)

    async def _loop(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._seconds):  # wait_for() may lose a cancellation
                    await self._soon.wait()
            except TimeoutError:
                log.debug("journal.poll")
            self._looking = True
            self._soon.clear()
            try:
                while await self._journal.catch_up():
                    self._nudge()
            except Exception as error:
                if not away(error):
                    log.exception("journal.watch_failed")
            finally:
                self._looking = False


async def _tell(follow: Follow, entry: JournalEntry) -> None:
    try:
        await follow(entry)
    except Exception:
        log.exception("journal.follower_failed", kind=entry.kind, number=entry.id)
