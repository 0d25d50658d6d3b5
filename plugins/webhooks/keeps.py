"""What webhooks hold of a person: events that an endpoint did not take."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from core.contacts.holding import Holding
from core.contacts.person import Person, among
from plugins.webhooks.models import WebhookParked


async def parked(person: Person) -> Sequence[Q]:
    """Events of their threads and messages."""
    threads = among("conversation_id", person.conversations)
    return [*threads, *among("message_id", person.messages)]


HOLDINGS = (Holding(WebhookParked, parked),)
