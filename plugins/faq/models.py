"""The tables of the FAQ."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class KnowledgeEntry(Model):
    """A row for each knowledge entry, see :class:`plugins.faq.entry.Entry`."""

    id = fields.CharField(max_length=64, primary_key=True)
    category = fields.CharField(max_length=100, default="")
    category_code = fields.CharField(max_length=50, default="")
    stage = fields.CharField(max_length=20, default="")
    question = fields.CharField(max_length=500)
    similar: list[str] = fields.JSONField(default=list)  # type: ignore[assignment] # a JSON list
    answer = fields.TextField()
    keywords: list[str] = fields.JSONField(default=list)  # type: ignore[assignment] # a JSON list
    enabled = fields.BooleanField(default=True)
    updated_at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Table name."""

        table = "faq_entry"


class Feedback(Model):
    """What a customer thought of one answer, the latest word on it counts."""

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.CharField(max_length=64, db_index=True)
    conversation_id = fields.BigIntField()
    message_id = fields.BigIntField()  # the question that was answered
    useful = fields.BooleanField()
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """One verdict a question."""

        table = "faq_feedback"
        unique_together = (("message_id", "entry_id"),)
