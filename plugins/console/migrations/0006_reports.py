from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('console', '0005_quality')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Report',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=10)),
                ('begin', fields.DateField()),
                ('end', fields.DateField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('html', fields.TextField(unique=False)),
            ],
            options={'table': 'desk_report', 'app': 'console', 'unique_together': (('kind', 'begin'),), 'pk_attr': 'id', 'table_description': 'A page for management that came by itself, as it was read then.'},
            bases=['Model'],
        ),
    ]
