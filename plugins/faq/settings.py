"""``[plugins.faq]``."""

from __future__ import annotations

from pydantic import Field

from core.plugin import PluginSettings


class FaqSettings(PluginSettings):
    """How sure the FAQ must be to speak, and when it gives up.

    Confidences are calibrated: at ``answer_at = 0.75`` about three of four answers given at exactly
    that confidence are right, and those above it more often.
    """

    answer_at: float = Field(0.75, ge=0, le=1)  # answer in a direct chat
    public_at: float = Field(0.85, ge=0, le=1)  # answer where everybody reads along
    suggest_at: float = Field(0.28, ge=0, le=1)  # worth offering as a candidate
    candidates: int = Field(3, ge=1, le=5)
    misses: int = Field(3, ge=1, le=10)  # S-028: then a person takes over
    menu_minutes: int = Field(30, ge=1)  # how long a number typed still means the last menu
