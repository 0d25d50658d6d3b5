"""The database: one owner, and clear refusals."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.settings import DatabaseSettings
from core.store.database import Database, DatabaseError, owner_of
from core.store.models import Contact
from core.testing import START
from core.texts import Texts, bundled
from core.wrong import line
from tests.core.stage import play


def database(file: Path) -> Database:
    return Database(DatabaseSettings(url=f"sqlite://{file}"), {})


def in_chinese(error: DatabaseError) -> str:
    return line(error.args[0], Texts([bundled()], ZoneInfo("Asia/Shanghai")), "zh_CN")


async def test_an_engine_we_do_not_know_was_refused_in_english() -> None:
    with pytest.raises(DatabaseError) as caught:
        await Database(DatabaseSettings(url="mysql://shop"), {}).open()
    assert "要用这些开头之一：sqlite://" in in_chinese(caught.value)


async def test_one_process_owns_the_shop(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    async with play(folder=tmp_path):
        assert owner_of(file)
        with pytest.raises(DatabaseError, match="another xiaoer is running") as caught:
            await database(file).open()
        assert "另一个 xiaoer 正用它开着店" in in_chinese(caught.value)
    assert not owner_of(file)


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    house = database(tmp_path / "deep" / "shop.db")
    await house.open()
    await Contact.create(name="Mei", created_at=START)
    await house.close()
    await house.open()
    await house.ping()
    assert await Contact.all().count() == 1
    await house.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    file.write_text("once upon a time " * 100)
    with pytest.raises(DatabaseError, match="is not a database") as caught:
        await database(file).open()
    assert in_chinese(caught.value) == f"{file} 不是数据库文件，请把 [database] url 换成别的"
    assert not owner_of(file)


def test_memory_has_no_file() -> None:
    assert Database(DatabaseSettings(url="sqlite://:memory:"), {}).file is None
