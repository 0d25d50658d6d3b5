from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from plugins.compensation.models import Stage
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0004_contacts')]

    initial = True

    operations = [
        ops.CreateModel(
            name='Grant',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('proposal', fields.CharField(db_index=True, max_length=40)),
                ('cause', fields.CharField(max_length=60)),
                ('contact', fields.ForeignKeyField('core.Contact', source_field='contact_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('fen', fields.IntField(default=0)),
                ('priority', fields.BooleanField(default=False)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('used_by', fields.CharField(default='', max_length=80)),
            ],
            options={'table': 'compensation_grant', 'app': 'compensation', 'unique_together': (('cause', 'contact_id'),), 'pk_attr': 'id', 'table_description': 'What one person got for one cause: once, whatever happens.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Proposal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('cause', fields.CharField(db_index=True, max_length=60)),
                ('fen', fields.IntField(default=0)),
                ('priority', fields.BooleanField(default=False)),
                ('people', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('reason', fields.TextField(unique=False)),
                ('state', fields.CharEnumField(default=Stage.PROPOSED, description='PROPOSED: proposed\nAPPROVED: approved\nGRANTED: granted\nREFUSED: refused', enum_type=Stage, max_length=10)),
                ('proposed_by', fields.CharField(max_length=80)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_by', fields.CharField(default='', max_length=80)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('why', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'compensation_proposal', 'app': 'compensation', 'indexes': [Index(fields=['state', 'id'])], 'pk_attr': 'id', 'table_description': 'One decision: so much for each of these people, because of one ``cause``.'},
            bases=['Model'],
        ),
    ]
