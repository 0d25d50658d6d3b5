from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Effect',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('channel', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=200)),
                ('kind', fields.CharField(max_length=20)),
            ],
            options={'table': 'chaos_effect', 'app': 'chaos', 'pk_attr': 'id', 'table_description': '``kind`` happened for the message ``key`` of ``channel``, and must not happen again.'},
            bases=['Model'],
        ),
    ]
