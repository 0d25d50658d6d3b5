"""What the handoff holds of a person: that they waited, and how long."""

from __future__ import annotations

from core.contacts.holding import Holding
from plugins.handoff.models import Wait

HOLDINGS = (Holding(Wait, "conversation_id", {}),)
