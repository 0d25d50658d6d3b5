from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('console', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Guest',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation_id', fields.BigIntField()),
                ('login', fields.CharField(max_length=40)),
                ('part', fields.CharField(max_length=10)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_guest', 'app': 'console', 'unique_together': (('conversation_id', 'login'),), 'pk_attr': 'id', 'table_description': "Somebody in a conversation that is a colleague's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Promise',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('since', fields.DatetimeField(unique=True, auto_now=False, auto_now_add=False)),
                ('terms', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'desk_promise', 'app': 'console', 'pk_attr': 'id', 'table_description': 'What was promised from a moment on: the settings of the SLA and the zone, as JSON.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Note',
            name='kind',
            field=fields.CharField(default='note', db_default='note', max_length=10),
        ),
        ops.AddField(
            model_name='Thread',
            name='snoozed_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
