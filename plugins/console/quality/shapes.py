"""What the API takes and gives of quality inspection: the shapes of ``docs/desk.md``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from plugins.console.shapes import MessageShape
from plugins.console.table import Shape

LONGEST = 2000
State = Literal["open", "scored", "appealed", "settled"]


class Notice(Shape):
    """How the work of staff is looked at, to be read once; ``version`` changes with the words."""

    version: str
    text: str
    wanted: bool


class Read(Shape):
    """The notice was read, in this version."""

    version: str = Field(min_length=1, max_length=16)


class Untold(Shape):
    """Somebody who has not read the notice, and is not looked at before that."""

    login: str
    name: str


class DrawShape(Shape):
    """One week's sample. ``proved``: drawing again with its seed gives the same."""

    week: date
    at: datetime
    seed: str
    many: int
    pool: int
    drawn: int
    proved: bool


class Criterion(Shape):
    """What is scored."""

    name: str
    text: str


class Plan(Shape):
    """The sampling plan as it stands."""

    per_agent: int
    keep_days: int
    next_at: datetime | None
    criteria: list[Criterion]
    untold: list[Untold]
    draws: list[DrawShape]


class Which(Shape):
    """Which reviews, newest first."""

    state: Literal["todo", "done", "all"] = "all"
    agent: str = Field("", max_length=40)
    before: int | None = Field(None, ge=0, lt=2**63)
    limit: int = Field(50, ge=1, le=200)


class MayReview(Shape):
    """What this person may do with it now."""

    score: bool
    appeal: bool
    decide: bool


class ReviewShape(Shape):
    """A review in a list. ``why``: ``rating``, ``breach``; ``chosen``, ``complaint``, ``law``."""

    id: int
    conversation: int
    agent: str
    agent_name: str
    until: datetime
    why: list[str]
    state: State
    mean: float | None
    by_name: str
    at: datetime | None
    may: MayReview


class Reviews(Shape):
    """A page."""

    items: list[ReviewShape]
    more: bool


class MarkShape(Shape):
    """One line of the form; no score: it does not apply."""

    name: str
    text: str
    score: int | None
    comment: str


class Hint(Shape):
    """A phrase of the agent's that the wording coach would have stopped or warned of."""

    message: int
    phrase: str
    why: str


class ReviewWhole(Shape):
    """A review opened, with what was said."""

    review: ReviewShape
    marks: list[MarkShape]
    comment: str
    appeal: str
    appealed_at: datetime | None
    answer: str
    answered_name: str
    answered_at: datetime | None
    messages: list[MessageShape]
    hints: list[Hint]


class Chosen(Shape):
    """A conversation to be looked at; ``ground``: why in spite of the customer's no."""

    conversation: int = Field(ge=1, lt=2**63)
    ground: Literal["", "complaint", "law"] = ""


class GivenMark(Shape):
    """A score and a word to it."""

    name: str = Field(min_length=1, max_length=80)
    score: int | None = Field(None, ge=0, le=5)
    comment: str = Field("", max_length=LONGEST)


class Scored(Shape):
    """The filled form: every criterion once."""

    marks: list[GivenMark] = Field(min_length=1, max_length=20)
    comment: str = Field("", max_length=LONGEST)


class Appeal(Shape):
    """Why the agent sees it otherwise."""

    text: str = Field(min_length=2, max_length=LONGEST)


class Decision(Shape):
    """The answer to an appeal; without ``marks`` the scores stand."""

    text: str = Field(min_length=2, max_length=LONGEST)
    marks: list[GivenMark] = Field([], max_length=20)


class Days(Shape):
    """Scored on which days (shop time, both included)."""

    from_: date | None = Field(None, alias="from")
    to: date | None = None


class AverageRow(Shape):
    """An agent's averages, 0 to 5."""

    agent: str
    name: str
    reviews: int
    appeals: int
    mean: float | None
    means: dict[str, float]


class Averages(Shape):
    """By agent and criterion."""

    from_: date = Field(serialization_alias="from")
    to: date
    criteria: list[Criterion]
    rows: list[AverageRow]
    total: AverageRow
