"""Statements of what adapters keep for themselves."""

from __future__ import annotations

from core.store.sql import Work, insert, upsert


def keep(channel: str, name: str, value: str) -> Work[None]:
    """Write a note, over the one of that name."""
    facts = {"channel": channel, "name": name, "value": value}
    yield from upsert("channel_note", facts, ("channel", "name"))


def keep_first(channel: str, name: str, value: str) -> Work[None]:
    """Write a note, unless there is one of that name."""
    facts = {"channel": channel, "name": name, "value": value}
    yield from insert("channel_note", facts, unless="channel, name")


def read(channel: str, name: str) -> Work[str]:
    """The note, or an empty string."""
    rows = yield "SELECT value FROM channel_note WHERE channel = ? AND name = ?", (channel, name)
    return rows[0][0] if rows else ""
