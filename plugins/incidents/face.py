"""What other plugins may use of the incidents (after naming it in ``requires`` or ``uses``)."""

from __future__ import annotations

from plugins.incidents.affected import Standing, Standpoint, add, cause_of, counts, standpoints
from plugins.incidents.cases import (
    Moved,
    Opening,
    Unlawful,
    change,
    dismiss,
    notify,
    open_draft,
    open_new,
    plan,
    resolve,
)
from plugins.incidents.clocks import done_at, due_at, in_charge
from plugins.incidents.models import ACTIVE, Affected, Incident, Kind, State
from plugins.incidents.notices import key_of
from plugins.incidents.orders import customers_of
from plugins.incidents.rooms import NEWS, OVER, ROOMS, told
from plugins.incidents.settings import IncidentSettings
from plugins.incidents.surge import Heard

__all__ = [
    "ACTIVE",
    "NEWS",
    "OVER",
    "ROOMS",
    "Affected",
    "Heard",
    "Incident",
    "IncidentSettings",
    "Kind",
    "Moved",
    "Opening",
    "Standing",
    "Standpoint",
    "State",
    "Unlawful",
    "add",
    "cause_of",
    "change",
    "counts",
    "customers_of",
    "dismiss",
    "done_at",
    "due_at",
    "in_charge",
    "key_of",
    "notify",
    "open_draft",
    "open_new",
    "plan",
    "resolve",
    "standpoints",
    "told",
]
