"""Compensation: proposed, looked at by a second pair of eyes, granted once (S-186, S-191)."""

from __future__ import annotations

from core.due import Due
from core.plugin import Plugin
from plugins.compensation.handing import hand_out as hand_out_page
from plugins.compensation.keeps import HOLDINGS
from plugins.compensation.models import Proposal, Stage
from plugins.compensation.settings import CompensationSettings

plugin = Plugin(
    "compensation",
    settings=CompensationSettings,
    requires=("handoff",),
    models="plugins.compensation.models",
    cli="plugins.compensation.commands:app",
    package=__package__ or "",
)
plugin.holds(*HOLDINGS)


@plugin.due()
async def hand_out(due: Due, settings: CompensationSettings) -> None:
    """It was approved: the next people get theirs."""
    proposal = await Proposal.get_or_none(number=due.key, state=Stage.APPROVED)
    if proposal is not None:
        await hand_out_page(due, proposal, settings)
