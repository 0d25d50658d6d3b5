"""``[plugins.faq]``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.plugin import PluginSettings
from plugins.faq.remote import EmbeddingsSettings


class FaqSettings(PluginSettings):
    """How right the FAQ's answers shall be, and when it gives up.

    ``precision`` is the share of direct answers that shall be right; the least confidence follows
    from what was measured (``docs/knowledge.md``). ``encoder``: ``use`` is the small one that comes
    along, ``e5`` the larger one (extra ``semantic-e5``), ``remote`` asks the endpoint of
    ``embeddings``, ``none`` goes by terms alone.
    """

    precision: float = Field(default=0.9, ge=0.7, le=0.99)  # in a direct chat
    public_precision: float = Field(default=0.95, ge=0.7, le=0.99)  # where everybody reads along
    encoder: Literal["use", "e5", "remote", "none"] = "use"
    embeddings: EmbeddingsSettings = EmbeddingsSettings()
    helpful: float = Field(default=0.25, ge=0, le=1)  # of menus, the share with the right entry
    candidates: int = Field(default=3, ge=1, le=5)
    menu_minutes: int = Field(default=30, ge=1)  # as long, a number typed means the last menu
    facts: dict[str, str] = Field(default={})  # what {names} in answers stand for
    tone: str = ""  # which of an entry's answers to say, where it has one in this tone
    tones: dict[str, str] = Field(default={})  # the tone of single channels, by name
    help_page: bool = False  # whether /help shows the knowledge to everybody
