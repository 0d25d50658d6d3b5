from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('console', '0004_enquiries')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('login', fields.CharField(max_length=40)),
                ('version', fields.CharField(max_length=16)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_acknowledgement', 'app': 'console', 'unique_together': (('login', 'version'),), 'pk_attr': 'id', 'table_description': 'That somebody of the staff has read how their work is looked at, and in which words.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Consent',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contact_id', fields.BigIntField(db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('kind', fields.CharField(db_index=True, max_length=10)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_consent', 'app': 'console', 'pk_attr': 'id', 'table_description': 'What a customer was told of reviews, or said to that: ``told``, ``objected``, ``agreed``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Draw',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('week', fields.CharField(unique=True, max_length=10)),
                ('seed', fields.CharField(max_length=32)),
                ('many', fields.IntField()),
                ('pool', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('drawn', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_draw', 'app': 'console', 'pk_attr': 'id', 'table_description': "One week's sample. From the same seed and pool anybody draws the same again."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('closing', fields.BigIntField(unique=True)),
                ('conversation_id', fields.BigIntField(db_index=True)),
                ('agent', fields.CharField(max_length=40)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('why', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('drawn_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharField(default='open', max_length=10)),
                ('marks', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('comment', fields.TextField(default='', unique=False)),
                ('by', fields.CharField(default='', max_length=40)),
                ('at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('appeal', fields.TextField(default='', unique=False)),
                ('appealed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer', fields.TextField(default='', unique=False)),
                ('answered_by', fields.CharField(default='', max_length=40)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_review', 'app': 'console', 'indexes': [Index(fields=['agent', 'state']), Index(fields=['state', 'at'])], 'pk_attr': 'id', 'table_description': 'A closed conversation that is looked at: what its agent did from ``since`` to ``until``.'},
            bases=['Model'],
        ),
    ]
