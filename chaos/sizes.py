"""The sizes of a shop: which processes, on which database."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from chaos.fleet import Part
from chaos.plan import CHANNELS
from chaos.size_nats import behind_queue

WORK = ["worker", "sender", "scheduler"]
PORTS = range(20_000, 32_000)  # below those that the system lends to callers


@dataclass(frozen=True, slots=True)
class Layout:
    """The platform delivers to the first part.

    ``blackout`` is ``kill -9`` for the database server, and a new start of it, where there is one.
    """

    parts: list[Part]
    database: str
    blackout: Callable[[], Awaitable[None]] | None = None
    disk: Path | None = None  # the file that may not grow any more when the disk is full
    waiting: Callable[[], Awaitable[int]] | None = None  # entries of a queue before the ledger


Size = Callable[[Path, str], AbstractAsyncContextManager[Layout]]


@asynccontextmanager
async def embedded(folder: Path, platform: str) -> AsyncGenerator[Layout]:
    """One process on SQLite."""
    database = f"sqlite://{folder / 'shop.db'}"
    part = _part("shop", {}, database, folder, platform)
    yield Layout([part], database, disk=folder / "shop.db-wal")


@asynccontextmanager
async def postgres(folder: Path, platform: str) -> AsyncGenerator[Layout]:
    """Three processes, two of which do the work, on a PostgreSQL server of their own."""
    from tests import servers  # noqa: PLC0415 - the server's wheel is not needed for SQLite

    with ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, servers.postgres())
        database = await server.database()
        roles = {"gateway": ["gateway"], "left": WORK, "right": WORK}
        parts = [
            _part(name, {"roles": mix}, database, folder, platform) for name, mix in roles.items()
        ]

        async def blackout() -> None:
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)

        yield Layout(parts, database, blackout)
        await asyncio.to_thread(stack.close)


SIZES: dict[str, Size] = {
    "embedded": embedded,
    "postgres": postgres,
    "nats": partial(behind_queue, postgres),
}


def _part(name: str, more: Mapping[str, Any], database: str, folder: Path, platform: str) -> Part:
    """Write the settings of one process."""
    port = _free_port()
    table: dict[str, Any] = {
        "data": str(folder / "data"),
        **more,
        "server": {"port": port},
        "database": {"url": database},
        "log": {"level": "warning", "format": "json"},
        "work": {"send_attempts": 50},
        "plugins": {"enabled": ["chaos.plugin:plugin"]},
    }
    for channel, kind in CHANNELS.items():
        adapter = {"adapter": "chaos.adapter:ChaosAdapter", "url": platform, "kind": kind}
        table[f"channels.{channel}"] = adapter
    file = folder / f"{name}.toml"
    file.write_text(_toml(table), "utf-8")
    return Part(name, file, port)


def _toml(table: Mapping[str, Any]) -> str:
    """Plain values first, then the tables: their values are JSON, which is TOML here."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for name, inner in table.items():
        if name not in plain:
            lines.append(f"\n[{name}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in inner.items()]
    return "\n".join(lines) + "\n"


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
