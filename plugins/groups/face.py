"""What other plugins may use of the groups plugin: the guard against unlawful wording."""

from __future__ import annotations

from plugins.groups.guard import Violation, check

__all__ = ["Violation", "check"]
