"""``[plugins.faq]``."""

from __future__ import annotations

from pydantic import Field

from core.plugin import PluginSettings


class FaqSettings(PluginSettings):
    """How sure the FAQ must be to speak, and when it gives up.

    Confidences are shared between rivals: two entries that fit equally well have at most 0.5 each.
    With the defaults the project's own questions (``tests/data/faq``) are answered to 60 % at once,
    2 % wrongly, and most others offered among the candidates.
    """

    answer_at: float = Field(default=0.6, ge=0, le=1)  # answer in a direct chat
    public_at: float = Field(default=0.8, ge=0, le=1)  # answer where everybody reads along
    suggest_at: float = Field(default=0.16, ge=0, le=1)  # the best is worth asking back about
    candidate_at: float = Field(default=0.02, ge=0, le=1)  # worth naming beside the best
    candidates: int = Field(default=3, ge=1, le=5)
    misses: int = Field(default=3, ge=1, le=10)  # S-028: then a person takes over
    menu_minutes: int = Field(default=30, ge=1)  # as long, a number typed means the last menu
