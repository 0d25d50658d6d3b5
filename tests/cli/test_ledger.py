"""``xiaoer ledger``, ``trace`` and commands of plugins, beside a shop that runs."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import COMMENTS, Folder, Running, running

Start = Callable[..., Running]


@pytest.fixture
def shop(folder: Folder, start: Start) -> Running:
    """A running shop that has heard both comments."""
    return heard(folder, start(folder))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """Such a shop for all who only read."""
    folder = Folder(tmp_path_factory.mktemp("book"))
    with running(folder) as shop:
        heard(folder, shop)
        yield folder


def heard(folder: Folder, shop: Running) -> Running:
    shop.says("is open")
    folder.until("ledger", "counts", hears="accepted 2 = handled 1 + failed 1 + waiting 0")
    return shop


def test_lists_the_ledger_oldest_first(book: Folder) -> None:
    rows = book.types("ledger", "list", "--json").rows
    said = [(r["direction"], r["text"]) for r in rows if r["channel"] == "room"]
    assert said[0] == ("in", COMMENTS[0])
    assert ("out", "Nine yuan.") in said
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    first = rows[0]
    assert list(first)[:7] == ["id", "direction", "key", "kind", "text", "state", "conversation"]
    assert (first["kind"], first["state"], first["conversation"]) == ("text", "handled", "r1")


def test_limits_the_list(book: Folder) -> None:
    failed = book.types("ledger", "list", "--state", "failed", "--json").rows
    assert [row["text"] for row in failed] == [COMMENTS[1]]
    newest = book.types("ledger", "list", "--channel", "board", "--limit", "1", "--json").rows
    assert [row["channel"] for row in newest] == ["board"]
    table = book.types("ledger", "list").out
    assert "id" in table.splitlines()[0]
    assert "Nine yuan." in table


@pytest.mark.usefixtures("shop")
def test_replays_beside_the_running_shop(folder: Folder) -> None:
    assert "failed" in folder.types("ledger", "replay", "1").err
    (folder.path / "mended").touch()
    assert folder.types("ledger", "replay", "--all-failed").out.startswith("1 ")
    folder.until("ledger", "counts", hears="accepted 2 = handled 2 + failed 0 + waiting 0")
    assert "Nothing has failed" in folder.types("ledger", "replay", "--all-failed").out


def test_replay_wants_to_know_what(folder: Folder) -> None:
    wrong = folder.types("ledger", "list", "--state", "lost")
    assert wrong.code == 2
    assert "failed" in wrong.err
    assert folder.types("ledger", "replay", "99").code == 2


def test_traces_the_whole_way(book: Folder) -> None:
    (story,) = book.types("trace", "1", "--json").rows
    assert story["message"]["state"] == "handled"
    assert story["decision"]["handler"] == "till.price"
    assert [(row["channel"], row["text"]) for row in story["sent"]] == [
        ("room", "Nine yuan."),
        ("board", "somebody asked"),
        ("board", "count the drawer"),
    ]
    assert "till.asked" in [entry["kind"] for entry in story["journal"]]
    assert [clock["name"] for clock in story["deadlines"]] == ["till.remind"]
    for elsewhere in story["sent"][1:]:  # one named after its message, one with a key of its own
        (same,) = book.types("trace", str(elsewhere["id"]), "--json").rows
        assert (same["message"]["id"], same["asked"]) == (1, elsewhere["id"])
    by_key = book.types("trace", story["message"]["key"])
    assert "Nine yuan." in by_key.out


def test_traces_what_was_parked(book: Folder) -> None:
    (row,) = book.types("ledger", "list", "--state", "failed", "--json").rows
    told = book.types("trace", str(row["id"])).out
    assert "the drawer is stuck" in told
    assert f"xiaoer ledger replay {row['id']}" in told
    assert book.types("trace", "4711").code == 2


def test_a_plugin_leaves_a_note_for_the_running_shop(folder: Folder, shop: Running) -> None:
    assert folder.types("ring", "door").code == 0
    ended = folder.until("ledger", "list", "--channel", "board", "--json", hears='"door"')
    note = next(row for row in ended.rows if row["conversation"] == "door")
    board = folder.path / "board.jsonl"
    folder.until("ledger", "list", "--state", "delivered", "--json", hears='"door"')
    assert note["key"] in board.read_text("utf-8")
    assert shop.end() == 0


def test_an_empty_ledger_says_what_to_do(folder: Folder) -> None:
    assert "xiaoer run" in folder.types("ledger", "list").out
    assert folder.types("ledger", "list", "--json").out == ""
    assert folder.types("ledger", "counts", "--json").rows == []
