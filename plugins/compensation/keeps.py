"""What is held of a person: the books keep what was granted, which names nobody."""

from __future__ import annotations

from core.contacts.holding import Holding
from plugins.compensation.models import Grant

HOLDINGS = (Holding(Grant, "contact_id", {}),)
