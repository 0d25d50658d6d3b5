"""The core's tables. Plugins refer to them as ``core.Contact``, ``core.Conversation``, ...

States only move forward; ``core/store/states.py`` says how. Times are aware UTC.
"""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.indexes import Index, PartialIndex
from tortoise.models import Model

from core.message import ID, KEY, NAME, OWNER, ConversationKind


class Contact(Model):
    """A person, on whatever channels.

    ``merged_into``: staff found that this is the same person as another contact. Nothing moves:
    whoever reads asks :func:`core.contacts.person.together`. ``erased_at``: what was known of them
    is gone, and the row is only counted.
    """

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=NAME, default="")
    locale = fields.CharField(max_length=16, default="")
    union_id = fields.CharField(max_length=ID, default="", db_index=True)
    created_at = fields.DatetimeField()
    merged_into: int | None = fields.BigIntField(null=True)
    erased_at = fields.DatetimeField(null=True)
    identities: fields.ReverseRelation[ContactIdentity]

    class Meta(Model.Meta):
        """The others of a person are looked up by whom they lead to."""

        table = "contact"
        indexes = (Index(fields=["merged_into"]),)


class ContactMerge(Model):
    """That a contact was found to be another one. Those not undone, in order, say who leads."""

    id: int = fields.BigIntField(primary_key=True)
    contact_id: int = fields.BigIntField(db_index=True)
    into_id: int = fields.BigIntField(db_index=True)
    by = fields.CharField(max_length=80)
    at = fields.DatetimeField()
    undone_by = fields.CharField(max_length=80, default="")
    undone_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """Table name."""

        table = "contact_merge"


class ContactIdentity(Model):
    """Who a contact is on one channel, with the facts the platform vouches for (proven)."""

    id: int = fields.BigIntField(primary_key=True)
    contact: fields.ForeignKeyRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name="identities"
    )
    contact_id: int
    channel = fields.CharField(max_length=64)
    external_id = fields.CharField(max_length=ID)
    proven: dict[str, str] = fields.JSONField(default=dict)  # type: ignore[assignment]
    gone = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        """One row a person and channel."""

        table = "contact_identity"
        unique_together = (("channel", "external_id"),)


class Conversation(Model):
    """A thread on a channel.

    ``owner``: ``bot``, ``queue`` or ``agent:<name>``. ``memory``: what plugins remember here, by
    plugin name. ``form``: the open form, if one is half filled (see :mod:`core.forms`).
    """

    id: int = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=64)
    external_id = fields.CharField(max_length=ID)
    kind = fields.CharEnumField(ConversationKind, max_length=8)
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name="conversations", null=True
    )
    contact_id: int | None
    owner = fields.CharField(max_length=OWNER, default="bot")
    memory: dict[str, dict[str, Any]] = fields.JSONField(default=dict)  # type: ignore[assignment]
    form: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    created_at = fields.DatetimeField()

    class Meta(Model.Meta):
        """One row a thread."""

        table = "conversation"
        unique_together = (("channel", "external_id"),)


