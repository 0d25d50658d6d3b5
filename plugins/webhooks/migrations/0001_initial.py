from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='WebhookMark',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('entry', fields.BigIntField(default=0)),
                ('tries', fields.IntField(default=0)),
                ('failing_since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('not_before', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('error', fields.CharField(default='', max_length=80)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('holder', fields.CharField(default='', max_length=40)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'webhook_mark', 'app': 'webhooks', 'pk_attr': 'id', 'table_description': 'How far the journal was posted to an endpoint: everything up to ``entry``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WebhookParked',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=40)),
                ('entry', fields.BigIntField()),
                ('kind', fields.CharField(max_length=60)),
                ('conversation_id', fields.BigIntField(null=True)),
                ('message_id', fields.BigIntField(null=True)),
                ('body', fields.TextField(unique=False)),
                ('error', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('again', fields.BooleanField(default=False)),
            ],
            options={'table': 'webhook_parked', 'app': 'webhooks', 'unique_together': (('name', 'entry'),), 'pk_attr': 'id', 'table_description': 'An event that an endpoint did not take for so long that the ones behind it went ahead.'},
            bases=['Model'],
        ),
    ]
