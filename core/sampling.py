"""Sampling: what of a live room's comments is taken in while it says more than can be handled.

A busy room says more in a second than anybody answers, must not slow a customer's chat, and wants
no answers to what was said minutes ago. So only so many of its comments may wait. While that place
is at most half full all are taken; beyond it only what probably needs an answer: questions, orders,
complaints, what was paid for, what staff says. What finds no place gets no row of the ledger and is
counted as ``sampled``, in the metrics at once and in the journal every few seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import ahocorasick
import msgspec
from cachetools import LRUCache

from core.clock import Clock
from core.message import ConversationKind, Inbound
from core.settings import LiveSettings
from core.understand.normalise import normalise

ROOMS = 1_000  # remembered at once
LOOK_EVERY = 1.0  # seconds until the ledger is asked again how many wait
TELL_EVERY = 10.0  # seconds between two entries of a room in the journal
LOOKED_AT = 200  # characters of a comment


@dataclass(slots=True)
class _Room:
    waiting: int  # in the ledger at the last look, and taken in since
    looked_at: float
    told_at: float
    sampled: int = 0  # since the journal was told


class Sampler:
    """Sifts what one channel's live rooms say; everything else passes untouched."""

    def __init__(
        self, settings: LiveSettings, clock: Clock, count: Callable[[str], Awaitable[int]]
    ) -> None:
        """``count``: how many rows of a room (the platform's id) wait to be handled."""
        self._most, self._clock, self._count = settings.waiting, clock, count
        self._rooms: LRUCache[str, _Room] = LRUCache(ROOMS)
        self._words = _automaton(settings.keep)

    async def sift(self, messages: Sequence[Inbound]) -> Sequence[Inbound]:
        """The messages that are to become rows, in their order."""
        live = {m.conversation for m in messages if m.kind is ConversationKind.LIVE}
        if not self._most or not live:
            return messages
        rooms = {name: await self._room(name) for name in live}
        return [
            m
            for m in messages
            if (room := rooms.get(m.conversation)) is None or self._takes(room, m)
        ]

    def known(self, message: Inbound) -> None:
        """A message that was taken was in the ledger already."""
        if (room := self._rooms.get(message.conversation)) is not None:
            room.waiting -= 1

    def news(self, *, final: bool = False) -> list[Mapping[str, Any]]:
        """How many comments of which room were not taken since this was last asked, if due."""
        now, told = self._clock.monotonic(), list[Mapping[str, Any]]()
        for name, room in self._rooms.items():
            if room.sampled and (final or now - room.told_at >= TELL_EVERY):
                told.append({"room": name, "count": room.sampled})
                room.sampled, room.told_at = 0, now
        return told

    async def _room(self, name: str) -> _Room:
        now, room = self._clock.monotonic(), self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = _Room(await self._count(name), now, now)
        elif room.waiting >= self._most // 2 and now - room.looked_at >= LOOK_EVERY:
            room.looked_at = now
            room.waiting = await self._count(name)
        return room

    def _takes(self, room: _Room, message: Inbound) -> bool:
        most = self._most if self._matters(message) else self._most // 2
        if room.waiting < most:
            room.waiting += 1
            return True
        room.sampled += 1
        return False

    def _matters(self, message: Inbound) -> bool:
        if message.sender.role != "customer":
            return True
        if (event := message.event) is not None and event.name not in _words().light_events:
            return True
        return next(self._words.iter(normalise(message.text[:LOOKED_AT])), None) is not None


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: list[str]
    order: list[str]
    trouble: list[str]
    light_events: frozenset[str]


@cache
def _words() -> _Words:
    text = files("core").joinpath("sampling.toml").read_text(encoding="utf-8")
    return msgspec.convert(cast("object", tomllib.loads(text)), _Words)


def _automaton(further: Sequence[str]) -> Any:  # noqa: ANN401 - the library is untyped
    words, automaton = _words(), cast("Any", ahocorasick.Automaton())
    for word in (*words.question, *words.order, *words.trouble, *further):
        automaton.add_word(normalise(word), True)  # noqa: FBT003 - a value beside the word
    automaton.make_automaton()
    return automaton
