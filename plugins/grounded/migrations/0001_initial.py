from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Spending',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.IntField()),
                ('contact_id', fields.BigIntField()),
                ('requests', fields.IntField(default=0)),
                ('tokens', fields.IntField(default=0)),
            ],
            options={'table': 'grounded_spending', 'app': 'grounded', 'unique_together': (('day', 'contact_id'),), 'pk_attr': 'id', 'table_description': 'A row for each day of the shop and contact, and one for the day as a whole.'},
            bases=['Model'],
        ),
    ]
