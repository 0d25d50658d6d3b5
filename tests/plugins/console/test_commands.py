"""Accounts from the command line: the first one, that no page could make."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.tongue import say
from core.store.models import Deadline
from plugins.console.commands import app
from plugins.handoff.face import ONLINE, Seat, presences, set_presence

SHOP = """
data = "{home}"
[database]
url = "sqlite://{home}/shop.db"
synchronous = "normal"
[plugins]
enabled = ["handoff", "complaints", "orders", "groups", "console"]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "settings.toml").write_text(SHOP.format(home=tmp_path), encoding="utf-8")
    monkeypatch.setenv("XIAOER_SETTINGS", str(tmp_path / "settings.toml"))
    return tmp_path


def xiaoer(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


async def comes(login: str) -> None:
    async with office() as desk:
        effects = desk.effects()
        set_presence(effects, Seat(login, login, 8), ONLINE)
        await desk.commit(effects)


async def looks() -> tuple[dict[str, str], list[str]]:
    async with office():
        leaving = await Deadline.filter(name="handoff.left", state="waiting")
        return await presences(), [row.key for row in leaving]


def test_accounts_are_made_listed_changed_and_switched_off(home: Path) -> None:
    made = xiaoer("user", "add", "boss", "--role", "admin", "--name", "店长")
    assert "boss" in made.stdout
    xiaoer("user", "add", "li", "--role", "agent", "--role", "live")
    rows = [json.loads(line) for line in xiaoer("user", "list", "--json").stdout.splitlines()]
    assert [(row["login"], row["roles"]) for row in rows] == [
        ("boss", ["admin"]),
        ("li", ["agent", "live"]),
    ]
    run(comes("li"))
    xiaoer("user", "role", "li", "--role", "supervisor")
    xiaoer("user", "disable", "li")
    assert run(looks()) == ({"li": "offline"}, ["li"])  # what li has will go back to the queue
    row = json.loads(xiaoer("user", "list", "--json").stdout.splitlines()[1])
    assert (row["roles"], row["active"]) == (["supervisor"], False)
    for words, key in (
        (("add", "li", "--role", "agent"), "exists"),
        (("disable", "boss"), "last-admin"),
        (("disable", "nobody"), "not-found"),
        (("add", "No Spaces", "--role", "agent"), "bad-request"),
    ):
        with pytest.raises(Refusal) as refused:
            xiaoer("user", *words)
        assert str(refused.value) == say(f"console.cli_{key}", login=words[1])


def test_other_promises_hold_when_somebody_says_so(home: Path) -> None:
    same = say("console.cli_sla_same")
    assert [xiaoer("sla").stdout.strip() for _ in range(2)] == [same, same]
    terms = "[plugins.console.sla]\nfirst_minutes = 5\n"
    with (home / "settings.toml").open("a", encoding="utf-8") as file:
        file.write(terms)
    moved = dict.fromkeys(("open", "sooner", "later", "dropped"), 0)
    assert xiaoer("sla").stdout.strip() == say("console.cli_sla_changed", **moved)
    assert xiaoer("sla").stdout.strip() == same
