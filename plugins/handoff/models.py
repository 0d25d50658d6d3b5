"""Tables of the handoff."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Agent(Model):
    """Whether somebody takes conversations now. ``state``: online, busy, away or offline.

    ``last_given`` settles round robin: whoever was given one longest ago is next. ``skills``: what
    somebody can do that not everybody can.
    """

    id: int = fields.BigIntField(primary_key=True)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80, default="")
    state = fields.CharField(max_length=10, default="offline")
    capacity = fields.IntField(default=8)
    since = fields.DatetimeField()
    last_given = fields.DatetimeField(null=True)
    skills: list[str] = fields.JSONField(default=list, db_default=[])  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Table name."""

        table = "handoff_agent"


class Wait(Model):
    """One stay in the queue. ``points``: how urgent, beside the time. ``taken_by``: a login.

    ``topic``: what it is about, such as a complaint's kind. ``emotion``: 0 to 3. ``skill``: who is
    wanted. ``tier``: the customer's value. ``weighed``: points and skill are known.
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    reason = fields.CharField(max_length=40)
    points = fields.IntField(default=0)
    asked_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)
    taken_by = fields.CharField(max_length=40, default="")
    topic = fields.CharField(max_length=40, default="", db_default="")
    emotion = fields.IntField(default=0, db_default=0)
    tier = fields.IntField(default=0, db_default=0)
    skill = fields.CharField(max_length=40, default="", db_default="")
    weighed = fields.BooleanField(default=False, db_default=False)

    class Meta(Model.Meta):
        """Looked up by who still waits, and by who was taken lately."""

        table = "handoff_wait"
        indexes = (Index(fields=["left_at"]), Index(fields=["conversation_id", "left_at"]))