class Message(Model):
    """The ledger: every message in and out, one row each."""

    id: int = fields.BigIntField(primary_key=True)
    direction = fields.CharField(max_length=3)  # "in" or "out"
    channel = fields.CharField(max_length=64)
    key = fields.CharField(max_length=KEY)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "core.Conversation", related_name="messages"
    )
    conversation_id: int
    contact: fields.ForeignKeyNullableRelation[Contact] = fields.ForeignKeyField(
        "core.Contact", related_name="messages", null=True
    )
    contact_id: int | None
    author = fields.CharField(max_length=80, default="")  # who wrote it: bot, agent:<name>, ...
    state = fields.CharField(max_length=12)
    text = fields.TextField(default="")
    parts = fields.TextField()  # JSON of core.parts
    context: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    at = fields.DatetimeField()  # accepted or queued
    sent_at = fields.DatetimeField(null=True)  # the platform's time in; ours out
    done_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    error = fields.CharField(max_length=500, default="")
    decision: dict[str, Any] | None = fields.JSONField(null=True)  # type: ignore[assignment]
    reply_to = fields.BigIntField(null=True)  # the inbound row an outbound answers
    recipient = fields.CharField(max_length=ID, default="")
    mention: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    platform_id = fields.CharField(max_length=128, default="")
    not_before = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)
    repeatable = fields.BooleanField(default=False)

    class Meta(Model.Meta):
        """The unique key is the promise that nothing is handled or queued twice."""

        table = "message"
        unique_together = (("channel", "direction", "key"),)
        indexes = (
            Index(fields=["conversation_id", "id"]),
            Index(fields=["reply_to"]),
            PartialIndex(fields=["id"], name="message_waiting", condition={"state": "accepted"}),
            PartialIndex(
                fields=["conversation_id", "id"],
                name="message_queued",
                condition={"state": "queued"},
            ),
            PartialIndex(
                fields=["conversation_id", "id"],
                name="message_sending",
                condition={"state": "sending"},
            ),
            PartialIndex(
                fields=["not_before"], name="message_later", condition={"state": "queued"}
            ),
            *(  # few rows, looked for by people; among ten million others
                PartialIndex(fields=["id"], name=f"message_{state}", condition={"state": state})
                for state in ("failed", "unknown", "expired", "cancelled")
            ),
        )


class Deadline(Model):
    """At ``due_at`` the handler ``name`` must run once with ``data``."""

    id: int = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=80)  # "<plugin>.<handler>"
    key = fields.CharField(max_length=200)
    due_at = fields.DatetimeField()  # when it should happen
    run_at = fields.DatetimeField()  # when it is tried next
    state = fields.CharField(
        max_length=10, default="waiting"
    )  # waiting, done, cancelled, skipped, failed
    conversation: fields.ForeignKeyNullableRelation[Conversation] = fields.ForeignKeyField(
        "core.Conversation", related_name="deadlines", null=True
    )
    conversation_id: int | None
    data: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    attempts = fields.IntField(default=0)
    error = fields.CharField(max_length=500, default="")
    done_at = fields.DatetimeField(null=True)

    class Meta(Model.Meta):
        """One row a name and key: setting it again moves it."""

        table = "deadline"
        unique_together = (("name", "key"),)
        indexes = (Index(fields=["state", "run_at"]),)


class JournalEntry(Model):
    """A domain event with an increasing number, written with the change it tells of."""

    id: int = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=60)
    at = fields.DatetimeField()
    channel = fields.CharField(max_length=64, default="")
    conversation_id = fields.BigIntField(null=True)
    message_id = fields.BigIntField(null=True)
    data: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]

    class Meta(Model.Meta):
        """Read by number, by message and by kind."""

        table = "journal"
        indexes = (Index(fields=["message_id"]), Index(fields=["kind", "id"]))


class ChannelNote(Model):
    """What an adapter keeps for itself: a cursor, say."""

    id: int = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=64)
    name = fields.CharField(max_length=100)
    value = fields.TextField()

    class Meta(Model.Meta):
        """One row a name."""

        table = "channel_note"
        unique_together = (("channel", "name"),)


class Grant(Model):
    """What a contact's act still allows us to send: the quota ledger."""

    id: int = fields.BigIntField(primary_key=True)
    conversation: fields.ForeignKeyRelation[Conversation] = fields.ForeignKeyField(
        "core.Conversation", related_name="grants"
    )
    conversation_id: int
    trigger = fields.CharField(max_length=20)
    allowed = fields.IntField(null=True)  # null: unlimited
    used = fields.IntField(default=0)
    until = fields.DatetimeField()

    class Meta(Model.Meta):
        """The newest act of a kind replaces the one before."""

        table = "quota_grant"
        unique_together = (("conversation_id", "trigger"),)
