"""The way in through the queue: a message is durable once the broker has said so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from core.adapter import Capabilities, Window
from core.clock import Clock
from core.gate import AwayError
from core.gate.drain import Drain
from core.gate.entry import pack
from core.gate.gauges import Gauges
from core.message import Inbound
from core.settings import QueueSettings, SettingsError, extra
from core.store import inbox
from core.store.inbox import Accepted
from core.store.intake import Intake
from core.store.session import Session
from core.store.writer import Writer

if TYPE_CHECKING:  # an extra
    from core.gate.broker import Broker

AGAIN = 0.2  # seconds after a broker that is there did not acknowledge
FIRST_LOOK, LOOK = 0.01, 0.2  # seconds between two looks for a row in the ledger


class Gate:
    """Accepts messages in the intake's place; its drain carries them on to the intake."""

    def __init__(
        self,
        settings: QueueSettings,
        *,
        intake: Intake,
        writer: Writer,
        clock: Clock,
        registry: CollectorRegistry,
        can: Callable[[str], Capabilities],
        session: Session | None,
    ) -> None:
        """Connect nothing yet; raises :class:`SettingsError` where the extra is not installed.

        ``can``: a channel's capabilities. ``session``: where other processes of the shop are.
        """
        self.gauges = Gauges(registry)
        self.broker = _broker(settings)
        self.drain = Drain(self.broker, intake, self.gauges, can, session)
        self._wait = settings.when_away == "wait"
        self._intake, self._writer, self._clock = intake, writer, clock

    async def open(self, *, drains: bool) -> None:
        """Connect; of all processes that may drain, one does."""
        await self.broker.start()
        if drains:
            self.drain.start()

    async def close(self) -> None:
        """Nobody comes in any more."""
        await self.broker.stop()

    async def accept(
        self, channel: str, messages: Sequence[Inbound], windows: Mapping[str, Window]
    ) -> bool:
        """Return when all are durable; false if all were known already.

        Waits for a broker that is away; who cannot wait so long gives up, and comes again.
        """
        if not messages:
            return False
        while True:
            try:
                return await self._publish(channel, messages)
            except AwayError:
                if not self._wait:
                    rows = await self._intake.accept(channel, messages, windows)
                    return any(row.new for row in rows)
                await asyncio.sleep(AGAIN)
                await self.broker.wait()

    async def take(
        self, channel: str, message: Inbound, windows: Mapping[str, Window]
    ) -> asyncio.Future[Accepted]:
        """Return when it is durable; the future gives its row as soon as the ledger has it."""
        new = await self.accept(channel, [message], windows)
        return asyncio.ensure_future(self._row(channel, message.key, new=new))

    @property
    def up(self) -> bool:
        """Whether messages can be taken in."""
        return self.broker.up or not self._wait

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        try:
            backlog = await self.broker.backlog()
        except AwayError:
            backlog = None
        self.gauges.show(backlog, self._clock.now())

    async def _publish(self, channel: str, messages: Sequence[Inbound]) -> bool:
        """One entry after the other: a later one never stands before an earlier one."""
        new = False
        for packed in pack(channel, messages, self._clock.now(), self.broker.limit):
            new = await self.broker.publish(packed) or new
        self.gauges.accepted(channel, len(messages))
        return new

    async def _row(self, channel: str, key: str, *, new: bool) -> Accepted:
        pause = FIRST_LOOK
        while (row := await self._writer.look(lambda: inbox.find(channel, key))) is None:
            await asyncio.sleep(pause)
            pause = min(LOOK, 2 * pause)
        return Accepted(*row, new=new)


def _broker(settings: QueueSettings) -> Broker:
    try:
        from core.gate.broker import Broker  # noqa: PLC0415 - an extra
    except ImportError:
        raise SettingsError([extra("queue.url", "nats")]) from None
    return Broker(settings)
