from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from plugins.complaints.models import State
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_initial")]

    operations = [
        ops.CreateModel(
            name='Complaint',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('conversation', fields.ForeignKeyField('core.Conversation', source_field='conversation_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('contact', fields.ForeignKeyField('core.Contact', source_field='contact_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=20)),
                ('severity', fields.IntField()),
                ('state', fields.CharEnumField(default=State.OPEN, description='OPEN: open\nSOOTHED: soothed\nPLANNED: planned\nCLOSED: closed', enum_type=State, max_length=10)),
                ('level', fields.IntField(default=0)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('soothe_due', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('plan_due', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('close_due', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('soothed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('plan_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('follow_up_on', fields.DateField(null=True)),
                ('notes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'complaint', 'app': 'complaints', 'indexes': [Index(fields=['contact_id', 'state']), Index(fields=['state', 'opened_at'])], 'pk_attr': 'id', 'table_description': "One customer's complaint, with its three clocks and the stamps that stop them."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ComplaintLead',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('contact_id', fields.BigIntField()),
                ('severity', fields.IntField()),
                ('kind', fields.CharField(max_length=20)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'complaint_lead', 'app': 'complaints', 'indexes': [Index(fields=['conversation_id', 'contact_id', 'at'])], 'pk_attr': 'id', 'table_description': 'A complaint heard in public: told to staff, not discussed there.'},
            bases=['Model'],
        ),
    ]
