from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Agent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('login', fields.CharField(unique=True, max_length=40)),
                ('name', fields.CharField(default='', max_length=80)),
                ('state', fields.CharField(default='offline', max_length=10)),
                ('capacity', fields.IntField(default=8)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_given', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'handoff_agent', 'app': 'handoff', 'pk_attr': 'id', 'table_description': 'Whether somebody takes conversations now. ``state``: online, busy, away or offline.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Wait',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('reason', fields.CharField(max_length=40)),
                ('points', fields.IntField(default=0)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_by', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'handoff_wait', 'app': 'handoff', 'indexes': [Index(fields=['left_at']), Index(fields=['conversation_id', 'left_at'])], 'pk_attr': 'id', 'table_description': 'One stay in the queue. ``points``: how urgent, beside the time. ``taken_by``: a login.'},
            bases=['Model'],
        ),
    ]
