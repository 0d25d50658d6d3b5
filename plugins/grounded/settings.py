"""``[plugins.grounded]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from core.plugin import PluginSettings

When = Literal["unsure", "several"]


class GroundedSettings(PluginSettings):
    """Which model is asked, when, for how long and how often. Without a ``url`` nobody is asked.

    ``url`` reaches as far as ``/v1``. ``when``: where the matcher is ``unsure`` and would show a
    menu, and where a message holds ``several`` questions. ``seconds`` is for the whole call; the
    default lets WeChat's passive answer (5 s) still be in time. Limits are by day of the shop.
    ``prompt``: a file of the shop's own instead of the one that ships.
    """

    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    model: str = ""
    key: SecretStr = SecretStr("")
    when: tuple[When, ...] = ("unsure", "several")
    orders: bool = True
    entries: int = Field(default=4, ge=1, le=8)
    seconds: float = Field(default=3.5, gt=0, le=20)
    max_tokens: int = Field(default=400, ge=50, le=2000)
    requests_per_day: int = Field(default=500, ge=0)
    tokens_per_day: int = Field(default=500_000, ge=0)
    contact_requests_per_day: int = Field(default=20, ge=0)
    contact_tokens_per_day: int = Field(default=20_000, ge=0)
    prompt: str = ""

    @model_validator(mode="after")
    def _complete(self) -> GroundedSettings:
        if self.url and not self.model:
            raise PydanticCustomError("grounded.setting_model", "a url needs a model")
        return self

    def behind(self, enabled: Sequence[str]) -> bool:
        """Whether it would stand behind the FAQ, which would then answer first."""
        places = {name: place for place, name in enumerate(enabled)}
        return self.on and places.get("grounded", -1) > places.get("faq", 0)

    @property
    def on(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self.url)
