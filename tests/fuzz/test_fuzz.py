"""A short run of ``dev.py fuzz`` in every test run; the long one is started by name."""

from __future__ import annotations

import logging

import pytest

from tests.fuzz.wechat import fuzz


async def test_two_seconds_of_nonsense_harm_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    figures = await fuzz(2.0, seed=20261122)
    assert figures.escaped == []
    assert set(figures.statuses) <= {200, 400, 403, 413}
    assert min(figures.shots.values()) > 10
    assert figures.taken > 10
