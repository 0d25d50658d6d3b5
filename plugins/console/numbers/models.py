"""Tables of the numbers: enquiries, what they count for, and the reports that are kept."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Enquiry(Model):
    """What a customer came for, once, and what became of it (``numbers/enquiries.py``).

    ``number``: the how manieth of its conversation. ``turn``: the how manieth time the customer
    comes within a week each; ``returned``: and came again after this. ``reopened``: a person was
    asked for again after it was closed. ``missed``: asked in vain. ``passed``: it left the bot.
    ``late``: a person's first word took more than five minutes.
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    number = fields.IntField()
    contact_id: int | None = fields.BigIntField(null=True)
    channel = fields.CharField(max_length=64)
    began_at = fields.DatetimeField()
    last_at = fields.DatetimeField()
    topic = fields.CharField(max_length=80, default="")
    agent = fields.CharField(max_length=40, default="")
    turn = fields.IntField(default=1)
    reopened = fields.IntField(default=0)
    returned = fields.BooleanField(default=False)
    missed = fields.BooleanField(default=False)
    passed = fields.BooleanField(default=False)
    late = fields.BooleanField(default=False)
    complained = fields.BooleanField(default=False)
    soothed = fields.BooleanField(default=False)
    bot_at = fields.DatetimeField(null=True)
    asked_at = fields.DatetimeField(null=True)
    taken_at = fields.DatetimeField(null=True)
    replied_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    result = fields.CharField(max_length=12, default="")
    score = fields.IntField(null=True)

    class Meta(Model.Meta):
        """The newest of a conversation and of a contact go on; listed by their beginning."""

        table = "desk_enquiry"
        unique_together = (("conversation_id", "number"),)
        indexes = (Index(fields=["contact_id"]), Index(fields=["began_at"]))


class Outcome(Model):
    """What enquiries counted for, by where they began and what they were about."""

    id: int = fields.BigIntField(primary_key=True)
    day = fields.CharField(max_length=10)  # shop time, ISO
    hour = fields.IntField()
    channel = fields.CharField(max_length=64)
    agent = fields.CharField(max_length=40)
    topic = fields.CharField(max_length=80)
    metric = fields.CharField(max_length=30)
    bucket = fields.IntField()  # see buckets.py
    count: int = fields.BigIntField(default=0)
    total: int = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        """One row a place and bucket; a row that counts nothing is gone."""

        table = "desk_outcome"
        unique_together = (("day", "hour", "channel", "agent", "topic", "metric", "bucket"),)


class Report(Model):
    """A page for management that came by itself, as it was read then."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=10)  # week, month
    begin = fields.DateField()
    end = fields.DateField()
    made_at = fields.DatetimeField()
    html = fields.TextField()

    class Meta(Model.Meta):
        """One row a week or month."""

        table = "desk_report"
        unique_together = (("kind", "begin"),)
