"""Bringing the tables up to date: all of it or nothing, also while processes of the shop work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

import structlog
from tortoise import Tortoise, connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.models import Model
from tortoise.transactions import in_transaction

from core.settings import Problem
from core.store.postgres import QUARREL, QUARREL_TRIES

log = structlog.get_logger(__name__)
LATEST = "__latest__"


class DatabaseError(Exception):
    """The database cannot be used; a :class:`~core.settings.Problem` says why and what to do."""


async def upgrade(apps: Mapping[str, dict[str, Any]], shown: str, *, allowed: bool) -> None:
    """Run what is missing of every app's migrations, and make tables of apps without them.

    ``shown`` names the database to a person. Raises :class:`DatabaseError` if it is newer than this
    version, or older while nothing may be changed (``allowed``).
    """
    managed = {label: app for label, app in apps.items() if "migrations" in app}
    executor = MigrationExecutor(connections.get("default"), managed)
    plan = await executor.plan([MigrationTarget(label, LATEST) for label in managed])
    await _refuse_newer(executor, managed, shown)
    if plan and not allowed:
        words = f"the database {shown} is older than this version: run `xiaoer run` once"
        raise DatabaseError(Problem.of("", "database_older", words, shown=shown))
    if plan:
        log.info("database.upgrade", steps=len(plan))
        await executor.migrate([])  # makes the table of notes: a look for it must not fail later
        await _beside_others(lambda: _migrate(managed))
    if allowed and await _lack_tables(apps.keys() - managed.keys()):
        await _beside_others(lambda: Tortoise.generate_schemas(safe=True))


async def _refuse_newer(
    executor: MigrationExecutor, managed: Mapping[str, Any], shown: str
) -> None:
    applied = await MigrationRecorder(connections.get("default")).applied_migrations()
    known = set(executor.loader.graph.nodes)
    newer = [key for key in applied if key.app_label in managed and key not in known]
    if newer:
        step = f"{newer[0].app_label} {newer[0].name}"
        words = (
            f"the database {shown} was written by a newer version (it has {step}): "
            "upgrade xiaoer, or restore the backup of this version"
        )
        raise DatabaseError(Problem.of("", "database_newer", words, shown=shown, step=step))


async def _migrate(managed: Mapping[str, dict[str, Any]]) -> None:
    """All steps and the notes about them in one transaction: who dies here has done nothing."""
    async with in_transaction("default") as connection:
        executor = MigrationExecutor(cast("BaseDBAsyncClient", connection), dict(managed))
        await executor.migrate([MigrationTarget(label, LATEST) for label in managed])


async def _lack_tables(labels: Iterable[str]) -> bool:
    """Whether apps without migrations still need tables; making them would lock all the others."""
    for label in labels:
        models = cast("Mapping[str, type[Model]]", (Tortoise.apps or {})[label])
        for model in models.values():
            try:
                await model.exists()
            except OperationalError:
                return True
    return False


async def _beside_others(change: Callable[[], Awaitable[None]]) -> None:
    """Change tables beside working processes: of two that would hang, the engine ends one.

    All that it had done is undone, so it is run again from its beginning.
    """
    for _ in range(QUARREL_TRIES):
        try:
            await change()
        except QUARREL:
            log.info("database.upgrade_again")
        else:
            return
    await change()
