"""Settings of a replayed room."""

from __future__ import annotations

from pydantic import Field

from core.adapter import AdapterSettings


class ReplaySettings(AdapterSettings):
    """``[channels.<name>]`` with ``adapter = "replay"``.

    ``file`` is a path or a packaged resource, ``package:<package>/<name>``. ``speed`` 1 keeps the
    recording's own pace, 100 plays it a hundred times as fast. ``loop`` starts again at the end.
    ``room`` replaces the recording's room ids as the conversation.
    """

    file: str = Field(min_length=1)
    speed: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    loop: bool = False
    room: str = ""
