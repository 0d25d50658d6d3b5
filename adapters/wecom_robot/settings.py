"""Settings of a group robot: ``[channels.<name>] adapter = "wecom_robot"``."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from core.adapter import AdapterSettings

Base = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+[^/\s?#]$")]


class WeComRobotSettings(AdapterSettings):
    """One robot of one internal group. Whoever holds the key can post: treat it as a password."""

    webhook_key: SecretStr = Field(min_length=1)
    """The ``key`` of the webhook address that the group shows for its robot."""

    api_base: Base = "https://qyapi.weixin.qq.com"
    """Where the platform's API is."""

    format: Literal["text", "markdown"] = "text"
    """How words are sent. Markdown shows in WeCom only and cannot notify everyone."""

    timeout: float = Field(10.0, gt=0, le=60)
    """Seconds to wait for an answer; after it nobody knows whether the post is out."""
