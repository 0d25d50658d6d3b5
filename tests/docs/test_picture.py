"""The picture in the README can be taken: the demo shop talks in a real Chromium."""

from pathlib import Path

import pytest

from tests.docs.picture import PICTURE, TALK, take


@pytest.mark.browser
async def test_the_demo_shop_talks_in_a_browser(chromium: str, tmp_path: Path) -> None:
    picture = tmp_path / "chat.png"
    said = await take(chromium, tmp_path, picture)
    assert picture.stat().st_size > 10_000
    assert len(said) >= 2 * len(TALK)


def test_the_picture_is_there() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
