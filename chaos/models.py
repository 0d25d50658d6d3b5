"""The kit's own table: every effect leaves a row, and nothing forbids a second one."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

HEARD, LATER = "heard", "later"


class Effect(Model):
    """``kind`` happened for the message ``key`` of ``channel``, and must not happen again."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=20)

    class Meta(Model.Meta):
        """No unique key: the shop has to keep the promise, not the engine."""

        table = "chaos_effect"
