"""The tables of the FAQ."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault
from tortoise.models import Model

_LIST, _OBJECT = SqlDefault("'[]'"), SqlDefault("'{}'")


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
    # Defaults of the database: these columns came later, and earlier entries have none.
    answers: dict[str, str] = fields.JSONField(default=dict, db_default=_OBJECT)  # type: ignore[assignment] # JSON
    pictures: list[str] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment] # a JSON list
    cards: list[dict[str, str]] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment] # JSON
    products: list[str] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment] # a JSON list
    tests: list[str] = fields.JSONField(default=list, db_default=_LIST)  # type: ignore[assignment] # a JSON list
    owner = fields.CharField(max_length=100, default="", db_default="")
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)
    review_by = fields.DateField(null=True)
    version = fields.IntField(default=1, db_default=1)
    author = fields.CharField(max_length=80, default="", db_default="")  # of this version
    updated_at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Table name."""

        table = "faq_entry"


class EntryVersion(Model):
    """What an entry said before: a row for each version that another one replaced."""

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.CharField(max_length=64)
    number = fields.IntField()
    data: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment] # an Entry
    author = fields.CharField(max_length=80, default="")
    at = fields.DatetimeField()  # when it was published

    class Meta(Model.Meta):
        """One row a version."""

        table = "faq_version"
        unique_together = (("entry_id", "number"),)


class EntryDraft(Model):
    """What an entry shall say once it is published, until then customers hear the old one."""

    id = fields.CharField(max_length=64, primary_key=True)  # of the entry
    data: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment] # an Entry
    author = fields.CharField(max_length=80, default="")
    reviewer = fields.CharField(max_length=80, default="")  # empty: nobody has reviewed it
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Table name."""

        table = "faq_draft"


class LifeQuestion(Model):
    """A question of a real customer that the knowledge did not settle (S-018, S-046).

    ``source``: ``missed``, ``unhelpful``, ``handoff`` (a person was asked for after the answer),
    ``agent`` (a person answered it) or ``transcript``. Open until ``settled_at``; then ``entry_id``
    is the entry that was made of it, or empty when it was dismissed. Texts are masked.
    """

    id: int = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=80, unique=True)  # where it comes from: found only once
    source = fields.CharField(max_length=12)
    text = fields.CharField(max_length=500)
    answer = fields.TextField(default="")  # what a person replied
    blamed = fields.CharField(max_length=64, default="")  # the entry whose answer did not help
    at = fields.DatetimeField(db_index=True)
    settled_at = fields.DatetimeField(null=True)
    entry_id = fields.CharField(max_length=64, default="", db_index=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "faq_question"


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
