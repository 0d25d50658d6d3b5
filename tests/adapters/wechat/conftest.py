from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from adapters.wechat.adapter import WeChatAdapter
from tests.adapters.wechat.host import Line, adapter_for
from tests.standins.wechat import WeChat


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
async def wechat(line: Line) -> AsyncGenerator[WeChat, None]:
    platform = WeChat(line.clock)
    await platform.start()
    platform.quotas.open("oUser", "message")
    yield platform
    await platform.stop()


@pytest.fixture
async def adapter(wechat: WeChat, line: Line) -> AsyncGenerator[WeChatAdapter, None]:
    made = adapter_for(wechat.settings(), line)
    await made.start()
    yield made
    await made.stop()
