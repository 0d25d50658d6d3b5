"""What the house says of itself to whoever watches it: ready or why not, and its gauges."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import structlog
from tortoise import connections

from core.channels import Lines
from core.clock import Clock
from core.gate.gate import Gate
from core.metrics import Metrics
from core.roles import SPEAKING, Role
from core.store.database import Database
from core.store.drivers import drive
from core.store.postgres import away
from core.store.pulse import feel, windows

log = structlog.get_logger(__name__)
PING_SECONDS = 2.0
SELDOM = timedelta(minutes=1)  # for the gauges that cost something


class Vitals:
    """``opened`` is set by the house."""

    def __init__(
        self,
        *,
        database: Database,
        gate: Gate | None,
        lines: Lines,
        roles: Collection[Role],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """Feel nothing yet."""
        self._database, self._gate, self._lines = database, gate, lines
        self._metrics, self._clock = metrics, clock
        self._takes_in = Role.GATEWAY in roles
        self._speaks = bool(SPEAKING & set(roles))
        self.opened = False
        self._measured = datetime.min.replace(tzinfo=UTC)  # when the costly gauges were

    async def readiness(self) -> str:
        """Why the house is not ready, or an empty string."""
        if not self.opened:
            return "starting"
        if self._gate is None or not self._takes_in:
            if trouble := await self._database_trouble():
                return trouble
        elif not self._gate.up:  # with it, messages are taken in whether the ledger is there or not
            return "queue away"
        starting = [line for line in self._lines if not (line.started or line.failed)]
        waiting = [line.name for line in starting if self._speaks]
        return f"channels starting: {', '.join(waiting)}" if waiting else ""

    async def measure(self) -> None:
        """Bring the gauges up to date that only the queue and the ledger know."""
        if self._gate is not None:
            await self._gate.measure()
        now, connection = self._clock.now(), connections.get("default")  # not the writer's
        try:
            pulse = await drive(feel(now), connection)
            if now - self._measured >= SELDOM:
                self._metrics.show_windows(await drive(windows(now), connection))
                self._measured = now
        except Exception as error:  # noqa: BLE001 - what this process counted must be seen now
            log.warning("metrics.ledger_away", error=str(error))
            self._metrics.database.set(0)
            return
        self._metrics.database.set(1)
        self._metrics.show(pulse, now, {line.name: line.started for line in self._lines})

    async def _database_trouble(self) -> str:
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._database.ping()
        except Exception as error:
            if not away(error):
                raise
            return f"database away: {error}"
        return ""
