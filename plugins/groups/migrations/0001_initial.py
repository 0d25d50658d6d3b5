from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from plugins.groups.models import Fate, SlotState
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='GroupPost',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=200)),
                ('slot', fields.CharField(max_length=60)),
                ('group', fields.CharField(max_length=100)),
                ('fate', fields.CharEnumField(description='POSTED: posted\nREHEARSED: rehearsed\nREFUSED: refused\nSKIPPED: skipped', enum_type=Fate, max_length=10)),
                ('reason', fields.TextField(default='', unique=False)),
                ('text', fields.TextField(unique=False)),
                ('planned_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seat', fields.CharField(null=True, unique=True, max_length=140)),
            ],
            options={'table': 'group_post', 'app': 'groups', 'indexes': [Index(fields=['group', 'fate', 'planned_at'])], 'pk_attr': 'id', 'table_description': 'The log: one row for each slot, occurrence and group (``key``), so never two.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Slot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=60)),
                ('groups', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('day', fields.IntField(null=True)),
                ('clock', fields.CharField(default='', max_length=5)),
                ('state', fields.CharEnumField(default=SlotState.ACTIVE, description='ACTIVE: active\nDONE: done\nCANCELLED: cancelled', enum_type=SlotState, max_length=10)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'group_slot', 'app': 'groups', 'pk_attr': 'id', 'table_description': 'A slot added by command: once (``at``) or every week (``day`` 0..6 and ``clock`` "HH:MM").'},
            bases=['Model'],
        ),
    ]
