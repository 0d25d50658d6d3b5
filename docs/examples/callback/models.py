"""The plugin's own table."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Callback(Model):
    """A wish to be called; ``cause`` is the ledger's number of the message that completed it."""

    id: int = fields.BigIntField(primary_key=True)
    cause: int = fields.BigIntField(unique=True)
    phone = fields.CharField(max_length=20)
    name = fields.CharField(max_length=200, default="")
    asked_at = fields.DatetimeField()
    called_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name: begin it with the plugin's."""

        table = "callback_wish"
