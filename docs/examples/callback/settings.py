"""``[plugins.callback]``."""

from __future__ import annotations

from pydantic import Field

from core.plugin import PluginSettings
from plugins.handoff.face import StaffRoom


class CallbackSettings(PluginSettings):
    """``staff``: who is told of a wish. ``within``: minutes until they are reminded of it."""

    staff: StaffRoom | None = None
    within: float = Field(30.0, gt=0)
