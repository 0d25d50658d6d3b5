"""Models and migrations say the same: a change of a model comes with its migration."""

import asyncio

from tools import migrations


def test_nothing_is_missing() -> None:
    assert asyncio.run(migrations.missing()) == []
