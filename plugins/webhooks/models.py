"""Tables of the webhooks plugin."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class WebhookMark(Model):
    """How far the journal was posted to an endpoint: everything up to ``entry``.

    ``failing_since``, ``tries``, ``not_before``: the event behind it does not get through.
    ``holder``, ``lease_until``: which process posts there now, so that the order is kept.
    """

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    entry: int = fields.BigIntField(default=0)
    tries = fields.IntField(default=0)
    failing_since = fields.DatetimeField(null=True)
    not_before = fields.DatetimeField(null=True)
    error = fields.CharField(max_length=80, default="")
    sent_at = fields.DatetimeField(null=True)
    holder = fields.CharField(max_length=40, default="")
    lease_until = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "webhook_mark"


class WebhookParked(Model):
    """An event that an endpoint did not take for so long that the ones behind it went ahead.

    ``again``: somebody asked for it to be posted once more.
    """

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=40)
    entry: int = fields.BigIntField()
    kind = fields.CharField(max_length=60)
    conversation_id: int | None = fields.BigIntField(null=True)
    message_id: int | None = fields.BigIntField(null=True)
    body = fields.TextField()
    error = fields.CharField(max_length=80)
    at = fields.DatetimeField()
    again = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        """An event is put aside once."""

        table = "webhook_parked"
        unique_together = (("name", "entry"),)
