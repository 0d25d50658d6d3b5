"""Who may spend how much: limits by role, and four eyes above them. Pure rules."""

from __future__ import annotations

import getpass
from dataclasses import dataclass

from plugins.compensation.settings import CompensationSettings, Limit, fen


class Denied(Exception):  # noqa: N818 - a decision of the rules, not a fault
    """It may not be done; ``code`` names the sentence ``compensation.denied_<code>``."""

    def __init__(self, code: str, **values: object) -> None:
        """Say which rule stands against it."""
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff, with their roles."""

    login: str
    roles: frozenset[str]


def typist(name: str) -> Person:
    """Who types: by name, or by their account. Whoever has the shop's terminal is an admin."""
    return Person(name or getpass.getuser(), frozenset({"admin"}))


def alone(person: Person, settings: CompensationSettings) -> int:
    """Fen that the person may spend in a day without asking anybody."""
    return max((fen(limit.alone) for limit in _limits(person, settings)), default=0)


def may_approve(person: Person, settings: CompensationSettings) -> int:
    """Fen up to which the person may approve what a colleague proposed."""
    return max((fen(limit.approve) for limit in _limits(person, settings)), default=0)


def highest(settings: CompensationSettings) -> int:
    """Fen above which nobody in the shop may approve what another proposed."""
    return max((fen(limit.approve) for limit in settings.limits.values()), default=0)


def second_eyes(person: Person, proposer: str, total: int, settings: CompensationSettings) -> None:
    """Raise :class:`Denied` unless the person may approve this proposal of another."""
    if person.login == proposer:
        raise Denied("four_eyes")
    if may_approve(person, settings) < total:
        raise Denied("above_limit")


def _limits(person: Person, settings: CompensationSettings) -> list[Limit]:
    return [limit for role, limit in settings.limits.items() if role in person.roles]
