"""What the platform's business codes mean for a client (platform page "error codes")."""

from __future__ import annotations

from enum import StrEnum


class Reaction(StrEnum):
    """What to do about a code."""

    DONE = "done"
    RESIGN = "resign"  # new time, new nonce, same request
    BACK_OFF = "back_off"  # the platform is busy or unwell
    COOL_DOWN = "cool_down"  # the room's last session is not forgotten yet
    RESTART = "restart"  # the session is over: /start gives a new one
    STOP = "stop"  # a person must change something; retrying only annoys the platform


_REACTIONS = {
    0: Reaction.DONE,
    4003: Reaction.RESIGN,
    4004: Reaction.RESIGN,
    7001: Reaction.COOL_DOWN,
    7002: Reaction.COOL_DOWN,
    7000: Reaction.RESTART,
    7003: Reaction.RESTART,
}
_STOP = frozenset(
    (
        *(4000, 4001, 4002, 4005, 4006, 4007, 4008, 4010, 4011, 4012, 4013),
        *(5004, 5005, 5011),
        *(7004, 7005, 7007, 7008, 7009, 7010),
        8002,
    )
)
CLOCK_WRONG = 4003
ALREADY_OPEN = 7002
SESSION_OVER = frozenset({7000, 7003})
"""Codes that say the session is gone: success for ``/end``, a new start for a heartbeat."""


def reaction(code: int) -> Reaction:
    """The reaction to ``code``; one that is not in the list is the platform's, so back off."""
    if code in _STOP:
        return Reaction.STOP
    return _REACTIONS.get(code, Reaction.BACK_OFF)
