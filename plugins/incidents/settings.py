"""``[plugins.incidents]``."""

from __future__ import annotations

from pydantic import Field

from core.plugin import PluginSettings


class IncidentSettings(PluginSettings):
    """What makes an incident of many voices, and how often it speaks.

    ``topics``: further topics of the shop, ``{ name = [words] }``, beside those that ship
    (``topics.toml``). Within ``window_minutes``, ``count`` messages about one topic by at least
    ``people`` different people draft an incident (S-199); so do the complaints of as many people
    about one kind of thing. ``look_seconds``: how often that is looked for. ``again_minutes``: a
    topic that was dismissed is left alone for so long. ``hand_over_from``: the severity (2 or 3)
    from which an affected customer still gets a person; 4 never. ``room_minutes``: in a group or a
    live room the answer is said once in that time. ``repeat_minutes``: so long an affected customer
    who asks again hears a shorter answer.
    """

    topics: dict[str, tuple[str, ...]] = Field(default={})
    window_minutes: float = Field(15.0, gt=0)
    count: int = Field(8, ge=2)
    people: int = Field(5, ge=2)
    look_seconds: float = Field(60.0, ge=1)
    again_minutes: float = Field(120.0, ge=0)
    hand_over_from: int = Field(3, ge=2, le=4)
    room_minutes: float = Field(3.0, ge=0)
    repeat_minutes: float = Field(30.0, ge=0)
