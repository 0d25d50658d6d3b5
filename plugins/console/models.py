"""Tables of the desk."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from plugins.console.numbers import models as numbers
from plugins.console.quality import models as quality

Acknowledgement, Consent, Draw, Review = (  # they have a file of their own
    quality.Acknowledgement,
    quality.Consent,
    quality.Draw,
    quality.Review,
)
Enquiry, Outcome, Report = numbers.Enquiry, numbers.Outcome, numbers.Report  # likewise


class Staff(Model):
    """Somebody who may sign in. ``password`` is an argon2 hash, ``totp`` the secret in use."""

    id: int = fields.BigIntField(primary_key=True)
    login = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    password = fields.CharField(max_length=200)
    roles: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    totp = fields.CharField(max_length=64, default="")
    totp_offered = fields.CharField(max_length=64, default="")
    totp_used: int = fields.BigIntField(default=0)  # the last time step used: a code opens once
    active = fields.BooleanField(default=True)
    capacity = fields.IntField(default=8)
    wrong = fields.IntField(default=0)
    wrong_since = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_staff"


class StaffSession(Model):
    """One browser that is signed in. Only a hash of its token is kept."""

    id: int = fields.BigIntField(primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "console.Staff", related_name="sessions"
    )
    staff_id: int
    token = fields.CharField(max_length=64, unique=True)
    csrf = fields.CharField(max_length=64)
    agent = fields.CharField(max_length=200, default="")
    address = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_session"


class AuditLine(Model):
    """Who did what, chained. ``before`` is the line before's hash, unique so no chain can fork."""

    id: int = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    who = fields.CharField(max_length=40)
    act = fields.CharField(max_length=60)
    about = fields.CharField(max_length=120, default="")
    data: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    before = fields.CharField(max_length=64, unique=True)
    hash = fields.CharField(max_length=64, unique=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_audit"


class Thread(Model):
    """A conversation as a list shows it, folded from the ledger and the journal by the tail.

    ``inbound`` counts what the customer said. ``waiting_since``: the first word that nobody has
    answered. ``asked_at``: a person was asked for; ``answered_at``: a person's first word after it.
    ``snoozed_until``: out of sight until then, or the customer's next word.
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField(unique=True)
    channel = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=8)
    contact_id: int | None = fields.BigIntField(null=True)
    owner = fields.CharField(max_length=80, default="bot")
    last_message: int = fields.BigIntField(default=0)
    last_at = fields.DatetimeField()
    preview = fields.CharField(max_length=120, default="")
    preview_by = fields.CharField(max_length=10, default="")
    inbound = fields.IntField(default=0)
    emotion = fields.IntField(default=0)
    waiting_since = fields.DatetimeField(null=True)
    asked_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=40, default="")
    closed_at = fields.DatetimeField(null=True)
    snoozed_until = fields.DatetimeField(null=True)
    clocks: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Listed by owner and by age."""

        table = "desk_thread"
        indexes = (
            Index(fields=["owner", "last_at"]),
            Index(fields=["kind", "last_at"]),
            Index(fields=["contact_id"]),
        )


class Mark(Model):
    """How far a reader of ledger and journal has come."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    message: int = fields.BigIntField(default=0)
    entry: int = fields.BigIntField(default=0)

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_mark"


class Tally(Model):
    """Numbers by day, hour, channel and agent, as a histogram: one row a bucket of values."""

    id: int = fields.BigIntField(primary_key=True)
    day = fields.CharField(max_length=10)  # shop time, ISO
    hour = fields.IntField()
    channel = fields.CharField(max_length=64)
    agent = fields.CharField(max_length=40)
    metric = fields.CharField(max_length=30)
    bucket = fields.IntField()  # see buckets.py
    count: int = fields.BigIntField(default=0)
    total: int = fields.BigIntField(default=0)  # whole seconds, or what the metric counts

    class Meta(Model.Meta):
        """One row a place and bucket."""

        table = "desk_tally"
        unique_together = (("day", "hour", "channel", "agent", "metric", "bucket"),)


class Note(Model):
    """What staff write to each other about a conversation, out of sight of customers.

    ``kind``: ``note``, ``whisper`` (to the owner) or ``consult`` (a question to a colleague).
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField(db_index=True)
    by = fields.CharField(max_length=40)
    text = fields.TextField()
    mention: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=10, default="note", db_default="note")

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_note"


class Guest(Model):
    """Somebody in a conversation that is a colleague's.

    ``part``: ``consult`` (asked, answers among staff), ``observe`` or ``join`` (speaks too).
    """

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    login = fields.CharField(max_length=40)
    part = fields.CharField(max_length=10)
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """One part a person and conversation; a row that is gone was ended."""

        table = "desk_guest"
        unique_together = (("conversation_id", "login"),)


class Promise(Model):
    """What was promised from a moment on: the settings of the SLA and the zone, as JSON."""

    id: int = fields.BigIntField(primary_key=True)
    since = fields.DatetimeField(unique=True)
    terms: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_promise"


class Place(Model):
    """Where somebody is in a conversation: what was seen (``inbound`` words), and a draft."""

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField()
    login = fields.CharField(max_length=40)
    message: int = fields.BigIntField(default=0)
    inbound = fields.IntField(default=0)
    draft = fields.TextField(default="")

    class Meta(Model.Meta):
        """One row a person and conversation."""

        table = "desk_place"
        unique_together = (("conversation_id", "login"),)


class ContactCard(Model):
    """What staff know of a contact."""

    id: int = fields.BigIntField(primary_key=True)
    contact_id: int = fields.BigIntField(unique=True)
    tier = fields.IntField(default=0)
    tags: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    remark = fields.TextField(default="")

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_contact"


class Canned(Model):
    """A ready answer, written by its shortcut."""

    id: int = fields.BigIntField(primary_key=True)
    shortcut = fields.CharField(max_length=40, unique=True)
    title = fields.CharField(max_length=80)
    text = fields.TextField()
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_canned"


class Override(Model):
    """A setting that somebody changed while the shop was open, over the file's value."""

    id: int = fields.BigIntField(primary_key=True)
    plugin = fields.CharField(max_length=40)
    key = fields.CharField(max_length=80)
    value: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment] # "is": JSON
    by = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta(Model.Meta):
        """One row a setting; a row that is gone is the file's value."""

        table = "desk_override"
        unique_together = (("plugin", "key"),)


class Rating(Model):
    """A customer's word after closing. ``score`` is 1 to 5, null while it is asked for."""

    id: int = fields.BigIntField(primary_key=True)
    conversation_id: int = fields.BigIntField(db_index=True)
    contact_id: int | None = fields.BigIntField(null=True, db_index=True)
    agent = fields.CharField(max_length=40, default="")
    asked_at = fields.DatetimeField()
    score = fields.IntField(null=True)
    comment = fields.TextField(default="")
    at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "desk_rating"
