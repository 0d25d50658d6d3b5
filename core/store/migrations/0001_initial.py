from tortoise import migrations
from tortoise.migrations import operations as ops
from core.message import ConversationKind
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index, PartialIndex


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(default="", max_length=200)),
                ("locale", fields.CharField(default="", max_length=16)),
                ("union_id", fields.CharField(default="", db_index=True, max_length=200)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact",
                "app": "core",
                "pk_attr": "id",
                "table_description": "A person, on whatever channels.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContactIdentity",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "contact",
                    fields.ForeignKeyField(
                        "core.Contact",
                        source_field="contact_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="identities",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("channel", fields.CharField(max_length=64)),
                ("external_id", fields.CharField(max_length=200)),
                ("proven", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("gone", fields.BooleanField(default=False)),
            ],
            options={
                "table": "contact_identity",
                "app": "core",
                "unique_together": (("channel", "external_id"),),
                "pk_attr": "id",
                "table_description": "Who a contact is on one channel, with the facts the platform vouches for (proven).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("channel", fields.CharField(max_length=64)),
                ("external_id", fields.CharField(max_length=200)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="DIRECT: direct\nGROUP: group\nLIVE: live",
                        enum_type=ConversationKind,
                        max_length=8,
                    ),
                ),
                (
                    "contact",
                    fields.ForeignKeyField(
                        "core.Contact",
                        source_field="contact_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="conversations",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("owner", fields.CharField(default="bot", max_length=80)),
                ("memory", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("form", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "conversation",
                "app": "core",
                "unique_together": (("channel", "external_id"),),
                "pk_attr": "id",
                "table_description": "A thread on a channel.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Deadline",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("name", fields.CharField(max_length=80)),
                ("key", fields.CharField(max_length=200)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("run_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(default="waiting", max_length=10)),
                (
                    "conversation",
                    fields.ForeignKeyField(
                        "core.Conversation",
                        source_field="conversation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="deadlines",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("data", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("attempts", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=500)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "deadline",
                "app": "core",
                "unique_together": (("name", "key"),),
                "indexes": [Index(fields=["state", "run_at"])],
                "pk_attr": "id",
                "table_description": "At ``due_at`` the handler ``name`` must run once with ``data``.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                (
                    "conversation",
                    fields.ForeignKeyField(
                        "core.Conversation",
                        source_field="conversation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="grants",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("trigger", fields.CharField(max_length=20)),
                ("allowed", fields.IntField(null=True)),
                ("used", fields.IntField(default=0)),
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "quota_grant",
                "app": "core",
                "unique_together": (("conversation_id", "trigger"),),
                "pk_attr": "id",
                "table_description": "What a contact's act still allows us to send: the quota ledger.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("kind", fields.CharField(max_length=60)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("channel", fields.CharField(default="", max_length=64)),
                ("conversation_id", fields.BigIntField(null=True)),
                ("message_id", fields.BigIntField(null=True)),
                ("data", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "journal",
                "app": "core",
                "indexes": [Index(fields=["message_id"]), Index(fields=["kind", "id"])],
                "pk_attr": "id",
                "table_description": "A domain event with an increasing number, written with the change it tells of.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("direction", fields.CharField(max_length=3)),
                ("channel", fields.CharField(max_length=64)),
                ("key", fields.CharField(max_length=255)),
                (
                    "conversation",
                    fields.ForeignKeyField(
                        "core.Conversation",
                        source_field="conversation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "contact",
                    fields.ForeignKeyField(
                        "core.Contact",
                        source_field="contact_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("author", fields.CharField(default="", max_length=80)),
                ("state", fields.CharField(max_length=12)),
                ("text", fields.TextField(default="", unique=False)),
                ("parts", fields.TextField(unique=False)),
                ("context", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=500)),
                ("decision", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("reply_to", fields.BigIntField(null=True)),
                ("recipient", fields.CharField(default="", max_length=200)),
                ("mention", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("platform_id", fields.CharField(default="", max_length=128)),
                ("not_before", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "lease_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("repeatable", fields.BooleanField(default=False)),
            ],
            options={
                "table": "message",
                "app": "core",
                "unique_together": (("channel", "direction", "key"),),
                "indexes": [
                    Index(fields=["conversation_id", "id"]),
                    Index(fields=["reply_to"]),
                    PartialIndex(
                        fields=["id"], name="message_waiting", condition={"state": "accepted"}
                    ),
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
                ],
                "pk_attr": "id",
                "table_description": "The ledger: every message in and out, one row each.",
            },
            bases=["Model"],
        ),
    ]
