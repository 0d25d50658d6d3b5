"""``xiaoer run``: ready soon, refuses clearly, stops cleanly."""

import json
import signal
import socket
import time
from collections.abc import Callable
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Folder, Running

Start = Callable[..., Running]
STOP = 5  # seconds (issue 2, Shows 1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_opens_and_closes(folder: Folder, start: Start, how: signal.Signals) -> None:
    shop = start(folder)
    assert shop.says("is open").strip().endswith("(settings: settings.toml)")
    with urlopen(f"http://127.0.0.1:{folder.port}/readyz") as answer:
        assert json.load(answer) == {"status": "ready"}
    begun = time.monotonic()
    assert shop.end(how) == 0
    assert time.monotonic() - begun < STOP
    assert "half-sent" in shop.says("Closed")


def test_prints_where_a_channel_is_met(folder: Folder, start: Start) -> None:
    with (folder.path / "settings.toml").open("a") as file:
        file.write('[channels.shop]\nadapter = "webchat"\n')
    shop = start(folder)
    assert shop.says("shop").split()[-1] == f"http://127.0.0.1:{folder.port}/chat/shop"
    assert shop.end() == 0


def test_an_empty_folder_is_the_demo_shop(folder: Folder, start: Start) -> None:
    (folder.path / "settings.toml").unlink()
    shop = start(folder, "--port", str(folder.port))
    assert "demo" in shop.says("is open")
    shop.says("/chat/webchat")
    assert shop.end() == 0


def test_host_and_port_and_file_may_be_given(folder: Folder, start: Start) -> None:
    (folder.path / "settings.toml").rename(folder.path / "mine.toml")
    shop = start(folder, "--settings", "mine.toml", "--host", "localhost", "--port", "0")
    assert "mine.toml" in (line := shop.says("is open"))
    assert f":{folder.port}" not in line
    assert shop.end() == 0


def test_a_port_in_use_is_said(folder: Folder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", folder.port))
        taken.listen()
        ended = folder.types("run")
    assert ended.code == 2
    assert f"127.0.0.1:{folder.port}" in ended.err
    assert "Traceback" not in ended.err


def test_one_shop_a_database(folder: Folder, start: Start) -> None:
    start(folder).says("is open")
    ended = folder.types("run", "--port", "0")
    assert ended.code == 2
    assert "locked" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1", ["server.prot", "port"]),
        ("[server\n", ["not valid TOML", "line 1"]),
        ("[channels.a]\nadapter = 'nowhere'", ["channels.a.adapter", "webchat"]),
        ("[channels.a]\nadapter = 'file'", ["channels.a.path", "required"]),
        ("[plugins]\nenabled = ['nobody']", ["nobody", "faq"]),
        ("[server]\nport = 99999", ["server.port", "99999"]),
    ],
)
def test_bad_settings_are_named(folder: Folder, text: str, words: list[str]) -> None:
    folder.settings(text)
    ended = folder.types("run")
    assert ended.code == 2
    assert not [word for word in words if word not in ended.err], ended.err
    assert "Traceback" not in ended.err


def test_a_settings_file_that_is_not_there(folder: Folder) -> None:
    ended = folder.types("run", "--settings", "gone.toml")
    assert (ended.code, "gone.toml" in ended.err) == (2, True)
