"""One knowledge entry as shops write it down (S-040, S-042)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^https?://[^\s|]+$", max_length=500)
]
Listener = Annotated[str, StringConstraints(pattern=r"^[\w-]+( [\w-]+)*$", max_length=100)]


class EntryCard(BaseModel):
    """A card that goes with the answer: where it leads, and what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Address
    title: Line


class Entry(BaseModel):
    """A standard question, the other ways customers ask it, and the answer.

    ``id`` stays the same over re-imports. ``keywords`` alone mean this entry (S-002).
    ``answers`` holds other wordings of the answer by who listens: a locale, ``direct``, ``group``
    or ``live``, a channel's name, a tone, or several of them (``"live en"``); the most specific one
    that fits is said. In all of them ``{name}`` stands for a fact (see ``wording.py``).
    ``products`` are the names, article or link numbers this entry is about, none: all of them.
    It answers from ``valid_from`` to ``valid_to``, both days included, and wants to be looked at
    again ``review_by`` (S-045). ``tests`` are questions it must answer (S-024).
    ``category_code`` and ``stage`` are kept for whoever reports by them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    question: Line
    answer: Words
    category: Label = ""
    category_code: Annotated[str, StringConstraints(max_length=50)] = ""
    stage: Annotated[str, StringConstraints(max_length=20)] = ""
    similar: tuple[Line, ...] = Field(default=(), max_length=200)
    keywords: tuple[Line, ...] = Field(default=(), max_length=50)
    enabled: bool = True
    answers: dict[Listener, Words] = Field(default_factory=dict, max_length=50)
    pictures: tuple[Address, ...] = Field(default=(), max_length=9)
    cards: tuple[EntryCard, ...] = Field(default=(), max_length=5)
    products: tuple[Line, ...] = Field(default=(), max_length=200)
    tests: tuple[Line, ...] = Field(default=(), max_length=200)
    owner: Label = ""
    valid_from: date | None = None
    valid_to: date | None = None
    review_by: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Entry:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise PydanticCustomError("imports.dates", "valid_from is after valid_to")
        return self

    def live(self, day: date) -> bool:
        """Whether it may answer on that day."""
        return self.to_come(day) and (self.valid_from is None or self.valid_from <= day)

    def to_come(self, day: date) -> bool:
        """Whether it may answer on that day or later."""
        return self.enabled and (self.valid_to is None or day <= self.valid_to)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that means this entry word for word."""
        return (self.question, *self.similar, *self.keywords)
