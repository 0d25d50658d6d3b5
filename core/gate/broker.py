"""NATS JetStream: one stream that keeps entries in their order until they are acknowledged.

A second stream, ``<name>-parked``, keeps what the ledger refused, for a person. Whatever the
library raises comes out as :class:`~core.gate.AwayError`; a lost connection is made anew.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from nats.aio.client import Client
from nats.errors import ConnectionClosedError, Error, MaxPayloadError
from nats.js import JetStreamContext, api
from nats.js.errors import NoStreamResponseError, NotFoundError

from core.gate import AwayError
from core.gate.ending import end
from core.gate.entry import Packed, unpack
from core.gate.reader import Reader
from core.settings import QueueSettings

log = structlog.get_logger(__name__)
ANSWER = 2.0  # seconds in which the broker acknowledges
PAUSE = 0.5  # seconds between two attempts to connect
DUPLICATES = 120.0  # seconds; the ledger knows every key for ever
PAYLOAD = 1024 * 1024  # bytes that a broker takes unless it is told otherwise
HEADERS = 1024  # bytes of a message that are not the entry
TROUBLE = (Error, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries that wait, when the oldest was taken in, and how many are parked."""

    waiting: int
    oldest: datetime | None
    parked: int


class Broker:
    """The connection of one process, kept up from :meth:`start` to :meth:`stop`."""

    def __init__(self, settings: QueueSettings) -> None:
        """Connect nothing yet."""
        self._settings = settings
        self.stream, self._parked = settings.stream, f"{settings.stream}-parked"
        self._client: Client | None = None
        self._up, self._look = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._complaint = ""
        self.newest = 0  # the highest number that the stream has given an entry of ours

    async def start(self) -> None:
        """Connect; a broker that is away for now is waited for in the background."""
        self._task = asyncio.create_task(self._keep(), name="queue")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._up.wait(), ANSWER)

    async def stop(self) -> None:
        """Disconnect."""
        self._up.clear()
        await end(self._task)
        await self._hang_up()

    async def reach(self) -> None:
        """Connect once and make nothing; raises :class:`AwayError` where that fails."""
        try:
            await (await self._dial()).jetstream(timeout=ANSWER).account_info()
        except TROUBLE as error:
            raise AwayError(str(error) or "no answer") from error
        finally:
            await self._hang_up()

    @property
    def up(self) -> bool:
        """Whether the broker can be asked."""
        return self._up.is_set()

    async def wait(self) -> None:
        """Return as soon as it can."""
        await self._up.wait()

    @property
    def place(self) -> str:
        """Where it is, without the password."""
        servers = self._settings.url.split(",")
        return ", ".join(server.strip().rpartition("@")[2] for server in servers)

    @property
    def limit(self) -> int:
        """How many bytes an entry may have."""
        return (self._client.max_payload if self._client is not None else PAYLOAD) - HEADERS

    async def publish(self, packed: Packed) -> bool:
        """Return when the stream has the entry; false if it had it before."""
        js, header = self._asked(), {api.Header.MSG_ID.value: packed.name}
        try:
            ack = await js.publish(self.stream, packed.data, ANSWER, headers=header)
        except MaxPayloadError:
            raise  # it will never fit
        except TROUBLE as error:
            if isinstance(error, NoStreamResponseError | ConnectionClosedError):
                self._lost(str(error))
            raise AwayError(str(error)) from error
        self.newest = max(self.newest, ack.seq)
        return not ack.duplicate

    async def park(self, data: bytes, reason: str) -> None:
        """Lay an entry aside."""
        header = {"Reason": " ".join(reason.split())[:200].encode("ascii", "replace").decode()}
        try:
            await self._asked().publish(self._parked, data, ANSWER, headers=header)
        except TROUBLE as error:
            raise AwayError(str(error)) from error

    async def backlog(self) -> Backlog:
        """How much waits."""
        js = self._asked()
        try:
            state = (await js.stream_info(self.stream)).state
            parked = (await js.stream_info(self._parked)).state.messages
            oldest = await self._oldest(js, state.first_seq) if state.messages else None
        except TROUBLE as error:
            raise AwayError(str(error)) from error
        return Backlog(state.messages, oldest, parked)

    def reader(self) -> Reader:
        """Somebody who reads the stream from its oldest entry."""
        return Reader(self._connected(), self._asked(), self.stream)

    def _asked(self) -> JetStreamContext:
        return self._connected().jetstream(timeout=ANSWER)

    def _connected(self) -> Client:
        if self._client is None or not self.up:
            raise AwayError("not connected")
        return self._client

    async def _oldest(self, js: JetStreamContext, number: int) -> datetime | None:
        try:
            found = await js.get_msg(self.stream, number)
        except NotFoundError:
            return None  # just carried away
        return unpack(found.data).at if found.data else None

    async def _keep(self) -> None:
        """Connect, make the streams where they are missing, and again whenever that is in doubt."""
        while True:
            try:
                client = await self._dial()
                self._look.clear()
                await self._ensure(client.jetstream(timeout=ANSWER))
            except TROUBLE as error:
                self._complain(str(error) or "no answer")
                await asyncio.sleep(PAUSE)
                continue
            log.info("queue.connected", stream=self.stream)
            self._complaint = ""
            self._up.set()
            while client.is_connected and not self._look.is_set():
                with suppress(TimeoutError):  # the library may fail to tell us when it closes
                    await asyncio.wait_for(self._look.wait(), PAUSE)
            self._lost("disconnected")

    async def _dial(self) -> Client:
        """The connection as it is, or a new one: what hung on an old one is not taken over."""
        if self._client is not None and self._client.is_connected:
            return self._client
        await self._hang_up()
        self._client = client = Client()
        connecting = client.connect(
            [server.strip() for server in self._settings.url.split(",")],
            name="xiaoer",
            allow_reconnect=False,
            reconnect_time_wait=1,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=self._grumble,
            disconnected_cb=self._disconnected,
        )
        await asyncio.wait_for(connecting, ANSWER)  # by itself it would try for ever
        return client

    async def _hang_up(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _ensure(self, js: JetStreamContext) -> None:
        work, limits = api.RetentionPolicy.WORK_QUEUE, api.RetentionPolicy.LIMITS
        for name, retention in {self.stream: work, self._parked: limits}.items():
            try:
                await js.stream_info(name)
            except NotFoundError:
                await js.add_stream(
                    name=name,
                    subjects=[name],
                    retention=retention,
                    storage=api.StorageType.FILE,
                    discard=api.DiscardPolicy.NEW,  # a full stream refuses, it forgets nothing
                    num_replicas=self._settings.replicas,
                    duplicate_window=DUPLICATES,
                )

    async def _disconnected(self) -> None:
        self._lost("disconnected")

    def _lost(self, reason: str) -> None:
        if self.up:
            self._complain(reason)
        self._up.clear()
        self._look.set()

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:  # not every second while it lasts
            log.warning("queue.away", reason=reason)
        self._complaint = reason

    @staticmethod
    async def _grumble(error: Exception) -> None:
        log.debug("queue.error", error=str(error))
