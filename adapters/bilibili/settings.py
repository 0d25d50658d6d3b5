"""Settings of a Bilibili channel: one developer application watching one streamer's room."""

from __future__ import annotations

from pydantic import Field, HttpUrl, SecretStr

from core.adapter import AdapterSettings


class BilibiliSettings(AdapterSettings):
    """``[channels.<name>]`` with ``adapter = "bilibili"``.

    ``access_key_id``, ``access_key_secret`` and ``app_id`` come from the developer portal;
    ``code`` is the identity code that the streamer hands out. Times are in seconds and follow the
    platform's page (application life cycle, WebSocket); change them only when the platform does.
    ``max_inflated`` (bytes of one message) and ``max_depth`` bound what compressed frames may cost.
    """

    access_key_id: str = Field(min_length=1)
    access_key_secret: SecretStr
    app_id: int = Field(gt=0)
    code: SecretStr
    api_base: HttpUrl = HttpUrl("https://live-open.biliapi.com")
    app_heartbeat: float = Field(default=20.0, gt=0)
    line_heartbeat: float = Field(default=30.0, gt=0)
    silence: float = Field(default=35.0, gt=0, description="no frame for so long: line is dead")
    reconnect: float = Field(default=1.0, gt=0)
    reconnect_max: float = Field(default=30.0, gt=0)
    max_inflated: int = Field(default=4 * 1024 * 1024, gt=0)
    max_depth: int = Field(default=2, ge=1)
