"""Opening and closing the database: one owner, the right version, clear refusals."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import structlog
from filelock import FileLock, Timeout
from tortoise import Tortoise, connections
from tortoise.backends.base.config_generator import (
    expand_db_url,  # pyright: ignore[reportUnknownVariableType] - a bare dict
)
from tortoise.backends.base.executor import (
    EXECUTOR_CACHE,  # pyright: ignore[reportUnknownVariableType] - only cleared
)
from tortoise.context import TortoiseContext
from tortoise.exceptions import BaseORMException

from core.settings import DatabaseSettings, Problem
from core.store.drivers import Driver, OrmDriver, SqliteDriver
from core.store.postgres import AWAY, REFUSED, PostgresDriver, away, server_settings
from core.store.session import Session
from core.store.upgrade import DatabaseError, upgrade

log = structlog.get_logger(__name__)
CORE_MODELS = "core.store.models"
CORE_MIGRATIONS = "core.store.migrations"
LOCK_SECONDS = 2.0
MEMORY = "sqlite://:memory:"
ENGINES = ("sqlite://", "postgres://", "postgresql://")
SIGNATURE = b"SQLite format 3\0"


class DatabaseAwayError(DatabaseError):
    """The database server does not answer: it may do so later."""


class Database:
    """The connection of one house. ``apps`` maps a plugin's name to its models' module."""

    def __init__(self, settings: DatabaseSettings, apps: Mapping[str, str]) -> None:
        """Open nothing yet."""
        self.settings = settings
        self._apps = dict(apps)
        self._lock: FileLock | None = None
        self._context: TortoiseContext | None = None
        shared = not settings.url.startswith("sqlite://")
        self.session = Session(settings.url) if shared else None  # of this process, with the engine

    @property
    def file(self) -> Path | None:
        """The SQLite file, if that is the engine."""
        url = self.settings.url
        if not url.startswith("sqlite://") or url == MEMORY:
            return None
        return Path(url.removeprefix("sqlite://").split("?")[0])

    @property
    def in_memory(self) -> bool:
        """Whether nothing outlives the process."""
        return self.settings.url == MEMORY

    @property
    def shared(self) -> bool:
        """Whether other processes may be serving the shop on this database now."""
        if self.session is not None:
            return True
        return self.file is not None and self._lock is None and owner_of(self.file)

    def driver(self) -> Driver:
        """What runs the hot statements on this engine."""
        if self.file is not None:
            return SqliteDriver(self.file, self.settings.synchronous)
        if self.session is not None:
            return PostgresDriver(self.settings.url, self.session.number)
        return OrmDriver()

    async def open(self, *, exclusive: bool = True) -> None:
        """Connect and bring the tables up to date.

        ``exclusive`` takes the lock that says "this process runs the shop"; commands that only look
        in or leave one short note go without. Raises :class:`DatabaseError`, and the more exact
        :class:`DatabaseAwayError` where waiting may help.
        """
        if not self.settings.url.startswith(ENGINES):
            engines = ", ".join(ENGINES)
            words = f"[database] url must begin with one of {engines}"
            raise DatabaseError(Problem.of("", "database_engine", words, engines=engines))
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(self.file)
        if exclusive and self.file:
            self._take_lock(self.file)
        try:
            if exclusive and self.file:
                _refuse_locked(self.file)
            EXECUTOR_CACHE.clear()  # it outlives connections and knows no dialect
            self._context = await Tortoise.init(config=self._config(), _enable_global_fallback=True)
            if self.session is None:
                await upgrade(self._config()["apps"], self._shown(), allowed=exclusive)
            else:
                await self._upgrade_in_turn(self.session)
        except (BaseORMException, *AWAY, *REFUSED) as error:
            await self.close()
            later = self.session is not None and away(error)
            kind = DatabaseAwayError if later else DatabaseError
            words, facts = f"the database {self._shown()} cannot be used: {error}", str(error)
            problem = Problem.of("", "database_unusable", words, shown=self._shown(), error=facts)
            raise kind(problem) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close connections (an open one would keep the process alive) and give up the lock."""
        if self._context is not None:
            await Tortoise.close_connections()
            self._context = None
        if self.session is not None:
            await self.session.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def ping(self) -> None:
        """Raise if the database does not answer."""
        await connections.get("default").execute_query("SELECT 1")

    def _take_lock(self, file: Path) -> None:
        self._lock = FileLock(f"{file}.lock", thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._lock = None
            words = (
                f"the database {file} is locked: another xiaoer is running the shop on it. "
                "Stop that one first, or give this one another [database] url."
            )
            raise DatabaseError(Problem.of("", "database_taken", words, file=file)) from None

    def _config(self) -> dict[str, Any]:
        apps: dict[str, Any] = {}
        for label, models in {"core": CORE_MODELS, **self._apps}.items():
            apps[label] = {"models": [models], "default_connection": "default"}
            if (migrations := _migrations_of(models)) is not None:
                apps[label]["migrations"] = migrations
        return {"connections": {"default": self._connection()}, "apps": apps, "use_tz": True}

    def _connection(self) -> str | dict[str, Any]:
        if self.settings.url == MEMORY:
            return self.settings.url
        if self.file:
            pragmas = {"synchronous": self.settings.synchronous.upper(), "busy_timeout": 5000}
            pragmas["secure_delete"] = "FAST"  # as in drivers.py
            credentials = {"file_path": str(self.file), "journal_mode": "WAL", **pragmas}
            return {"engine": "core.store.sqlite_lookups", "credentials": credentials}
        expanded = cast("dict[str, Any]", expand_db_url(self.settings.url))
        holder = self.session.number if self.session is not None else 0
        expanded["credentials"] |= {
            "server_settings": server_settings(holder),
            "minsize": 0,
            "maxsize": 8,
        }
        return expanded

    async def _upgrade_in_turn(self, session: Session) -> None:
        """Of several processes that start at once, one upgrades and the others find it done."""
        await session.open()
        await session.lead("upgrade")
        try:
            await upgrade(self._config()["apps"], self._shown(), allowed=True)
        finally:
            await session.resign("upgrade")

    def _shown(self) -> str:
        return str(self.file) if self.file else self.settings.url.split("@")[-1].split("?")[0]


def _refuse_foreign(file: Path) -> None:
    """Connecting to something else would hang: the driver's thread survives its own failure."""
    with contextlib.suppress(FileNotFoundError), file.open("rb") as head:
        if head.read(len(SIGNATURE)) not in {b"", SIGNATURE}:
            words = f"{file} is not a database: give another [database] url"
            raise DatabaseError(Problem.of("", "database_foreign", words, file=file))


def _refuse_locked(file: Path) -> None:
    """A shop that another program keeps from writing would open, and then answer nobody."""
    probe = sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)
    with contextlib.closing(probe):
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:
            words = (
                f"the database {file} cannot be written ({error}): if another program has it open, "
                "a backup or a viewer, close that first"
            )
            problem = Problem.of("", "database_locked", words, file=file, error=str(error))
            raise DatabaseError(problem) from error


def _migrations_of(models: str) -> str | None:
    """The migrations package beside a models module, if there is one."""
    if models == CORE_MODELS:
        return CORE_MIGRATIONS if (Path(__file__).parent / "migrations").is_dir() else None
    from importlib.util import find_spec  # noqa: PLC0415 - only needed for plugins

    package = models.rsplit(".", 1)[0]
    name = f"{package}.migrations"
    return name if find_spec(name) is not None else None


def owner_of(file: Path) -> bool:
    """Whether some process holds the shop's lock on that database file."""
    if not Path(f"{file}.lock").exists():
        return False
    lock = FileLock(f"{file}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False
