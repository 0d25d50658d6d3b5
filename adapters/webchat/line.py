"""One open socket: an ordered, bounded way out that never makes the sender wait."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from aiohttp import WSCloseCode, web

from adapters.webchat.wire import Frame, Item, Items, encode

RANKS = ("", "delivered", "read")
TOO_MANY_WINDOWS = 4008


class Line:
    """Frames leave through a queue; a page too slow to read them is cut off and resumes later."""

    def __init__(self, socket: web.WebSocketResponse, conversation: str, room: int = 256) -> None:
        """``room``: frames that may wait for a slow page."""
        self.conversation = conversation
        self._socket = socket
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(room)
        self._held: list[Item] | None = None
        self._unread: dict[int, int] = {}
        self._closing: asyncio.Task[bool] | None = None

    def put(self, frame: Frame) -> None:
        """Send a frame after those before it."""
        try:
            self._queue.put_nowait(encode(frame))
        except asyncio.QueueFull:
            self.cut(WSCloseCode.TRY_AGAIN_LATER)

    def push(self, item: Item) -> None:
        """Send a new message, after what :meth:`holding` still has to bring."""
        if self._held is None:
            self.show([item])
        else:
            self._held.append(item)

    def show(self, items: Sequence[Item], states: Sequence[str] = ()) -> None:
        """Send messages and remember what the page has not confirmed of the shop's."""
        for number, item in enumerate(items):
            state = states[number] if states else ""
            if not item.mine and state != "read":
                self._unread[item.id] = max(RANKS.index(state) if state in RANKS else 0, 0)
        self.put(Items(tuple(items)))

    @contextmanager
    def holding(self) -> Generator[None]:
        """Keep new messages back while older ones are fetched.

        The page resumes from the highest id it has, so none may overtake an older one.
        """
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            if held:
                self.show(held)

    def confirm(self, up_to: int, state: str) -> list[int]:
        """The shown messages up to that id that newly reached ``state``, oldest first.

        Only ids that went over this very line count: a page cannot mark a stranger's message.
        """
        rank = RANKS.index(state)
        news = sorted(i for i, known in self._unread.items() if i <= up_to and known < rank)
        for message_id in news:
            if state == "read":
                del self._unread[message_id]
            else:
                self._unread[message_id] = rank
        return news

    async def pump(self) -> None:
        """Write frames until :meth:`finish` or until the line breaks."""
        while (data := await self._queue.get()) is not None:
            try:
                await self._socket.send_str(data)
            except ConnectionError:  # the reader sees the same end and cleans up
                return

    def cut(self, code: int) -> None:
        """Close without waiting for the page."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._socket.close(code=code))

    async def finish(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close and wait for it."""
        self.cut(code)
        if self._closing is not None:
            await self._closing
