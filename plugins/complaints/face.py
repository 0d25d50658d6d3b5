"""What other plugins may use of the complaints (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.complaints.cases import step
from plugins.complaints.ladder import Rung, done_at, due_at, next_rung, warn_at
from plugins.complaints.models import Complaint, State
from plugins.complaints.settings import ComplaintSettings
from plugins.complaints.severity import read

__all__ = [
    "Complaint",
    "ComplaintSettings",
    "Rung",
    "State",
    "done_at",
    "due_at",
    "next_rung",
    "read",
    "step",
    "warn_at",
]
