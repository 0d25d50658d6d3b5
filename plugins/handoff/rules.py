"""The shop's own rules: when a person takes over (S-027..S-031, S-033), and who it shall be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Words = tuple[str, ...]


class Trigger(BaseModel):
    """Calls a person when every condition that is given holds; without any it only weighs.

    ``reason``: what staff read, and the name that plugins ask for a person with: ``asked``,
    ``misses``, ``complaint``, ``left``, or the shop's own words. ``words``: one of them stands in
    the message. ``intents``: what a recogniser made of it. ``emotion``: how upset it is at least, 1
    to 3. ``misses``: so many questions in a row without an answer. ``value``: the customer's tier
    at least. ``channels``: only there. ``points``: minutes in advance in the queue. ``level``: how
    upset these words are, whatever else is read in them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    reason: str = Field(min_length=1, max_length=40)
    words: Words = ()
    intents: Words = ()
    emotion: int = Field(default=0, ge=0, le=3)
    misses: int = Field(default=0, ge=0, le=10)
    value: int = Field(default=0, ge=0, le=3)
    channels: Words = ()
    points: int = Field(default=0, ge=0, le=600)
    level: int = Field(default=0, ge=0, le=3)

    @model_validator(mode="after")
    def _sensible(self) -> Trigger:
        if any(not word.strip() for word in (*self.words, *self.intents)):
            words = "an empty word would call a person for every message"
            raise PydanticCustomError("handoff.setting_words", words)
        return self

    @property
    def acts(self) -> bool:
        """Whether it calls anybody on its own."""
        return bool(self.words or self.intents or self.emotion or self.misses or self.value)

    def holds(self, seen: Seen) -> bool:
        """Whether every condition that is given is met."""
        return (
            self.acts
            and (not self.words or any(word.lower() in seen.text for word in self.words))
            and (not self.intents or any(name in seen.intents for name in self.intents))
            and (not self.channels or seen.channel in self.channels)
            and seen.emotion >= self.emotion
            and seen.misses >= self.misses
            and seen.tier >= self.value
        )


class Seen(NamedTuple):
    """What is known at a message. ``text`` is lower case."""

    text: str
    intents: Mapping[str, float]
    channel: str
    emotion: int = 0
    misses: int = 0
    tier: int = 0


class Demand(BaseModel):
    """Who is wanted: a skill, where every condition that is given holds.

    ``reasons``: of the handoff. ``topics``: what it is about, such as a complaint's kind
    (``quality``). ``words``: said lately, such as the products of one category. ``channels``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    skill: str = Field(min_length=1, max_length=40)
    reasons: Words = ()
    topics: Words = ()
    words: Words = ()
    channels: Words = ()

    @model_validator(mode="after")
    def _sensible(self) -> Demand:
        if not (self.reasons or self.topics or self.words or self.channels):
            words = "say when: reasons, topics, words or channels"
            raise PydanticCustomError("handoff.setting_when", words)
        return self

    def holds(self, about: About) -> bool:
        """Whether it is wanted there."""
        return (
            (not self.reasons or about.reason in self.reasons)
            and (not self.topics or about.topic in self.topics)
            and (not self.channels or about.channel in self.channels)
            and (not self.words or any(word.lower() in about.said for word in self.words))
        )


class About(NamedTuple):
    """What somebody waits for. ``said``: the last words of the customer, lower case."""

    reason: str
    topic: str
    channel: str
    said: str


TRIGGERS = (
    Trigger(reason="misses", misses=3, points=5),  # S-028
    Trigger(reason="value", value=2, misses=1),  # S-033: who matters most is not left to a machine
    Trigger(reason="complaint", points=30),
    Trigger(reason="left", points=15),
)


def fired(triggers: Sequence[Trigger], seen: Seen) -> Trigger | None:
    """The first that holds: those with misses are asked at a miss, the others at a message."""
    asked = (t for t in triggers if bool(t.misses) == bool(seen.misses))
    return next((trigger for trigger in asked if trigger.holds(seen)), None)


def points(triggers: Sequence[Trigger], reason: str) -> int:
    """What a reason is worth: minutes of waiting."""
    return next((trigger.points for trigger in triggers if trigger.reason == reason), 0)


def skill(demands: Sequence[Demand], about: About) -> str:
    """The skill that is wanted, if any."""
    return next((demand.skill for demand in demands if demand.holds(about)), "")
