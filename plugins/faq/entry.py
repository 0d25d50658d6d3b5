"""One knowledge entry as shops write it down."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Entry(BaseModel):
    """A standard question, the other ways customers ask it, and the answer.

    ``id`` stays the same over re-imports. ``keywords`` alone mean this entry (S-002).
    ``category_code`` and ``stage`` are kept for whoever reports by them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    question: Line
    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
    category: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    category_code: Annotated[str, StringConstraints(max_length=50)] = ""
    stage: Annotated[str, StringConstraints(max_length=20)] = ""
    similar: tuple[Line, ...] = Field(default=(), max_length=200)
    keywords: tuple[Line, ...] = Field(default=(), max_length=50)
    enabled: bool = True
