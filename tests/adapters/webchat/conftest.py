from collections.abc import AsyncGenerator

import pytest

from tests.adapters.webchat.shop import Shop, open_shop


@pytest.fixture
async def shop() -> AsyncGenerator[Shop]:
    async with open_shop(title="山货小铺", suggestions=("怎么退货？",)) as running:
        yield running
