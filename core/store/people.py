"""Contacts, identities and conversations: found or made on the way in, remembered by number."""

from __future__ import annotations

from datetime import datetime

from cachetools import LRUCache

from core.effects import Address
from core.message import Inbound, Sender
from core.store.models import Contact, ContactIdentity, Conversation
from core.texts import nearest

REMEMBERED = 50_000


class People:
    """Looks up who and where, inside the writer's transaction.

    Rows of these tables are never deleted, so what is remembered stays true; a lookup made in a
    transaction that was rolled back is forgotten with :meth:`forget` (the writer calls it).
    """

    def __init__(self) -> None:
        """Remember nobody yet."""
        self._conversations: LRUCache[tuple[str, str], int] = LRUCache(REMEMBERED)
        self._contacts: LRUCache[tuple[str, str], int] = LRUCache(REMEMBERED)

    def forget(self) -> None:
        """Drop what was remembered: numbers from a rolled-back transaction would be wrong."""
        self._conversations.clear()
        self._contacts.clear()

    async def contact(self, channel: str, sender: Sender, now: datetime) -> int:
        """The contact behind a sender."""
        known = self._contacts.get((channel, sender.id))
        if known is None:
            known = await self._find_contact(channel, sender, now)
            self._contacts[channel, sender.id] = known
        return known

    async def conversation(
        self, channel: str, message: Inbound, contact: int, now: datetime
    ) -> int:
        """The conversation of a message."""
        owner = contact if message.kind == "direct" else None
        address = Address(channel, message.conversation, message.kind)
        return await self.thread(address, now, contact=owner)

    async def thread(self, address: Address, now: datetime, contact: int | None = None) -> int:
        """The conversation at an address, made if it is new."""
        place = (address.channel, address.conversation)
        known = self._conversations.get(place)
        if known is None:
            row, _ = await Conversation.get_or_create(
                channel=address.channel,
                external_id=address.conversation,
                defaults={"kind": address.kind, "contact_id": contact, "created_at": now},
            )
            known = self._conversations[place] = row.id
        return known

    async def _find_contact(self, channel: str, sender: Sender, now: datetime) -> int:
        identity = await ContactIdentity.get_or_none(channel=channel, external_id=sender.id)
        if identity is not None:
            return identity.contact_id
        contact = None
        if sender.union_id:
            contact = await Contact.get_or_none(union_id=sender.union_id)
        if contact is None:
            contact = await Contact.create(
                name=sender.name[:200],
                locale=nearest(sender.locale) if sender.locale else "",
                union_id=sender.union_id,
                created_at=now,
            )
        await ContactIdentity.create(
            contact=contact, channel=channel, external_id=sender.id, proven=sender.proven
        )
        return contact.id
