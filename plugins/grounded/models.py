"""What was spent on a model, so that a restart does not forget it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

SHOP = 0  # instead of a contact: all of them together


class Spending(Model):
    """A row for each day of the shop and contact, and one for the day as a whole."""

    id = fields.BigIntField(primary_key=True)
    day = fields.IntField()  # 20261123
    contact_id = fields.BigIntField()  # SHOP: everybody
    requests = fields.IntField(default=0)
    tokens = fields.IntField(default=0)

    class Meta(Model.Meta):
        """Table name; one row for each day and contact."""

        table = "grounded_spending"
        unique_together = (("day", "contact_id"),)
