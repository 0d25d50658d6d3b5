"""Secrets of the installation."""

from __future__ import annotations

from pathlib import Path

from core.secrets import FILE, Secrets
from tests.core.stage import play


def test_a_secret_survives_a_restart_and_is_its_own_for_each_purpose(tmp_path: Path) -> None:
    first = Secrets(tmp_path / "data")
    cookie, link = first.get("chat.cookie"), first.get("chat.link")
    again = Secrets(tmp_path / "data")
    assert cookie != link
    assert len(cookie) >= 32
    assert (again.get("chat.cookie"), again.get("chat.link")) == (cookie, link)


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    Secrets(tmp_path).get("x")
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert {file.name for file in tmp_path.iterdir()} == {FILE, f"{FILE}.lock"}


def test_two_processes_that_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    one, other = Secrets(tmp_path), Secrets(tmp_path)
    assert one.get("chat.cookie") == other.get("chat.cookie")
    assert other.get("chat.link") == one.get("chat.link") == Secrets(tmp_path).get("chat.link")


def test_in_memory_nothing_is_written(tmp_path: Path) -> None:
    secrets = Secrets(None)
    assert secrets.get("x") == secrets.get("x")


async def test_each_channel_has_its_own(tmp_path: Path) -> None:
    async with play(channels={"b": {"adapter": "core.testing.mock:MockAdapter"}}) as shop:
        one, other = shop.channel().channel, shop.channel("b").channel
        assert one.secret("cookie") != other.secret("cookie")
