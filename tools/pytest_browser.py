"""Pytest plugin: a machine without Chromium is told so loudly, and fails under CI.

Tests marked `browser` are skipped where no Chromium is installed, because a shop owner's laptop may
have none; on CI the same lack is a failure, because nobody reads skips there.
"""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "Chromium is not installed (Debian and Ubuntu: apt install chromium)"


def find_chromium() -> str | None:
    """The path of the first Chromium on PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the Chromium that browser tests start."""
    return find_chromium() or pytest.fail(MISSING, pytrace=False)


@pytest.hookimpl(tryfirst=True)  # before its fixtures try to start one
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a browser test that has no browser; under CI fail it."""
    if item.get_closest_marker("browser") and not find_chromium():
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in yellow, at the very end, that the browser tests did not run."""
    reports = terminalreporter.getreports("skipped")
    count = sum(MISSING in str(report.longrepr) for report in reports)
    if count:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", yellow=True, bold=True)
        terminalreporter.write_line(f"{count} skipped: {MISSING}", yellow=True)
