"""The contract on the live room."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from core.clock import TestClock
from core.testing import START
from tests.contract.adapter import AdapterContract, Stage
from tests.standins.bilibili import KEY_ID, SECRET, BilibiliStandIn


class TestBilibili(AdapterContract):
    adapter = "bilibili"

    @pytest.fixture
    async def platform(self) -> AsyncGenerator[Stage]:
        async with BilibiliStandIn(TestClock(START)) as room:
            account = {"access_key_id": KEY_ID, "access_key_secret": SECRET}
            settings = {"app_id": 1700000123451, "code": "C7VK2P9XQ4MZ", "api_base": room.base}
            yield Stage({**account, **settings}, standin=room)
