"""Tables of the compensation plugin. Money is in fen."""

from __future__ import annotations

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from core.store.models import Contact


class Stage(StrEnum):
    """How far a decision has come; it only goes forward."""

    PROPOSED = "proposed"  # waits for a second pair of eyes
    APPROVED = "approved"  # is being handed out
    GRANTED = "granted"
    REFUSED = "refused"


class Proposal(Model):
    """One decision: so much for each of these people, because of one ``cause``.

    ``cause``: ``incident:<number>`` or ``complaint:<number>``. ``people``: numbers of contacts.
    ``priority``: their orders go out first (S-191). ``why``: what was said when it was refused.
    """

    id: int = fields.BigIntField(primary_key=True)
    number = fields.CharField(max_length=40, unique=True)
    cause = fields.CharField(max_length=60, db_index=True)
    fen = fields.IntField(default=0)
    priority = fields.BooleanField(default=False)
    people: list[int] = fields.JSONField(default=list)  # type: ignore[assignment] # JSON
    reason = fields.TextField()
    state = fields.CharEnumField(Stage, max_length=10, default=Stage.PROPOSED)
    proposed_by = fields.CharField(max_length=80)
    proposed_at = fields.DatetimeField()
    settled_by = fields.CharField(max_length=80, default="")
    settled_at = fields.DatetimeField(null=True)
    why = fields.TextField(default="")

    @property
    def total(self) -> int:
        """Fen for all of them together."""
        return self.fen * len(self.people)

    class Meta(Model.Meta):
        """Looked up by what waits."""

        table = "compensation_proposal"
        indexes = (Index(fields=["state", "id"]),)


class Grant(Model):
    """What one person got for one cause: once, whatever happens."""

    id: int = fields.BigIntField(primary_key=True)
    proposal = fields.CharField(max_length=40, db_index=True)  # its number
    cause = fields.CharField(max_length=60)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name=False
    )
    contact_id: int
    fen = fields.IntField(default=0)
    priority = fields.BooleanField(default=False)
    code = fields.CharField(max_length=20, unique=True)
    granted_at = fields.DatetimeField()
    until = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    used_by = fields.CharField(max_length=80, default="")

    class Meta(Model.Meta):
        """The unique key is the promise that nobody is compensated twice for one thing."""

        table = "compensation_grant"
        unique_together = (("cause", "contact_id"),)
