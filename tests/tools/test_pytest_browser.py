import pytest

from tools import pytest_browser

SAMPLE = """
import pytest

@pytest.mark.browser
def test_page():
    pass
"""


@pytest.fixture
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_browser, "find_chromium", lambda: None)


def run(pytester: pytest.Pytester) -> pytest.RunResult:
    pytester.makeini("[pytest]\nmarkers = browser\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(SAMPLE)
    return pytester.runpytest_inprocess("-p", "tools.pytest_browser", "-p", "no:randomly")


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_a_skip_is_announced(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)

    result = run(pytester)

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*BROWSER TESTS DID NOT RUN*", "1 skipped: Chromium is not*"])


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_ci_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    run(pytester).assert_outcomes(errors=1)


def test_with_chromium_it_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_browser, "find_chromium", lambda: "chromium")

    run(pytester).assert_outcomes(passed=1)
