"""A person: every contact that staff merged, with their identities, threads and words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from tortoise.expressions import Q

from core.store.models import Contact, ContactIdentity, Conversation, Message

T = TypeVar("T")
CHUNK = 500
POSTS = 6  # a turn says a few things at most: to the customer, to staff


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is; the first of ``contacts`` leads.

    ``threads`` are their private conversations, ``said`` the numbers of their messages wherever
    they wrote them, ``heard`` those of what was written there or because of them.
    """

    contacts: tuple[int, ...]
    identities: tuple[ContactIdentity, ...]
    threads: tuple[Conversation, ...]
    said: tuple[int, ...]
    heard: tuple[int, ...]
    names: frozenset[str]

    @property
    def lead(self) -> int:
        """The contact that stands for all."""
        return self.contacts[0]

    @property
    def conversations(self) -> tuple[int, ...]:
        """Numbers of the threads."""
        return tuple(thread.id for thread in self.threads)

    @property
    def messages(self) -> tuple[int, ...]:
        """Numbers of everything said and heard."""
        return (*self.said, *self.heard)

    @property
    def proven(self) -> dict[str, set[str]]:
        """What channels vouch for, by the name of the fact."""
        found: dict[str, set[str]] = {}
        for identity in self.identities:
            for name, value in identity.proven.items():
                found.setdefault(name, set()).add(value)
        return found


async def together(contact: int) -> list[int]:
    """All contacts that are the same person as this one, the one that leads first."""
    row = await Contact.get_or_none(id=contact)
    lead = (row.merged_into if row is not None else None) or contact
    others = await Contact.filter(merged_into=lead).order_by("id").values_list("id", flat=True)
    return [lead, *cast("list[int]", others)]


async def clusters(contacts: Iterable[Contact]) -> dict[int, list[int]]:
    """The same for many at once, by the number of each."""
    leads = {row.id: row.merged_into or row.id for row in contacts}
    others: dict[int, list[int]] = {}
    for row in await Contact.filter(merged_into__in=set(leads.values())).order_by("id"):
        others.setdefault(row.merged_into or 0, []).append(row.id)
    return {one: [lead, *others.get(lead, ())] for one, lead in leads.items()}


async def find(contact: int, told: Collection[str] = ()) -> Person | None:
    """The person behind a contact.

    ``told``: beginnings of keys of further messages that tell others of this person.
    """
    contacts = await together(contact)
    rows = await Contact.filter(id__in=contacts)
    if not rows:
        return None
    threads = await Conversation.filter(contact_id__in=contacts).order_by("id")
    spoken = await Message.filter(contact_id__in=contacts, direction="in").values_list(
        "id", "author"
    )
    said = [int(row[0]) for row in spoken]
    places = [thread.id for thread in threads]
    heard = await _heard(places, said, await _notices(said, told, places))
    return Person(
        contacts=tuple(contacts),
        identities=tuple(await ContactIdentity.filter(contact_id__in=contacts).order_by("id")),
        threads=tuple(threads),
        said=tuple(said),
        heard=heard,
        names=frozenset({*(row.name for row in rows), *(str(row[1]) for row in spoken)} - {""}),
    )


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Few enough at a time for one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def among(column: str, values: Sequence[Any]) -> list[Q]:
    """Conditions that say: the column has one of these values."""
    return [condition(**{f"{column}__in": part}) for part in chunks(values)]


def condition(**limits: Any) -> Q:  # noqa: ANN401 - as of a filter
    """One condition."""
    return Q(**limits)


async def _heard(places: list[int], said: list[int], notices: list[int]) -> tuple[int, ...]:
    found = set(notices)
    for condition in (*among("conversation_id", places), *among("reply_to", said)):
        found |= set(
            cast("list[int]", await Message.filter(condition).values_list("id", flat=True))
        )
    return tuple(sorted(found - set(said)))


async def _notices(said: list[int], told: Collection[str], places: list[int]) -> list[int]:
    """What staff were told of the person: posts of their turns and of what followed from these."""
    keys = [f"m{number}:{post}" for number in said for post in range(POSTS)]
    channels = await Conversation.all().distinct().values_list("channel", flat=True)
    conditions = [Q(one, channel__in=channels) for one in among("key", keys)]
    conditions += [Q(key__startswith=beginning) for beginning in told]
    found: list[int] = []
    for one in conditions:
        rows = Message.filter(one, direction="out").exclude(conversation_id__in=places)
        found += cast("list[int]", await rows.values_list("id", flat=True))
    return found
