"""``xiaoer channels``: what is connected, and changing it while the shop is open."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from core.changeover import ASKED
from tests.cli.conftest import SHOP, Folder, Running

Start = Callable[..., Running]
MORE = '\n[channels.page]\nadapter = "webchat"\n'


def status(url: str) -> int:
    try:
        with urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def asked(folder: Folder) -> int:
    with closing(sqlite3.connect(folder.path / "data" / "xiaoer.db")) as ledger:
        query = "select count(*) from journal where kind = ?"
        return int(ledger.execute(query, [ASKED]).fetchone()[0])


@pytest.mark.timeout(150)  # four commands, and a shop
def test_a_channel_is_added_and_taken_away_without_closing_the_shop(
    folder: Folder, start: Start
) -> None:
    plain = SHOP.format(port=folder.port).replace('"faq", ', "")
    page = f"http://127.0.0.1:{folder.port}/chat/page"
    folder.settings(plain)
    assert "没有开着的店" in folder.types("channels", "reload", lang="zh_CN").out
    assert asked(folder) == 0  # it would wait for an answer, and did when it made the tables itself
    shop = start(folder)
    shop.says("is open")
    folder.settings(plain + MORE)
    assert folder.types("channels", "reload").out == "Added: page\n"
    assert status(page) == 200
    folder.settings(plain)
    listed = {row["channel"]: row["state"] for row in folder.types("channels", "--json").rows}
    gone = "gone from the settings: reload"
    assert listed == {"board": "open", "room": "open", "page": gone}
    shop.process.send_signal(signal.SIGHUP)
    while status(page) == 200:
        pass
    assert shop.end() == 0
