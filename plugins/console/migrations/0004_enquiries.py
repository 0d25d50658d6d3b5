from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('console', '0003_settings')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Enquiry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('number', fields.IntField()),
                ('contact_id', fields.BigIntField(null=True)),
                ('channel', fields.CharField(max_length=64)),
                ('began_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('topic', fields.CharField(default='', max_length=80)),
                ('agent', fields.CharField(default='', max_length=40)),
                ('turn', fields.IntField(default=1)),
                ('reopened', fields.IntField(default=0)),
                ('returned', fields.BooleanField(default=False)),
                ('missed', fields.BooleanField(default=False)),
                ('passed', fields.BooleanField(default=False)),
                ('late', fields.BooleanField(default=False)),
                ('complained', fields.BooleanField(default=False)),
                ('soothed', fields.BooleanField(default=False)),
                ('bot_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('replied_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('result', fields.CharField(default='', max_length=12)),
                ('score', fields.IntField(null=True)),
            ],
            options={'table': 'desk_enquiry', 'app': 'console', 'unique_together': (('conversation_id', 'number'),), 'indexes': [Index(fields=['contact_id']), Index(fields=['began_at'])], 'pk_attr': 'id', 'table_description': 'What a customer came for, once, and what became of it (``numbers/enquiries.py``).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Outcome',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.CharField(max_length=10)),
                ('hour', fields.IntField()),
                ('channel', fields.CharField(max_length=64)),
                ('agent', fields.CharField(max_length=40)),
                ('topic', fields.CharField(max_length=80)),
                ('metric', fields.CharField(max_length=30)),
                ('bucket', fields.IntField()),
                ('count', fields.BigIntField(default=0)),
                ('total', fields.BigIntField(default=0)),
            ],
            options={'table': 'desk_outcome', 'app': 'console', 'unique_together': (('day', 'hour', 'channel', 'agent', 'topic', 'metric', 'bucket'),), 'pk_attr': 'id', 'table_description': 'What enquiries counted for, by where they began and what they were about.'},
            bases=['Model'],
        ),
    ]
