"""The commands that only look: help, explain, doctor, plugins; and ``chat``."""

import sqlite3
from collections.abc import Callable

import pytest

from tests.cli.conftest import Folder, Running

Start = Callable[..., Running]


def test_help_in_both_languages(folder: Folder) -> None:
    english, chinese = folder.types("--help"), folder.types("--help", lang="zh_CN")
    for name in ("run", "chat", "explain", "trace", "doctor", "plugins", "ledger", "ring", "kb"):
        assert name in english.out
        assert name in chinese.out
    assert "Open the shop" in english.out
    assert "开店" in chinese.out
    assert folder.types("--help", lang="").out == chinese.out


def test_help_survives_bad_settings(folder: Folder) -> None:
    folder.settings("[nonsense]")
    ended = folder.types("--help")
    assert (ended.code, "doctor" in ended.out, "nonsense" in ended.err) == (0, True, True)


def test_a_word_nobody_knows(folder: Folder) -> None:
    ended = folder.types("frobnicate")
    assert (ended.code, "frobnicate" in ended.err) == (2, True)


BAD = """
[server]
prot = 1
port = 70000
[shop]
timezone = "Mars/Olympus"
[log]
level = "loud"
"""


def test_bad_settings_are_told_in_chinese_by_key_value_and_what_is_allowed(folder: Folder) -> None:
    folder.settings(BAD)
    ended = folder.types("run", lang="zh_CN")
    assert (ended.code, ended.out) == (2, "")
    keys = "host, max_body, port, public_url, trust_proxy"
    assert ended.err.splitlines() == [
        "settings.toml 里的设置不能用：",
        "  shop.timezone = 'Mars/Olympus'：要写 IANA 时区名，例如 Asia/Shanghai",
        "  server.port = 70000：不能大于 65535",
        f"  server.prot：没有这一项，写错了吗？这里可以写：{keys}",
        "  log.level = 'loud'：只能是 'debug', 'info', 'warning', 'error' 之一",
    ]


def test_what_was_typed_wrong_is_told_in_chinese(folder: Folder) -> None:
    for words, told in {
        "trace": "少写了 'MESSAGE'。",
        "trace a b": "多写了：b",
        "run --port abc": "'--port' 不能这样写：要写整数",
        "run --port": "选项 --port 后面要写一个值。",
        "run --prot 1": "没有 --prot 这个选项。有相近的：--host, --port",
        "run --role cook": "'--role' 不能这样写：只能是 'gateway', 'worker'",
        "trace -h": "用法：xiaoer trace [选项] {MESSAGE}",
    }.items():
        ended = folder.types(*words.split(), lang="zh_CN")
        assert told in ended.err + ended.out, words


def test_a_plugin_with_a_broken_command_spoils_no_other(folder: Folder) -> None:
    broken = """plugin = __import__("core.plugin").plugin.Plugin("broken", cli="gone:app")"""
    (folder.path / "broken.py").write_text(broken, "utf-8")
    folder.settings('[plugins]\nenabled = ["tests.cli.till:plugin", "broken:plugin"]')
    ended = folder.types("--help")
    assert (ended.code, "ring" in ended.out, "broken" in ended.err) == (0, True, True)


def test_a_refusal_of_a_plugin_is_words(folder: Folder) -> None:
    ended = folder.types("refuse")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "The ledger has no message 7. See the ids with `xiaoer ledger list`.\n"


def test_explain_says_who_bid_and_why(folder: Folder) -> None:
    (result,) = folder.types("explain", "what does it cost?", "--json").rows
    assert result["handler"] == "till.price"
    assert result["said"] == ["Nine yuan.", "somebody asked", "count the drawer"]
    assert result["bids"][0]["notes"] == {"score": 0.5}
    barred = {one["handler"]: one["why"] for one in result["barred"]}
    assert barred["till.whisper"] == "owner bot"
    assert result["alarms"] == ["till.remind"]
    assert folder.types("ledger", "list", "--json").rows == []  # nothing happened


def test_explain_elsewhere(folder: Folder) -> None:
    silent = folder.types("explain", "what does it cost?", "--owner", "agent:Mei")
    assert "till.whisper answers" in silent.out
    assert "owner agent:Mei" in silent.out
    live = folder.types("explain", "cost", "--kind", "live", "--channel", "room", "--json").rows[0]
    assert live["handler"] == "till.price"
    assert "board, room" in folder.types("explain", "cost", "--channel", "radio").err
    assert folder.types("explain", "cost", "--owner", "nobody").code == 2


def test_explain_beside_a_running_shop(folder: Folder, start: Start) -> None:
    start(folder).says("is open")
    assert "till.price answers" in folder.types("explain", "cost").out


def test_doctor_finds_nothing_wrong(folder: Folder, start: Start) -> None:
    ended = folder.types("doctor")
    assert (ended.code, "✗" in ended.out) == (0, False), ended.out
    assert "at most 1000000 bytes" in ended.out
    start(folder).says("is open")
    assert "the shop is running on it" in folder.types("doctor").out


@pytest.mark.parametrize("text", ["[server]\nprot = 1", "[channels.a]\nadapter='nowhere'"])
def test_doctor_tells_what_is_wrong(folder: Folder, text: str) -> None:
    folder.settings(text)
    ended = folder.types("doctor", "--json")
    assert ended.code == 1
    assert [row["ok"] for row in ended.rows] == [False]


def test_plugins_are_listed(folder: Folder) -> None:
    rows = folder.types("plugins", "--json").rows
    assert [row["plugin"] for row in rows] == ["handoff", "faq", "till"]
    assert rows[2]["handlers"][0] == {
        "name": "till.price",
        "rank": "intent",
        "rule": {"keywords": ["cost"]},
        "seconds": 10.0,
    }
    assert "KnowledgeBase" in folder.types("plugins").out


def test_a_database_from_the_future(folder: Folder) -> None:
    folder.types("ledger", "list")
    file = folder.path / "data" / "xiaoer.db"
    with sqlite3.connect(file) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert "tortoise_migrations" in tables, "the core has migrations"
        database.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at) "
            "VALUES ('core', '9999_future', '2030-01-01')"
        )
    database.close()
    for words in (["run"], ["ledger", "list"]):
        ended = folder.types(*words)
        assert (ended.code, "newer version" in ended.err) == (2, True), ended.err
        assert "Traceback" not in ended.err


def test_a_file_that_is_no_database(folder: Folder) -> None:
    (folder.path / "data").mkdir()
    (folder.path / "data" / "xiaoer.db").write_bytes(b"not a database at all" * 100)
    ended = folder.types("run", lang="zh_CN")
    assert (ended.code, "xiaoer.db 不是数据库文件" in ended.err) == (2, True), ended.err
    assert "Traceback" not in ended.err


def test_chat_answers_from_a_copy(folder: Folder) -> None:
    ended = folder.types("chat", stdin="what does it cost?\n\nmoney\n")
    assert ended.code == 0, ended.err
    assert "Nine yuan." in ended.out
    assert "(to board/staff) somebody asked" in ended.out
    assert folder.types("ledger", "list", "--json").rows == []


def test_chat_menus_are_numbers(folder: Folder) -> None:
    ended = folder.types("chat", stdin="money for nothing\n1\n", lang="zh_CN")
    assert "1. 转人工" in ended.out
    assert "同事" in ended.out.split("1. 转人工", 1)[1]
