"""Settings of the webhooks plugin."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from core.plugin import PluginSettings

Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*(\.\*)?$|^\*$")]
SHORTEST = 16


class Endpoint(BaseModel):
    """One address of the shop's that hears events.

    ``kinds``: such as ``complaint.*``. ``secret`` signs what is posted. ``personal``: with people's
    own words and numbers, otherwise these are left out or masked. ``private``: the address may be
    inside the own network.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: HttpUrl
    secret: SecretStr
    kinds: tuple[Kind, ...] = Field(min_length=1)
    personal: bool = False
    private: bool = False

    @field_validator("secret")
    @classmethod
    def _long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < SHORTEST:
            facts = {"min_length": SHORTEST}
            raise PydanticCustomError("wrong.short", "at least {min_length} characters", facts)
        return secret

    def wants(self, kind: str) -> bool:
        """Whether events of that kind are posted here."""
        return any(_matches(pattern, kind) for pattern in self.kinds)


class WebhookSettings(PluginSettings):
    """``[plugins.webhooks]``; after ``give_up_hours`` of failures an event is put aside."""

    endpoints: dict[str, Endpoint] = Field(default_factory=dict[str, Endpoint])
    give_up_hours: float = Field(default=24.0, gt=0)

    @field_validator("endpoints")
    @classmethod
    def _named(cls, endpoints: dict[str, Endpoint]) -> dict[str, Endpoint]:
        if wrong := [name for name in endpoints if not re.fullmatch(r"[a-z0-9_-]{1,40}", name)]:
            words = "names of small letters, digits, - and _: not {name}"
            raise PydanticCustomError("webhooks.setting_name", words, {"name": repr(wrong[0])})
        return endpoints


def _matches(pattern: str, kind: str) -> bool:
    if pattern == "*":
        return True
    return kind.startswith(pattern[:-1]) if pattern.endswith(".*") else kind == pattern
