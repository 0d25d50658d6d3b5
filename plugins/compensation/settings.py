"""``[plugins.compensation]``."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.plugin import PluginSettings
from plugins.handoff.face import StaffRoom

Yuan = Annotated[Decimal, Field(ge=0, decimal_places=2)]


class Limit(BaseModel):
    """What a role may spend, in yuan.

    ``alone``: in a day without asking anybody, so that many small ones are no way around it.
    ``approve``: in one decision that a colleague has proposed, all people together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    alone: Yuan = Decimal(0)
    approve: Yuan = Decimal(0)


DEFAULT = {
    "agent": Limit(alone=Decimal(20)),
    "supervisor": Limit(alone=Decimal(200), approve=Decimal(5000)),
    "admin": Limit(alone=Decimal(1000), approve=Decimal(50000)),
}


class CompensationSettings(PluginSettings):
    """``limits`` by role; who has several roles has the highest of each.

    ``per_person``: yuan that nobody gets more of at once. ``valid_days``: how long a voucher is
    taken. ``staff``: who hears that something waits for a second pair of eyes.
    """

    limits: dict[str, Limit] = DEFAULT
    per_person: Yuan = Decimal(500)
    valid_days: int = Field(90, ge=1)
    staff: StaffRoom | None = None


def fen(amount: Decimal) -> int:
    """Yuan as the hundredths that everything is counted in."""
    return int(amount * 100)
