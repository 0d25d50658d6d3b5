from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('complaints', '0002_desk'), ('core', '0005_rare_states')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FollowUp',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('contact_id', fields.BigIntField(db_index=True)),
                ('due_on', fields.DateField()),
                ('tries', fields.IntField(default=0)),
                ('result', fields.CharField(default='', max_length=12)),
                ('text', fields.TextField(default='', unique=False)),
                ('by', fields.CharField(default='', max_length=80)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'complaint_follow_up', 'app': 'complaints', 'indexes': [Index(fields=['done_at', 'due_on'])], 'pk_attr': 'id', 'table_description': 'The task to ask a customer again after closing, and what came of it.'},
            bases=['Model'],
        ),
    ]
