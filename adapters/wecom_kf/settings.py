"""What a shop fills in for its customer-service accounts in WeCom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from adapters._weixin.corp import CorpSettings

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class WeComKfSettings(CorpSettings):
    """``[channels.<name>]`` of one self-built app in WeCom, with all kf accounts it may call.

    ``accounts``: the open_kfids to serve; empty serves every account of the app. ``handoff``:
    ``pool`` hands customers who want a person to WeCom's own queue and its servicers, ``desk``
    keeps them here for ``xiaoer reply``. ``link_picture``: a PNG or JPEG of at most 10 MB; with
    it links leave as cards, without it as text. ``ignore_older``: seconds; at the very first
    start older messages are left alone. ``poll_minutes``: how often to look when no callback
    comes.
    """

    accounts: tuple[Id, ...] = ()
    handoff: Literal["pool", "desk"] = "pool"
    link_picture: Path | None = None
    ignore_older: int = Field(default=3600, ge=0)
    poll_minutes: float = Field(default=10.0, gt=0)
