from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from plugins.incidents.models import Kind, State
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0001_initial'), ('core', '0002_shared_work'), ('core', '0003_channel_notes'), ('core', '0004_contacts')]

    initial = True

    operations = [
        ops.CreateModel(
            name='Hit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('topic', fields.CharField(max_length=60)),
                ('message_id', fields.BigIntField()),
                ('contact_id', fields.BigIntField()),
                ('conversation_id', fields.BigIntField()),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'incident_hit', 'app': 'incidents', 'unique_together': (('topic', 'message_id'),), 'indexes': [Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'A message about a topic, kept while it may be part of a surge.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Incident',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('kind', fields.CharEnumField(description='FAULT: fault\nORDERS: orders\nOPINION: opinion', enum_type=Kind, max_length=10)),
                ('topic', fields.CharField(default='', max_length=60)),
                ('title', fields.CharField(max_length=200)),
                ('words', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('state', fields.CharEnumField(default=State.DRAFT, description='DRAFT: draft\nOPEN: open\nRESOLVED: resolved\nDISMISSED: dismissed', enum_type=State, max_length=10)),
                ('level', fields.IntField(default=0)),
                ('answer', fields.TextField(default='', unique=False)),
                ('resolution', fields.TextField(default='', unique=False)),
                ('ticket', fields.CharField(default='', max_length=200)),
                ('ticket_state', fields.CharField(default='', max_length=60)),
                ('noticed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opened_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('soothe_due', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('plan_due', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('close_due', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('soothed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('plan_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('rooms', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('notes', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'incident', 'app': 'incidents', 'indexes': [Index(fields=['state', 'id'])], 'pk_attr': 'id', 'table_description': 'Something that happened to many customers at once, with the three clocks of S-187.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Affected',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('incident', fields.ForeignKeyField('incidents.Incident', source_field='incident_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('contact', fields.ForeignKeyField('core.Contact', source_field='contact_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('source', fields.CharField(max_length=10)),
                ('heard_in', fields.BigIntField(default=0)),
                ('said', fields.TextField(default='', unique=False)),
                ('noted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('route', fields.CharField(default='', max_length=8)),
                ('notified_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'incident_affected', 'app': 'incidents', 'unique_together': (('incident_id', 'contact_id'),), 'indexes': [Index(fields=['contact_id'])], 'pk_attr': 'id', 'table_description': 'One person of an incident, with a stamp for each thing that was done.'},
            bases=['Model'],
        ),
    ]
