"""A network between page and server that can fail: a TCP relay to be cut, deafened and mended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Network:
    """``deaf``: what the server says is lost. ``down``: nobody gets through."""

    port: int
    url: str = ""
    deaf: bool = False
    down: bool = False
    _lines: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    def cut(self) -> None:
        """Break every line and let none through."""
        self.down = True
        for writer in self._lines:
            writer.transport.abort()

    def mend(self) -> None:
        """Work again."""
        self.down = self.deaf = False

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection both ways until either side ends."""
        if self.down:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        self._lines |= {writer, back}
        try:
            with suppress(ConnectionError):
                ways = (self._copy(reader, back), self._copy(there, writer, answers=True))
                await asyncio.gather(*ways)
        finally:
            self._lines -= {writer, back}
            writer.close()
            back.close()

    async def _copy(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while data := await source.read(65536):
            if not (answers and self.deaf):
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def network_to(url: str) -> AsyncGenerator[Network]:
    """A relay in front of a server; ``url`` of the network leads to the same page."""
    parts = urlsplit(url)
    network = Network(parts.port or 80)
    server = await asyncio.start_server(network.relay, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{parts.path}"
    try:
        yield network
    finally:
        network.cut()
        server.close()
        await server.wait_closed()
