"""What a shop fills in for its self-built app in WeCom."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from adapters._weixin.corp import CorpSettings


class WeComSettings(CorpSettings):
    """``[channels.<name>]`` of one self-built app: messages to staff, and customer contact.

    ``agent_id``: the app's AgentId, under which its messages appear. ``format``: how words to
    members are sent; markdown shows in WeCom only, not in WeChat.
    """

    agent_id: int = Field(gt=0)
    format: Literal["text", "markdown"] = "text"
