"""Reads the queue in order, without a state that could be wrong.

Every reader has a consumer of its own that begins with the oldest entry nobody has acknowledged,
and the broker allows one at a time: a new reader ends the one before it. Whatever is doubtful (a
number left out, silence, a line cut) ends the reader, and the next one starts from the oldest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from secrets import token_hex
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from core.gate import AwayError

BATCH = 256  # entries carried at once
BEAT = 0.5  # seconds between two signs of life of the broker
SILENCE = 3 * BEAT
HOUR = 3600.0  # seconds; a reader that is slow has lost nothing, so nothing is sent again
FORGOTTEN = 60.0  # seconds until the broker drops the consumer of a dead process


class Letter:
    """One entry as it was read; ``number`` is its place in the stream, ``behind`` come after it."""

    __slots__ = ("behind", "data", "number", "place", "reply")

    def __init__(self, message: Msg) -> None:
        """Read what the broker says of it."""
        facts = message.metadata
        self.data, self.reply = message.data, message.reply
        self.number, self.place = facts.sequence.stream, facts.sequence.consumer
        self.behind = facts.num_pending


class Reader:
    """An asynchronous context manager: the consumer exists inside the block."""

    def __init__(self, client: Client, js: JetStreamContext, stream: str) -> None:
        """Made by the broker."""
        self._client, self._js, self._stream = client, js, stream
        self._name = f"drain-{token_hex(6)}"
        self.found: list[Msg] = []
        self._news = asyncio.Event()
        self._read = 0
        self._subscription: Subscription | None = None
        self.waiting = 0  # entries that waited when the reader began

    async def __aenter__(self) -> Self:
        try:
            for other in await self._js.consumers_info(self._stream):
                await self._delete(other.name)
            inbox = self._client.new_inbox()
            self._subscription = await self._client.subscribe(inbox, cb=self._hear)
            self.waiting = (await self._consume(inbox)).num_pending or 0
        except (Error, TimeoutError) as error:
            await self.__aexit__()
            raise AwayError(str(error)) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client.is_connected and self._subscription is not None:
            try:
                await self._subscription.unsubscribe()
                await self._delete(self._name)
            except (Error, TimeoutError):
                return  # the next reader ends it

    async def batch(self) -> list[Letter]:
        """The next entries, one at least."""
        while not self.found:
            try:
                async with asyncio.timeout(SILENCE):
                    await self._news.wait()
            except TimeoutError:
                raise AwayError("the queue is silent") from None
            self._news.clear()
        taken, self.found = self.found[:BATCH], self.found[BATCH:]
        letters = [Letter(message) for message in taken]
        for letter in letters:
            if letter.place != self._read + 1:
                raise AwayError(f"entries {self._read + 1} to {letter.place - 1} are missing")
            self._read = letter.place
        return letters

    async def done(self, letters: Sequence[Letter]) -> None:
        """The stream may forget them."""
        try:
            for letter in letters:
                await self._client.publish(letter.reply, b"+ACK")
        except Error as error:
            raise AwayError(str(error)) from error

    async def _consume(self, inbox: str) -> api.ConsumerInfo:
        return await self._js.add_consumer(
            self._stream,
            name=self._name,
            deliver_subject=inbox,
            deliver_policy=api.DeliverPolicy.ALL,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=HOUR,
            max_ack_pending=2 * BATCH,
            idle_heartbeat=BEAT,
            inactive_threshold=FORGOTTEN,
            mem_storage=True,
            num_replicas=1,
        )

    async def _delete(self, consumer: str) -> None:
        try:
            await self._js.delete_consumer(self._stream, consumer)
        except NotFoundError:
            return  # it ended by itself

    async def _hear(self, message: Msg) -> None:
        if not (message.headers and "Status" in message.headers):  # else a sign of life
            self.found.append(message)
        self._news.set()
