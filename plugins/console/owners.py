"""Whose a conversation is, in the eyes of one person."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.console.fold import agent_of
from plugins.console.shapes import Owner


def owner_shape(owner: str, login: str, staff: Mapping[str, str]) -> Owner:
    """An owner as that person sees it."""
    agent = agent_of(owner)
    if not agent:
        return Owner(kind="queue" if owner == "queue" else "bot")
    kind = "me" if agent == login else "colleague"
    return Owner(kind=kind, login=agent, name=staff.get(agent, agent))
