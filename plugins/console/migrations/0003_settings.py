from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('console', '0002_skills_snooze_guests')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Override',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('plugin', fields.CharField(max_length=40)),
                ('key', fields.CharField(max_length=80)),
                ('value', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('by', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'desk_override', 'app': 'console', 'unique_together': (('plugin', 'key'),), 'pk_attr': 'id', 'table_description': "A setting that somebody changed while the shop was open, over the file's value."},
            bases=['Model'],
        ),
    ]
