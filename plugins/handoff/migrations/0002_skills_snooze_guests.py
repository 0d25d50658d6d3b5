from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('handoff', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Agent',
            name='skills',
            field=fields.JSONField(default=list, db_default=[], encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='Wait',
            name='emotion',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Wait',
            name='skill',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Wait',
            name='tier',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Wait',
            name='topic',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Wait',
            name='weighed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
