from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('complaints', '0001_initial'), ('core', '0003_channel_notes')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Complaint',
            name='blame',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='Complaint',
            name='cause',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Complaint',
            name='solution',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
    ]
