"""``[channels.<name>] adapter = "pigeon.adapter:PigeonAdapter"``."""

from __future__ import annotations

from pydantic import Field, SecretStr

from core.adapter import AdapterSettings


class PigeonSettings(AdapterSettings):
    """One account of Pigeon Post."""

    token: SecretStr = Field(min_length=1)  # proves us to the platform
    secret: SecretStr = Field(min_length=1)  # signs what the platform sends to us
    api_base: str = Field("https://api.pigeon.example", pattern=r"^https?://\S*[^/\s]$")
    max_age: int = Field(300, ge=1)  # seconds that a signature stays good
    timeout: float = Field(10.0, gt=0, le=20)  # seconds to wait for an answer
