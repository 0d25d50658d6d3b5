"""The tail: follows ledger and journal in order, folds them into tables, and tells the hub.

The ledger is the truth and the tail only reads it: messages cost nothing more to handle for being
shown, and what was missed while nobody ran is folded at the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic

import structlog

from core.store.commit import Written
from core.store.models import Message
from plugins.console.ask import Services
from plugins.console.folder import NAME, Folder
from plugins.console.models import Mark
from plugins.console.pages import PAGE, Item, Reader
from plugins.console.sla.terms import hold, terms_of

log = structlog.get_logger(__name__)
LOOK = 0.5  # seconds between two looks without a nudge
BREATH = 1.0
REST = 3.0  # times as long as the work took: under load pages grow instead of queueing up
LONGEST_REST = 0.25
SETTLED_EVERY = 5.0  # seconds between two looks at what the platform may still tell of
UNDER_WAY = ("queued", "sending", "unknown")
SETTLED_FOR = timedelta(minutes=2)  # receipts such as "read" are looked for that long
MOST_WATCHED = 2000
Told = Callable[[Sequence[tuple[Item, str]], set[int]], Awaitable[None]]
States = Callable[[Sequence[Message]], Awaitable[None]]


class Tail:
    """One task in each process that serves the desk; the fold is done by one of them at a time."""

    def __init__(self, desk: Services, told: Told, states: States) -> None:
        """``told`` hears new items with the cursor after each, ``states`` what became of sends."""
        self._desk, self._told, self._states = desk, told, states
        self.reader = Reader()
        self._folder = Folder(desk.writer, desk.clock, desk.settings.promises(desk.texts.zone))
        self._folder.rang = self._ring
        self._wake, self._turn = asyncio.Event(), asyncio.Lock()
        self._watched: dict[int, str] = {}
        self._settled_at = 0.0
        self._asked = self._served = 0
        self._untold: list[tuple[Item, str]] = []
        self._touched: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Go on where the last life ended, under the terms of today."""
        desk = self._desk
        terms = terms_of(desk.settings.sla, desk.texts.zone)
        await hold(desk.commit, desk.effects(), terms, "settings")
        mark, _ = await Mark.get_or_create(name=NAME)
        self.reader = Reader(mark.message, mark.entry)
        self._desk.hub.position = Reader(mark.message, mark.entry)
        rows = Message.filter(direction="out", state__in=UNDER_WAY).order_by("-id")
        self._watched = {row.id: row.state for row in await rows.limit(MOST_WATCHED)}
        self._desk.commit.listeners.append(self._heard)
        self._task = asyncio.create_task(self._go(), name="desk-tail")

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def catch_up(self) -> None:
        """Return when everything committed before the call is folded: who asks sees it.

        Those who ask while a turn is under way share the next one.
        """
        self._asked += 1
        ticket = self._asked
        async with self._turn:
            if ticket <= self._served:
                return
            serving = self._asked
            while len(await self._page()) >= PAGE:
                pass
            self._served = serving

    async def _page(self) -> list[Item]:
        before = Reader(self.reader.message, self.reader.entry)
        items = await self.reader.next()
        if not items:
            return []
        try:
            touched = await self._folder.fold(items, before, self.reader)
        except BaseException:
            self.reader.message, self.reader.entry = before.message, before.entry
            raise
        cursor = Reader(before.message, before.entry)
        for item in items:
            if isinstance(item, Message):
                cursor.message = item.id
                if item.direction == "out" and len(self._watched) < MOST_WATCHED:
                    self._watched[item.id] = item.state
            else:
                cursor.entry = item.id
            self._untold.append((item, cursor.cursor))
        self._touched |= touched
        self._wake.set()
        return items

    async def _tell(self) -> None:
        """Tell what was folded since, all at once, by whomever."""
        if self._untold:
            items, self._untold = self._untold, []
            touched, self._touched = self._touched, set()
            await self._told(items, touched)

    async def _look_after_sends(self) -> None:
        """Those under way each time, those that only a receipt can change now and then."""
        now, old = monotonic(), self._desk.clock.now() - SETTLED_FOR
        every = now - self._settled_at >= SETTLED_EVERY
        self._settled_at = now if every else self._settled_at
        looked = [n for n, state in self._watched.items() if every or state in UNDER_WAY]
        if not looked:
            return
        rows = await Message.filter(id__in=looked).values_list("id", "state", "sent_at")
        changed = {n: state for n, state, _ in rows if state != self._watched[n]}
        self._watched |= changed
        for number, state, sent_at in rows:
            if state not in UNDER_WAY and (sent_at is None or sent_at < old):
                del self._watched[number]
        if changed:
            await self._states(await Message.filter(id__in=list(changed)))

    def _ring(self) -> None:
        """A promise was made: the deadlines are to look again."""
        for listener in self._desk.commit.listeners:
            listener(Written(alarms=True))

    def _heard(self, _written: Written) -> None:
        self._wake.set()

    async def _go(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._wake.wait()
            except TimeoutError:
                log.debug("desk.poll")
            self._wake.clear()
            began = monotonic()
            try:
                await self.catch_up()
                await self._tell()
                await self._look_after_sends()
                await self._desk.hub.breathe()
            except Exception:
                log.exception("desk.tail_failed")
                await asyncio.sleep(BREATH)
            await asyncio.sleep(min(LONGEST_REST, REST * (monotonic() - began)))
