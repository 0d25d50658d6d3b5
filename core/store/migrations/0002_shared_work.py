from tortoise import migrations
from tortoise.migrations import operations as ops

from core.store import shared_tables


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [ops.RunPython(shared_tables.create, shared_tables.drop)]
