"""Is it a surge? Pure rules over what was heard lately (S-199)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """One voice about one topic."""

    topic: str
    contact: int
    conversation: int
    text: str
    at: datetime


def surges(heard: Iterable[Heard], count: int, people: int) -> list[Sequence[Heard]]:
    """For each topic with enough messages of enough different people: all that was heard of it.

    The topic that moves most people comes first.
    """
    topics: dict[str, list[Heard]] = {}
    for voice in heard:
        topics.setdefault(voice.topic, []).append(voice)
    loud = [
        voices
        for voices in topics.values()
        if len(voices) >= count and len(persons(voices)) >= people
    ]
    return sorted(loud, key=lambda voices: -len(persons(voices)))


def persons(voices: Iterable[Heard]) -> dict[int, Heard]:
    """What each person said first."""
    first: dict[int, Heard] = {}
    for voice in sorted(voices, key=lambda voice: voice.at):
        first.setdefault(voice.contact, voice)
    return first
