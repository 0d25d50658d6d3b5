from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('core', '0002_shared_work')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ChannelNote',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=64)),
                ('name', fields.CharField(max_length=100)),
                ('value', fields.TextField(unique=False)),
            ],
            options={'table': 'channel_note', 'app': 'core', 'unique_together': (('channel', 'name'),), 'pk_attr': 'id', 'table_description': 'What an adapter keeps for itself: a cursor, say.'},
            bases=['Model'],
        ),
    ]
