"""Models and migrations say the same: a change of a model comes with its migration."""

import asyncio
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from tortoise.fields import Field
from tortoise.migrations import operations as ops

from tools import migrations

ROOT = Path(__file__).parents[2]


def test_nothing_is_missing() -> None:
    assert asyncio.run(migrations.missing()) == []


def added() -> Iterator[object]:
    """Every column that a migration adds to a table which may have rows."""
    found = [*ROOT.glob("core/store/migrations/0*.py"), *ROOT.glob("plugins/*/migrations/0*.py")]
    for path in sorted(found):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for one in module.Migration.operations:
            if isinstance(one, ops.AddField):
                yield pytest.param(one.field, id=f"{path.parts[-3]}.{one.model_name}.{one.name}")


@pytest.mark.parametrize("field", list(added()))
def test_a_shop_with_rows_can_be_upgraded_a_new_column_is_null_or_has_a_default(
    field: Field[object],
) -> None:
    assert field.null or field.has_db_default()
