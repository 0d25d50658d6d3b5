"""``[plugins.console.quality]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Criterion = Annotated[str, Field(min_length=1, max_length=80)]


class QualitySettings(BaseModel):
    """How the work of people is looked at.

    ``per_agent``: so many closed conversations of each are drawn every week, 0: none.
    ``keep_days``: reviews are erased after that. ``criteria``: what is scored; each is one of ours
    or a shop's own words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    per_agent: int = Field(default=5, ge=0, le=100)
    keep_days: int = Field(default=180, ge=1, le=3650)
    criteria: tuple[Criterion, ...] = Field(
        default=("greeting", "accuracy", "tone", "banned", "closing"), min_length=1, max_length=20
    )
