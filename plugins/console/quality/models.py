"""Tables of quality inspection; ``plugins/console/models.py`` has them with all others."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Acknowledgement(Model):
    """That somebody of the staff has read how their work is looked at, and in which words."""

    id: int = fields.BigIntField(primary_key=True)
    login = fields.CharField(max_length=40)
    version = fields.CharField(max_length=16)
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Once a person and version."""

        table = "desk_acknowledgement"
        unique_together = (("login", "version"),)


class Consent(Model):
    """What a customer was told of reviews, or said to that: ``told``, ``objected``, ``agreed``."""

    id: int = fields.BigIntField(primary_key=True)
    contact_id: int = fields.BigIntField(db_index=True)
    conversation_id: int = fields.BigIntField()
    kind = fields.CharField(max_length=10, db_index=True)
    text = fields.TextField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Only added to: what was said last holds."""

        table = "desk_consent"


class Draw(Model):
    """One week's sample. From the same seed and pool anybody draws the same again.

    ``week``: its Monday. ``pool``: closing, conversation, agent and weight of all that could have
    been drawn. ``drawn``: the closings that were.
    """

    id: int = fields.BigIntField(primary_key=True)
    week = fields.CharField(max_length=10, unique=True)
    seed = fields.CharField(max_length=32)
    many = fields.IntField()
    pool: list[list[Any]] = fields.JSONField(default=list)  # type: ignore[assignment]
    drawn: list[int] = fields.JSONField(default=list)  # type: ignore[assignment]
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_draw"


class Review(Model):
    """A closed conversation that is looked at: what its agent did from ``since`` to ``until``.

    ``closing`` is the journal's entry. ``why``: reasons beside chance. ``marks``: one a criterion,
    ``name``, ``text``, ``score`` (0 to 5, or null) and ``comment``. ``state``: ``open``,
    ``scored``, ``appealed``, ``settled``.
    """

    id: int = fields.BigIntField(primary_key=True)
    closing: int = fields.BigIntField(unique=True)
    conversation_id: int = fields.BigIntField(db_index=True)
    agent = fields.CharField(max_length=40)
    since = fields.DatetimeField()
    until = fields.DatetimeField()
    why: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    drawn_at = fields.DatetimeField()
    state = fields.CharField(max_length=10, default="open")
    marks: list[dict[str, Any]] = fields.JSONField(default=list)  # type: ignore[assignment]
    comment = fields.TextField(default="")
    by = fields.CharField(max_length=40, default="")
    at = fields.DatetimeField(null=True)
    appeal = fields.TextField(default="")
    appealed_at = fields.DatetimeField(null=True)
    answer = fields.TextField(default="")
    answered_by = fields.CharField(max_length=40, default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Listed by agent and by state."""

        table = "desk_review"
        indexes = (Index(fields=["agent", "state"]), Index(fields=["state", "at"]))
