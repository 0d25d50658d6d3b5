from tortoise import migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('core', '0004_contacts')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Message',
            index=PartialIndex(fields=['id'], name='message_failed', condition={'state': 'failed'}),
        ),
        ops.AddIndex(
            model_name='Message',
            index=PartialIndex(fields=['id'], name='message_unknown', condition={'state': 'unknown'}),
        ),
        ops.AddIndex(
            model_name='Message',
            index=PartialIndex(fields=['id'], name='message_expired', condition={'state': 'expired'}),
        ),
        ops.AddIndex(
            model_name='Message',
            index=PartialIndex(fields=['id'], name='message_cancelled', condition={'state': 'cancelled'}),
        ),
    ]
