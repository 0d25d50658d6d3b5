"""Roles: what one process of a shop does. On SQLite one process does everything."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Any mix in any number of processes, on PostgreSQL."""

    GATEWAY = "gateway"  # takes messages in: webhooks, live lines, chat pages
    WORKER = "worker"  # understands and answers
    SENDER = "sender"  # delivers what is in the outbox
    SCHEDULER = "scheduler"  # runs deadlines; one at a time leads, the others stand by
    CONSOLE = "console"  # serves the staff's web pages


ALL = tuple(Role)
SPEAKING = frozenset({Role.GATEWAY, Role.SENDER})  # these need the channels' adapters started
