"""What other plugins may use of the groups plugin: the guard against unlawful wording, slots."""

from __future__ import annotations

from plugins.groups.guard import Violation, check
from plugins.groups.judge import reason_values
from plugins.groups.rhythm import schedule
from plugins.groups.settings import GroupSettings

__all__ = ["GroupSettings", "Violation", "check", "reason_values", "schedule"]
