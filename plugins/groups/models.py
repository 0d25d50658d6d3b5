"""Tables of the groups plugin."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import Index
from tortoise.models import Model

_OBJECT, _LIST = SqlDefault("'{}'"), SqlDefault("'[]'")


class SlotState(StrEnum):
    """Whether an added slot still posts."""

    ACTIVE = "active"
    DONE = "done"
    CANCELLED = "cancelled"


class Fate(StrEnum):
    """What became of one post to one group."""

    POSTED = "posted"  # queued for delivery; the ledger tells the rest
    REHEARSED = "rehearsed"  # a dry run: would have been posted
    REFUSED = "refused"
    SKIPPED = "skipped"  # too late


class Stage(StrEnum):
    """How far a post is where members must confirm it before it goes out."""

    DIRECT = "direct"  # it goes out by itself
    CREATED = "created"  # a task was made, nobody has confirmed it
    PARTLY = "partly"
    SENT = "sent"
    EXPIRED = "expired"  # called off: not confirmed in time


class Slot(Model):
    """A slot added by command: once (``at``) or every week (``day`` 0..6 and ``clock`` "HH:MM")."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=60, unique=True)
    groups: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    text = fields.TextField()
    at = fields.DatetimeField(null=True)
    day = fields.IntField(null=True)
    clock = fields.CharField(max_length=5, default="")
    state = fields.CharEnumField(SlotState, max_length=10, default=SlotState.ACTIVE)
    created_at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Its own table."""

        table = "group_slot"


class GroupPost(Model):
    """The log: one row for each slot, occurrence and group (``key``), so never two.

    ``seat`` is the place in the group's day that a post takes. It is unique, so that two slots at
    the same moment cannot both take the last one: the later tries again and finds it used up.
    ``task`` is what the platform calls it where members must confirm; ``confirmed`` and ``waiting``
    are those members.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=200, unique=True)
    slot = fields.CharField(max_length=60)
    group = fields.CharField(max_length=100)
    fate = fields.CharEnumField(Fate, max_length=10)
    reason = fields.TextField(default="")
    text = fields.TextField()
    planned_at = fields.DatetimeField()
    at = fields.DatetimeField()
    seat = fields.CharField(max_length=140, null=True, unique=True)
    # Defaults of the database: the columns came later, and posts of earlier versions have none.
    stage = fields.CharEnumField(
        Stage, max_length=10, default=Stage.DIRECT, db_default=Stage.DIRECT
    )
    task: dict[str, Any] = fields.JSONField(default=dict, db_default=_OBJECT)  # type: ignore[assignment]
    confirmed: list[str] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment]
    waiting: list[str] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Counted by group and time."""

        table = "group_post"
        indexes = (Index(fields=["group", "fate", "planned_at"]),)
