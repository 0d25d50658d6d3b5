"""Roles of staff, and what each may see."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from core.message import ConversationKind


class StaffRole(StrEnum):
    """What somebody does in the shop; one person may have several."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    COMMUNITY = "community"
    LIVE = "live"
    ADMIN = "admin"


ALL = frozenset(StaffRole)
ADMINS = frozenset({StaffRole.ADMIN})
PEOPLE = frozenset({StaffRole.AGENT, StaffRole.SUPERVISOR, StaffRole.ADMIN})
LEADS = frozenset({StaffRole.SUPERVISOR, StaffRole.ADMIN})
FLOOR = ALL - {StaffRole.TRAINER}  # those who see conversations
SETTERS = LEADS | {StaffRole.COMMUNITY}
WRITERS = frozenset({StaffRole.SUPERVISOR, StaffRole.TRAINER, StaffRole.ADMIN})

_KINDS = {
    StaffRole.AGENT: {ConversationKind.DIRECT},
    StaffRole.COMMUNITY: {ConversationKind.GROUP},
    StaffRole.LIVE: {ConversationKind.LIVE},
    StaffRole.SUPERVISOR: set(ConversationKind),
    StaffRole.ADMIN: set(ConversationKind),
    StaffRole.TRAINER: set[ConversationKind](),
}


def kinds_of(roles: Iterable[StaffRole]) -> frozenset[ConversationKind]:
    """The kinds of conversation that these roles may see."""
    return frozenset(kind for role in roles for kind in _KINDS[role])
