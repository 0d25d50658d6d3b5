"""What other plugins may use of the complaints (after naming it in ``requires``)."""

from __future__ import annotations

from plugins.complaints.cases import running, step
from plugins.complaints.evidence import pack
from plugins.complaints.follow_up import Settled, open_tasks, record
from plugins.complaints.ladder import Rung, clocks, done_at, due_at, level_above, next_rung, warn_at
from plugins.complaints.models import Complaint, ComplaintLead, FollowUp, Result, State
from plugins.complaints.settings import ComplaintSettings, Level
from plugins.complaints.severity import Reading, read

__all__ = [
    "Complaint",
    "ComplaintLead",
    "ComplaintSettings",
    "FollowUp",
    "Level",
    "Reading",
    "Result",
    "Rung",
    "Settled",
    "State",
    "clocks",
    "done_at",
    "due_at",
    "level_above",
    "next_rung",
    "open_tasks",
    "pack",
    "read",
    "record",
    "running",
    "step",
    "warn_at",
]
