"""Posts the journal to one endpoint, in order, each event until it gets through.

The journal itself is the queue: a mark says how far the endpoint is, and moves after its answer
(2xx). Killed in between, the event is posted again with the same id; nothing is left out.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.clock import Clock
from core.rounds import Rounds
from core.store.models import JournalEntry
from core.store.writer import Writer
from core.web.fetch import Fetcher, FetchError
from plugins.webhooks import marks
from plugins.webhooks.envelope import body, headers
from plugins.webhooks.marks import LEASE, Mark
from plugins.webhooks.models import WebhookParked
from plugins.webhooks.settings import Endpoint

log = structlog.get_logger(__name__)
REPLAYED = "webhooks.replayed"
PAGE = 200
FIRST, LONGEST = 5.0, 3600.0  # seconds between two tries
QUIET = 3600.0  # seconds: events wake us
YOUNG = timedelta(seconds=5)  # on PostgreSQL a smaller number may be committed after a larger one


class Post:
    """One endpoint's postman; several processes may have one, and one of them goes."""

    def __init__(
        self, name: str, endpoint: Endpoint, writer: Writer, clock: Clock, patience: timedelta
    ) -> None:
        """``patience``: how long an event may fail before it is put aside."""
        self.name, self._endpoint, self._patience = name, endpoint, patience
        self._writer, self._clock, self._holder = writer, clock, secrets.token_hex(8)
        inside = (endpoint.url.host or "",) if endpoint.private else ()
        self._fetcher, self._wait = Fetcher(inside), 0.0
        self._rounds = Rounds(f"webhook {name}", clock, pause=self._pause, work=self._round)

    async def start(self) -> None:
        """Begin; what the endpoint has not heard yet goes out at once."""
        await self._writer.run(lambda: marks.begin(self.name))
        self._rounds.start()

    async def stop(self) -> None:
        """End; an event under way may be posted again."""
        if self._rounds.running:
            await self._rounds.stop()
            await self._writer.run(lambda: marks.release(self.name, self._holder))

    def hear(self, kind: str) -> None:
        """Something happened that may have to be posted."""
        if self._endpoint.wants(kind) or kind == REPLAYED:
            self._rounds.wake()

    async def send(self, content: bytes, kind: str) -> str:
        """Post it now; what went wrong in a word, or an empty string."""
        secret = self._endpoint.secret.get_secret_value()
        signed = headers(content, kind, secret, self._clock.now())
        try:
            status = await self._fetcher.post(str(self._endpoint.url), content, signed)
        except FetchError as why:
            return why.reason
        return "" if 200 <= status < 300 else f"http-{status}"

    async def _pause(self) -> float:
        return self._wait

    async def _round(self) -> None:
        now = self._clock.now()
        mark = await self._writer.run(lambda: marks.claim(self.name, self._holder, now))
        if mark is None:
            self._wait = LEASE.total_seconds()
        elif mark.not_before is not None and mark.not_before > now:
            self._wait = (mark.not_before - now).total_seconds()
        elif await self._parked():
            self._wait = await self._go_on(mark)
        else:
            self._wait = FIRST

    async def _parked(self) -> bool:
        """Those that somebody asked for again; ``False`` if the endpoint still refuses."""
        rows = WebhookParked.filter(name=self.name, again=True).order_by("entry").limit(PAGE)
        for row in await rows:
            if error := await self.send(row.body.encode(), row.kind):
                await WebhookParked.filter(id=row.id).update(again=False, error=error[:80])
                return False
            await self._writer.run(partial(marks.unpark, [row.id]))
        return True

    async def _go_on(self, mark: Mark) -> float:
        """Post what comes next; how many seconds until there may be more."""
        rows = await JournalEntry.filter(id__gt=mark.entry).order_by("id").limit(PAGE)
        whole = _whole(mark.entry, rows, self._clock.now())
        wanted = next((row for row in rows[:whole] if self._endpoint.wants(row.kind)), None)
        if wanted is None:
            last = rows[whole - 1].id if whole else mark.entry
            if whole:
                await self._writer.run(partial(marks.move, mark, last, {}))
            return 0.0 if whole == PAGE else YOUNG.total_seconds() if whole < len(rows) else QUIET
        content = body(wanted, personal=self._endpoint.personal)
        error = await self.send(content, wanted.kind)
        now = self._clock.now()
        if not error:
            await self._writer.run(partial(marks.move, mark, wanted.id, {"sent_at": now}))
            return 0.0
        return await self._failed(mark, wanted, content, error)

    async def _failed(self, mark: Mark, entry: JournalEntry, content: bytes, error: str) -> float:
        now = self._clock.now()
        since = mark.failing_since or now
        log.warning("webhook.failed", endpoint=self.name, entry=entry.id, error=error)
        if now - since >= self._patience:
            row: dict[str, Any] = {
                "name": self.name,
                "entry": entry.id,
                "kind": entry.kind,
                "conversation_id": entry.conversation_id,
                "message_id": entry.message_id,
                "body": content.decode(),
                "error": error[:80],
                "at": now,
            }
            await self._writer.run(partial(marks.park, mark, row))
            return 0.0
        wait = min(LONGEST, FIRST * 2 ** min(mark.tries, 12))
        facts = {"tries": mark.tries + 1, "failing_since": since, "error": error[:80]}
        later = {**facts, "not_before": now + timedelta(seconds=wait)}
        await self._writer.run(partial(marks.move, mark, mark.entry, later))
        return wait


def _whole(last: int, rows: Sequence[JournalEntry], now: datetime) -> int:
    """How many rows follow on each other, or on a gap that is old enough."""
    for place, row in enumerate(rows):
        if row.id > last + 1 and last and now - row.at < YOUNG:
            return place
        last = row.id
    return len(rows)
