from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Feedback',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry_id', fields.CharField(db_index=True, max_length=64)),
                ('conversation_id', fields.BigIntField()),
                ('message_id', fields.BigIntField()),
                ('useful', fields.BooleanField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'faq_feedback', 'app': 'faq', 'unique_together': (('message_id', 'entry_id'),), 'pk_attr': 'id', 'table_description': 'What a customer thought of one answer, the latest word on it counts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='KnowledgeEntry',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('category', fields.CharField(default='', max_length=100)),
                ('category_code', fields.CharField(default='', max_length=50)),
                ('stage', fields.CharField(default='', max_length=20)),
                ('question', fields.CharField(max_length=500)),
                ('similar', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('answer', fields.TextField(unique=False)),
                ('keywords', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ('enabled', fields.BooleanField(default=True)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'faq_entry', 'app': 'faq', 'pk_attr': 'id', 'table_description': 'A row for each knowledge entry, see :class:`plugins.faq.entry.Entry`.'},
            bases=['Model'],
        ),
    ]
