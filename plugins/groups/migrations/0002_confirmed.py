from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from plugins.groups.models import Stage
from tortoise.fields.data import JSON_DUMPS
from tortoise.fields.db_defaults import SqlDefault
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('groups', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='GroupPost',
            name='confirmed',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='GroupPost',
            name='stage',
            field=fields.CharEnumField(default=Stage.DIRECT, description='DIRECT: direct\nCREATED: created\nPARTLY: partly\nSENT: sent\nEXPIRED: expired', db_default=Stage.DIRECT, enum_type=Stage, max_length=10),
        ),
        ops.AddField(
            model_name='GroupPost',
            name='task',
            field=fields.JSONField(default=dict, db_default=SqlDefault("'{}'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='GroupPost',
            name='waiting',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
