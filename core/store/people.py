"""Contacts, identities and conversations: found or made on the way in, remembered by number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cachetools import LRUCache

from core.effects import Address
from core.message import ConversationKind, Inbound, Sender
from core.store.sql import ALONE, Work, insert, json_text, json_value, update
from core.texts import nearest

REMEMBERED = 50_000


class People:
    """Looks up who and where, inside the writer's transaction.

    These rows stay what they are, so what is remembered stays true; after a transaction that was
    rolled back call :meth:`forget`: its numbers never came to be. Only when somebody is erased do
    they lose their names: see :meth:`distrust`.
    """

    def __init__(self) -> None:
        """Remember nobody yet."""
        self._conversations: LRUCache[tuple[str, str], int] = LRUCache(REMEMBERED)
        self._contacts: LRUCache[tuple[str, str], int] = LRUCache(REMEMBERED)
        self._proven: LRUCache[tuple[str, str], dict[str, str]] = LRUCache(REMEMBERED)
        self._fleeting: set[tuple[str, int]] = set()

    def distrust(self, contacts: Iterable[int], conversations: Iterable[int]) -> None:
        """These are about to lose their names: look them up each time from now on."""
        self._fleeting |= {("contact", number) for number in contacts}
        self._fleeting |= {("conversation", number) for number in conversations}
        self.forget()

    def forget(self) -> None:
        """Drop what was remembered."""
        self._conversations.clear()
        self._contacts.clear()
        self._proven.clear()

    def contact(self, channel: str, sender: Sender, now: datetime) -> Work[int]:
        """The contact behind a sender, made if new."""
        known = self._contacts.get((channel, sender.id))
        if known is None:
            known = yield from self._find_contact(channel, sender, now)
            if ("contact", known) not in self._fleeting:
                self._contacts[channel, sender.id] = known
        if sender.proven:
            yield from self._learn(channel, sender)
        return known

    def conversation(
        self, channel: str, message: Inbound, contact: int, now: datetime
    ) -> Work[int]:
        """The conversation of a message."""
        owner = contact if message.kind is ConversationKind.DIRECT else None
        address = Address(channel, message.conversation, message.kind)
        return (yield from self.thread(address, now, owner))

    def thread(self, address: Address, now: datetime, contact: int | None = None) -> Work[int]:
        """The conversation at an address, made if new."""
        place = (address.channel, address.conversation)
        known = self._conversations.get(place)
        if known is None:
            known = yield from _find_thread(address, now, contact)
            if ("conversation", known) not in self._fleeting:
                self._conversations[place] = known
        return known

    def _find_contact(self, channel: str, sender: Sender, now: datetime) -> Work[int]:
        rows = yield _IDENTITY, (channel, sender.id)
        if rows:
            return rows[0][0]
        contact: int | None = None
        made: int | None = None
        if sender.union_id:
            yield ALONE, (f"union {sender.union_id}",)  # who is met by two gateways is one person
            rows = yield "SELECT id FROM contact WHERE union_id = ?", (sender.union_id,)
            contact = rows[0][0] if rows else None
        if contact is None:
            facts = {
                "name": sender.name,
                "locale": nearest(sender.locale) if sender.locale else "",
                "union_id": sender.union_id,
                "created_at": now,
            }
            made = contact = (yield from insert("contact", facts)) or 0
        proven = json_text(sender.proven)
        identity = {"contact_id": contact, "channel": channel, "external_id": sender.id}
        identity |= {"proven": proven, "gone": False}
        if (yield from insert("contact_identity", identity, unless="channel, external_id")) is None:
            if made is not None:  # somebody wrote to two of our processes at once
                yield "DELETE FROM contact WHERE id = ?", (made,)
            rows = yield _IDENTITY, (channel, sender.id)
            return rows[0][0]
        return contact

    def _learn(self, channel: str, sender: Sender) -> Work[None]:
        """Add what the platform vouches for now to what is known; the newer fact counts."""
        place = (channel, sender.id)
        if self._proven.get(place) == sender.proven:
            return
        rows = yield f"SELECT proven {_OF}", place
        known: dict[str, str] = json_value(rows[0][0]) if rows else {}
        if known | sender.proven != known:
            facts = {"proven": json_text(known | sender.proven)}
            yield from update("contact_identity", facts, _IS, place)
        self._proven[place] = sender.proven


def _find_thread(address: Address, now: datetime, contact: int | None) -> Work[int]:
    rows = yield _THREAD, (address.channel, address.conversation)
    if rows:
        return rows[0][0]
    facts = {
        "channel": address.channel,
        "external_id": address.conversation,
        "kind": str(address.kind),
        "contact_id": contact,
        "owner": "bot",
        "memory": "{}",
        "form": None,
        "created_at": now,
    }
    made = yield from insert("conversation", facts, unless="channel, external_id")
    if made is not None:
        return made
    rows = yield _THREAD, (address.channel, address.conversation)
    return rows[0][0]


_IS = "channel = ? AND external_id = ?"
_OF = f"FROM contact_identity WHERE {_IS}"
_IDENTITY = f"SELECT contact_id {_OF}"
_THREAD = "SELECT id FROM conversation WHERE channel = ? AND external_id = ?"
