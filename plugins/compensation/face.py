"""What other plugins may use of the compensation (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.compensation.decisions import Wish, approve, propose, refuse, unserved
from plugins.compensation.handing import key_of
from plugins.compensation.models import Grant, Proposal, Stage
from plugins.compensation.policy import Denied, Person, may_approve, typist
from plugins.compensation.settings import CompensationSettings, fen
from plugins.compensation.wording import condition

__all__ = [
    "CompensationSettings",
    "Denied",
    "Grant",
    "Person",
    "Proposal",
    "Stage",
    "Wish",
    "approve",
    "condition",
    "fen",
    "key_of",
    "may_approve",
    "propose",
    "refuse",
    "typist",
    "unserved",
]
