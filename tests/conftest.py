"""What all tests share: how hypothesis tries and how logs look while testing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from structlog._config import BoundLoggerLazyProxy

from core.cli import tongue
from core.garbage import settle

pytest.register_assert_rewrite("tests.contract.adapter")

settings.register_profile("local", max_examples=60, deadline=None)
settings.register_profile(
    "thorough", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "local"))


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again took a sixth of all time."""
    settle()


@pytest.fixture(autouse=True)
def nothing_of_a_command_stays() -> Iterator[None]:
    """A command that ran inside a test leaves neither its language nor its logs to the next."""
    before = structlog.get_config()
    yield
    tongue.locale.cache_clear()
    if structlog.get_config() != before:
        structlog.configure(**before)
        for module in list(sys.modules.values()):
            logger = getattr(module, "log", None)
            if isinstance(logger, BoundLoggerLazyProxy):
                vars(logger).pop("bind", None)  # what it keeps from its first use


structlog.configure(  # plain tracebacks: drawing pretty ones takes longer than most tests
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
    ],
)
