import threading
import time
from pathlib import Path

import pytest

from tools import environment


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, whose installation only leaves a mark."""
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "constraints.txt").write_text("")
    env = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "ENV", env)
    monkeypatch.setattr(environment, "STAMP", env / ".stamp")
    return tmp_path


@pytest.fixture
def steps(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done to the environment."""
    done: list[str] = []

    def create() -> None:
        done.append("create")
        (checkout / ".venv").mkdir(exist_ok=True)

    def install() -> None:
        time.sleep(0.05)  # long enough for another run to get in the way
        done.append("install")

    monkeypatch.setattr(environment, "create", create)
    monkeypatch.setattr(environment, "install", install)
    return done


def test_it_is_made_once_and_updated_when_a_pin_changes(checkout: Path, steps: list[str]) -> None:
    environment.prepare()
    environment.prepare()
    assert steps == ["create", "install"]

    (checkout / "constraints.txt").write_text("aiohttp==3.14.5")
    environment.prepare()
    assert steps == ["create", "install", "install"]


def test_an_installation_that_was_cut_short_starts_anew(
    steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(environment, "install", fail)
        with pytest.raises(KeyboardInterrupt):
            environment.prepare()
    environment.prepare()

    assert steps == ["create", "create", "install"]


def test_runs_at_the_same_time_install_once(steps: list[str]) -> None:
    threads = [threading.Thread(target=environment.prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert steps == ["create", "install"]


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("Temporary failure in name resolution", "Check the network"),
        ("error: Failed to fetch\n  error sending request for url", "Check the network"),
        ("[Errno 13] Permission denied: '.venv'", "may not write"),
        ("error: subprocess-exited-with-error", ""),
    ],
)
def test_a_failure_from_outside_is_explained(output: str, advice: str) -> None:
    explained = environment.explain(output)

    assert advice in explained
    assert bool(advice) == bool(explained)


def test_a_failed_install_says_why(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(environment, "install", full)

    with pytest.raises(SystemExit, match="disk is full"):
        environment.prepare()
