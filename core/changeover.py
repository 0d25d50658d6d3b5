"""Changeover: channels are added, removed or changed while the shop goes on.

``xiaoer channels reload`` (or SIGHUP) makes every process read its settings again and compare. What
is the same is not touched. What changed is built first, so that settings which cannot be used
change nothing; then the old line is closed, its calls under way ended, and the new one opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from core.channels import Line, Lines
from core.settings import Settings, SettingsError
from core.store.models import JournalEntry
from core.texts import Texts
from core.wrong import line as in_words

log = structlog.get_logger(__name__)
ASKED, DONE = "channels.reload", "channels.changed"  # the journal's words for it


@dataclass(slots=True)
class Changes:
    """Names of channels; ``failed``: those that would not start, and why.

    ``refused``: why nothing was changed at all, in the language of the shop.
    """

    added: list[str] = field(default_factory=list[str])
    removed: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])
    refused: str = ""


class Changeover:
    """Does it for one process."""

    def __init__(
        self,
        lines: Lines,
        *,
        read: Callable[[], Settings],
        build: Callable[[str, Mapping[str, Any]], Line],
        texts: Texts,
        speaks: bool,
        changed: Callable[[str], None],
        tell: Callable[[str, Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        """``speaks``: this process starts its lines. ``changed`` hears the name of each channel.

        ``tell`` writes to the journal, for the command that asked.
        """
        self._lines, self._read, self._build, self._texts = lines, read, build, texts
        self._speaks, self._changed, self._tell = speaks, changed, tell
        self._turn = asyncio.Lock()

    async def follow(self, entry: JournalEntry) -> None:
        """A command asked for it."""
        changes = await self.apply()
        await self._tell(DONE, {**asdict(changes), "asked": entry.data.get("asked", "")})

    async def apply(self) -> Changes:
        """Bring the lines to what the settings say now."""
        async with self._turn:
            changes = Changes()
            log.info("channels.reload")
            try:
                wanted = self._read().channels
                fresh = {name: self._build(name, table) for name, table in self._new(wanted)}
            except SettingsError as error:
                told = [in_words(one, self._texts, self._texts.default) for one in error.problems]
                changes.refused = "\n".join(told)
                return changes
            except OSError as error:
                changes.refused = str(error)
                return changes
            for name in [line.name for line in self._lines if line.name not in wanted]:
                await self._close(name)
                self._lines.remove(name)
                changes.removed.append(name)
            for name, line in fresh.items():
                known = self._lines.get(name) is not None
                (changes.changed if known else changes.added).append(name)
                await self._close(name)
                self._lines.add(line)
                await self._open(line, changes)
            self._lines.arrange(wanted)
            return changes

    def _new(self, wanted: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
        """What is not as it was, or did not start the last time."""
        found: list[tuple[str, Mapping[str, Any]]] = []
        for name, table in wanted.items():
            line = self._lines.get(name)
            if line is None or line.table != table or line.started != self._speaks:
                found.append((name, table))
        return found

    async def _open(self, line: Line, changes: Changes) -> None:
        try:
            if self._speaks:
                await line.start()
        except Exception as error:
            log.exception("channel.not_started", channel=line.name)
            line.failed = True
            changes.failed[line.name] = f"{type(error).__name__}: {error}"
        self._changed(line.name)

    async def _close(self, name: str) -> None:
        line = self._lines.get(name)
        if line is None or not line.started:
            return
        try:
            await line.stop()
        except Exception:
            log.exception("channel.not_closed", channel=name)
