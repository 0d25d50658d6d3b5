"""The house as a whole."""

from __future__ import annotations

import pytest

from core.app import StoppedError
from core.testing import open_shop


async def test_a_stopped_shop_says_that_it_takes_another_to_start_again() -> None:
    async with open_shop() as shop:
        pass
    with pytest.raises(StoppedError, match="make another one"):
        await shop.app.start()
