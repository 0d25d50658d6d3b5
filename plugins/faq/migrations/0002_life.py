from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.fields.db_defaults import SqlDefault

class Migration(migrations.Migration):
    dependencies = [('faq', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EntryDraft',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('data', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('author', fields.CharField(default='', max_length=80)),
                ('reviewer', fields.CharField(default='', max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'faq_draft', 'app': 'faq', 'pk_attr': 'id', 'table_description': 'What an entry shall say once it is published, until then customers hear the old one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EntryVersion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry_id', fields.CharField(max_length=64)),
                ('number', fields.IntField()),
                ('data', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('author', fields.CharField(default='', max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'faq_version', 'app': 'faq', 'unique_together': (('entry_id', 'number'),), 'pk_attr': 'id', 'table_description': 'What an entry said before: a row for each version that another one replaced.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LifeQuestion',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=80)),
                ('source', fields.CharField(max_length=12)),
                ('text', fields.CharField(max_length=500)),
                ('answer', fields.TextField(default='', unique=False)),
                ('blamed', fields.CharField(default='', max_length=64)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('entry_id', fields.CharField(default='', db_index=True, max_length=64)),
            ],
            options={'table': 'faq_question', 'app': 'faq', 'pk_attr': 'id', 'table_description': 'A question of a real customer that the knowledge did not settle (S-018, S-046).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='answers',
            field=fields.JSONField(default=dict, db_default=SqlDefault("'{}'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='author',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='cards',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='owner',
            field=fields.CharField(default='', db_default='', max_length=100),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='pictures',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='products',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='review_by',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='tests',
            field=fields.JSONField(default=list, db_default=SqlDefault("'[]'"), encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='valid_from',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='valid_to',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='KnowledgeEntry',
            name='version',
            field=fields.IntField(default=1, db_default=1),
        ),
    ]
