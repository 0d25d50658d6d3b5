from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0001_initial'), ('core', '0002_shared_work'), ('core', '0003_channel_notes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ContactMerge',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contact_id', fields.BigIntField(db_index=True)),
                ('into_id', fields.BigIntField(db_index=True)),
                ('by', fields.CharField(max_length=80)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_by', fields.CharField(default='', max_length=80)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'contact_merge', 'app': 'core', 'pk_attr': 'id', 'table_description': 'That a contact was found to be another one. Those not undone, in order, say who leads.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Contact',
            name='erased_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Contact',
            name='merged_into',
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name='Contact',
            index=Index(fields=['merged_into']),
        ),
    ]
