"""Tables of the incidents plugin."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

from core.store.models import Contact


class State(StrEnum):
    """Where an incident stands."""

    DRAFT = "draft"  # a surge was noticed: a person looks
    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"  # it was nothing


ACTIVE = (State.DRAFT, State.OPEN)


class Kind(StrEnum):
    """The three triggers of S-187."""

    FAULT = "fault"  # a system does not work (S-200)
    ORDERS = "orders"  # a batch of orders went wrong (S-201)
    OPINION = "opinion"  # people talk about us (S-199)


class Incident(Model):
    """Something that happened to many customers at once, with the three clocks of S-187.

    ``words``: whoever says one of them while it is open asks about it. ``answer``: what they hear.
    ``ticket``, ``ticket_state``: the engineers' own (S-200). ``level`` counts from 0: the index of
    the people in charge. ``rooms``: groups and live rooms that hear of it by name; ``spared``: that
    do not, although it was spoken of there (S-336). ``notes``: what was done, oldest first:
    ``{"at", "by", "text"}``.
    """

    id: int = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=40, unique=True)
    kind = fields.CharEnumField(Kind, max_length=10)
    topic = fields.CharField(max_length=60, default="")
    title = fields.CharField(max_length=200)
    words: list[str] = fields.JSONField(default=list)  # type: ignore[assignment] # JSON
    state = fields.CharEnumField(State, max_length=10, default=State.DRAFT)
    level = fields.IntField(default=0)
    answer = fields.TextField(default="")
    resolution = fields.TextField(default="")
    ticket = fields.CharField(max_length=200, default="")
    ticket_state = fields.CharField(max_length=60, default="")
    noticed_at = fields.DatetimeField()
    opened_at = fields.DatetimeField(null=True)
    soothe_due = fields.DatetimeField(null=True)
    plan_due = fields.DatetimeField(null=True)
    close_due = fields.DatetimeField(null=True)
    soothed_at = fields.DatetimeField(null=True)
    plan_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    rooms: list[int] = fields.JSONField(default=list)  # type: ignore[assignment] # conversations
    spared: list[int] = fields.JSONField(default=list, db_default=SqlDefault("'[]'"))  # type: ignore[assignment]
    notes: list[dict[str, Any]] = fields.JSONField(default=list)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Looked up by what is not over."""

        table = "incident"
        indexes = (Index(fields=["state", "id"]),)


class Affected(Model):
    """One person of an incident, with a stamp for each thing that was done.

    ``source``: how we know (``surge``, ``asked``, ``order``, ``hand``). ``heard_in``: the
    conversation where they spoke of it, 0 for none. ``route``: how the notice went (``direct``,
    ``group``, ``live``), or ``none`` where no way is known.
    """

    id: int = fields.BigIntField(primary_key=True)
    incident: fields.ForeignKeyRelation[Incident] = fields.ForeignKeyField(
        "incidents.Incident", related_name=False
    )
    incident_id: int
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name=False
    )
    contact_id: int
    source = fields.CharField(max_length=10)
    heard_in: int = fields.BigIntField(default=0)
    said = fields.TextField(default="")
    noted_at = fields.DatetimeField()
    route = fields.CharField(max_length=8, default="")
    notified_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """One row a person and incident."""

        table = "incident_affected"
        unique_together = (("incident_id", "contact_id"),)
        indexes = (Index(fields=["contact_id"]),)


class Hit(Model):
    """A message about a topic, kept while it may be part of a surge."""

    id: int = fields.BigIntField(primary_key=True)
    topic = fields.CharField(max_length=60)
    message_id: int = fields.BigIntField()
    contact_id: int = fields.BigIntField()
    conversation_id: int = fields.BigIntField()
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """A message counts once for a topic, however often it is looked at."""

        table = "incident_hit"
        unique_together = (("topic", "message_id"),)
        indexes = (Index(fields=["at"]),)
