"""Tables of the complaints plugin."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from core.store.models import Contact, Conversation


class State(StrEnum):
    """How far a complaint has come; it only goes forward."""

    OPEN = "open"
    SOOTHED = "soothed"
    PLANNED = "planned"
    CLOSED = "closed"


class Complaint(Model):
    """One customer's complaint, with its three clocks and the stamps that stop them.

    ``level`` counts from 0: the index of the people in charge. ``notes`` is what was said and done,
    oldest first: ``{"at", "by", "text"}``.
    """

    id = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=40, unique=True)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "core.Conversation", related_name=False
    )
    conversation_id: int
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name=False
    )
    contact_id: int
    kind = fields.CharField(max_length=20)
    severity = fields.IntField()
    state = fields.CharEnumField(State, max_length=10, default=State.OPEN)
    level = fields.IntField(default=0)
    opened_at = fields.DatetimeField()
    soothe_due = fields.DatetimeField()
    plan_due = fields.DatetimeField()
    close_due = fields.DatetimeField()
    soothed_at = fields.DatetimeField(null=True)
    plan_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    follow_up_on = fields.DateField(null=True)
    cause = fields.CharField(max_length=20, default="", db_default="")  # S-167: one of four
    blame = fields.TextField(default="", db_default="")  # S-177: who answers for it
    solution = fields.TextField(default="", db_default="")
    notes: list[dict[str, Any]] = fields.JSONField(default=list)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Looked up by customer and by what is still open."""

        table = "complaint"
        indexes = (Index(fields=["contact_id", "state"]), Index(fields=["state", "opened_at"]))


class ComplaintLead(Model):
    """A complaint heard in public: told to staff, not discussed there."""

    id = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    contact_id: int = fields.BigIntField()
    severity = fields.IntField()
    kind = fields.CharField(max_length=20)
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Looked up to tell of a viewer once in a while only."""

        table = "complaint_lead"
        indexes = (Index(fields=["conversation_id", "contact_id", "at"]),)


class Result(StrEnum):
    """What a follow-up found (S-178)."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    UNREACHED = "unreached"  # to be tried again tomorrow


class FollowUp(Model):
    """The task to ask a customer again after closing, and what came of it."""

    id: int = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=40, unique=True)  # the complaint's
    contact_id: int = fields.BigIntField(db_index=True)
    due_on = fields.DateField()
    tries = fields.IntField(default=0)
    result = fields.CharField(max_length=12, default="")
    text = fields.TextField(default="")
    by = fields.CharField(max_length=80, default="")
    done_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Looked up by what is due."""

        table = "complaint_follow_up"
        indexes = (Index(fields=["done_at", "due_on"]),)
