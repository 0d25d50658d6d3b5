"""What ``xiaoer doctor`` looks at in the house itself; adapters look at their platforms."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from aiohttp import ClientConnectorCertificateError, ClientError, ClientSession, ClientTimeout

from core.adapter import Adapter, Finding
from core.app import App
from core.channels import Line
from core.cli.problems import in_words
from core.cli.scrape import Numbers
from core.cli.tongue import locale, say, texts
from core.gate import AwayError
from core.gate.gate import Gate
from core.settings import Settings
from core.store.database import owner_of

SECONDS = 5.0
ROOM = 200 * 1024 * 1024  # bytes: below this the disk is nearly full
GATEWAY = {502, 503, 504}


class Found(NamedTuple):
    """A finding, what it is about in words, and the words for it."""

    topic: str
    finding: Finding
    text: str


def found(topic: str, key: str, /, *, ok: bool, **values: object) -> Found:
    """A finding of our own; ``topic`` is a channel's name or a key of ours."""
    shown = {name: str(value) for name, value in values.items()}
    title = f"cli.topic.{topic}"
    named = say(title) if texts().has(title) else topic
    return Found(named, Finding(ok, key, shown), say(key, **shown))


async def database(app: App) -> Found:
    """Whether it opens and can be written; a file that is not there yet is not made."""
    file = app.database.file
    shown = file or Path(app.settings.database.url).name
    running = file is not None and owner_of(file)
    if file is not None and not file.exists():
        if why := _unmakeable(file):
            return found("database", "cli.doctor.database_bad", ok=False, error=why)
        return found("database", "cli.doctor.database_new", ok=True, file=file)
    if file is not None and not running and (why := _unwritable(file)):
        return found("database", "cli.doctor.database_bad", ok=False, error=why)
    try:
        await app.database.open(exclusive=False)
        await app.database.ping()
    except Exception as error:
        words = in_words(error)
        if not words:
            raise
        return found("database", "cli.doctor.database_bad", ok=False, error=words)
    finally:
        await app.database.close()
    if file is not None and (free := shutil.disk_usage(file.parent).free) < ROOM:
        return found("database", "cli.doctor.disk", ok=False, file=file, mb=free // 2**20)
    key = "cli.doctor.database_running" if running else "cli.doctor.database"
    return found("database", key, ok=True, file=shown)


async def queue(gate: Gate) -> Found:
    """Whether the queue before the ledger answers."""
    place = gate.broker.place
    try:
        await gate.broker.reach()
    except AwayError as error:
        return found("queue", "cli.doctor.queue_away", ok=False, place=place, error=error)
    return found("queue", "cli.doctor.queue", ok=True, place=place)


def port(settings: Settings, *, running: bool) -> Found:
    """Whether the shop could listen."""
    place: dict[str, object] = {"host": settings.server.host, "port": settings.server.port}
    if running:
        return found("server", "cli.doctor.port_running", ok=True, **place)
    family = socket.AF_INET6 if ":" in settings.server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.server.host, settings.server.port))
        except OSError as error:
            return found("server", "cli.doctor.port_taken", ok=False, error=error.strerror, **place)
    return found("server", "cli.doctor.port_free", ok=True, **place)


async def public(app: App, *, running: bool) -> list[Found]:
    """Whether platforms and browsers would reach the shop at its outside address."""
    url = app.settings.server.public_url.rstrip("/")
    hooked = [line.name for line in app.lines if type(line.adapter).receive is not Adapter.receive]
    if not url:
        told = [found("public", "cli.doctor.public_none", ok=True, names=", ".join(hooked))]
        return told if hooked else []
    if not url.startswith("https://"):
        return [found("public", "cli.doctor.public_not_https", ok=False, url=url)]
    return [await _reach(url, running=running)]


async def _reach(url: str, *, running: bool) -> Found:
    try:
        async with (
            ClientSession(timeout=ClientTimeout(SECONDS)) as client,
            client.get(f"{url}/hooks/doctor", allow_redirects=False) as answer,
        ):
            status = answer.status
    except ClientConnectorCertificateError as error:
        reason = error.certificate_error
        return found("public", "cli.doctor.public_certificate", ok=False, url=url, reason=reason)
    except (ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        return found("public", "cli.doctor.public_unreachable", ok=False, url=url, reason=reason)
    if status in GATEWAY and running:
        return found("public", "cli.doctor.public_gateway", ok=False, url=url, status=status)
    return found("public", "cli.doctor.public_ok", ok=True, url=url)


def refused(app: App, line: Line, numbers: Numbers) -> Iterator[Found]:
    """What the running shop refused at its webhook, where the adapter knows what that means.

    Strangers knock too: it is a fault only where no more came in than was refused.
    """
    taken = sum(
        numbers.channels(name).get(line.name, 0.0)
        for name in ("xiaoer_inbound_total", "xiaoer_duplicates_total")
    )
    counts: dict[str, int] = {}
    for (channel, reason), count in numbers.by("xiaoer_refused_total", "channel", "reason").items():
        if channel == line.name and (key := line.adapter.refusals.get(reason)):
            counts[key] = counts.get(key, 0) + int(count)
    for key, count in counts.items():
        finding = Finding(taken > count, key, {"count": count})
        yield Found(line.name, finding, app.texts.render(key, locale(), count=count))


def _unmakeable(file: Path) -> str:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not folder.is_dir():
        return f"{folder}: {os.strerror(errno.ENOTDIR)}"
    return "" if os.access(folder, os.W_OK) else f"{folder}: {os.strerror(errno.EACCES)}"


def _unwritable(file: Path) -> str:
    with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.Error as error:
            return f"{file}: {error}"
    return ""
