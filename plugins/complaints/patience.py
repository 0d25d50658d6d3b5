"""Grievance that the conversation tells: the third "anybody there?" or sigh, a promise not kept.

Real customers who are let down seldom use strong words; they ask again. What counts is read from
the ledger, so that it survives a restart and needs no counter.
"""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from core.store.models import Message
from core.turn import Turn
from core.understand.normalise import normalise
from plugins.complaints.lexicon import either
from plugins.complaints.settings import ComplaintSettings
from plugins.complaints.severity import read

AGENT = "agent:"  # how the author of a person's message begins
MOST = 40  # messages looked back
REMEMBERED = timedelta(days=1)
ASKED_AGAIN, PROMISED = "asked_again", "promised"


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    nudge: tuple[str, ...]
    promise: tuple[str, ...]


class _Patterns(NamedTuple):
    nudge: re.Pattern[str]
    promise: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    """The expressions that ship."""
    text = files("plugins.complaints").joinpath("patience.toml").read_text(encoding="utf-8")
    words = _Words.model_validate(tomllib.loads(text))
    return _Patterns(either(words.nudge), either(words.promise))


def nudges(plain: str) -> bool:
    """Whether a normalised text asks if anybody is there, or where things stand."""
    return bool(_patterns().nudge.search(plain))


def promises(plain: str) -> bool:
    """Whether a normalised text of staff says that something will follow."""
    return bool(_patterns().promise.search(plain))


async def grievance(turn: Turn, settings: ComplaintSettings) -> str:
    """Why a nudge is more than that: ``asked_again``, ``promised``, or nothing.

    Asked or grumbled again: the ``nudges``-th time within ``nudge_minutes`` and since a person last
    answered.
    Promised: a person said that something would follow, ``promise_minutes`` ago at least but not
    longer than :data:`REMEMBERED`, and nothing has.
    """
    now, count = turn.clock.now(), 1
    before = Message.filter(
        conversation_id=turn.conversation.id, id__lt=turn.message.id, at__gt=now - REMEMBERED
    )
    for row in await before.order_by("-id").limit(MOST):
        waited = (now - row.at).total_seconds() / 60
        if row.direction == "in":
            count += waited <= settings.nudge_minutes and _impatient(normalise(row.text))
        elif row.author.startswith(AGENT):
            if waited >= settings.promise_minutes and promises(normalise(row.text)):
                return PROMISED
            break
    return ASKED_AGAIN if count >= settings.nudges else ""


def _impatient(plain: str) -> bool:
    return nudges(plain) or bool(read(plain).severity)
