"""``xiaoer wecom`` as a person types it, with the platform on the other side."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core.cli.root import build
from core.cli.tongue import locale, texts
from tests.standins.toml import document
from tests.standins.wecom_app import WeComApp


async def test_groups_are_listed_as_the_settings_name_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOER_LANG", "en")
    locale.cache_clear()
    texts.cache_clear()
    wecom = WeComApp()
    await wecom.start()
    channel = {"adapter": "wecom", **wecom.settings()}
    table: dict[str, Any] = {"data": tmp_path, "plugins": {"enabled": []}}
    (tmp_path / "settings.toml").write_text(document({**table, "channels": {"corp": channel}}))

    def typed(*words: str) -> tuple[int, str]:
        ended = CliRunner().invoke(build(words), list(words))
        return ended.exit_code, ended.output + str(ended.exception or "")

    try:
        assert "No customer group" in (await asyncio.to_thread(typed, "wecom", "groups"))[1]
        wecom.groups |= {"wr1": "zhangsan", "wr2": "lisi", "wr3": "somebody else"}
        code, said = await asyncio.to_thread(typed, "wecom", "groups", "--json")
        rows = [json.loads(line) for line in said.splitlines()]
        assert (code, [row["conversation"] for row in rows]) == (0, ["group:wr1", "group:wr2"])
        assert rows[0] == {
            "name": "name of wr1",
            "conversation": "group:wr1",
            "owner": "zhangsan",
            "people": 3,
        }
        wecom.may_contact = False
        assert "48002" in (await asyncio.to_thread(typed, "wecom", "groups"))[1]
        assert (
            "--channel" in (await asyncio.to_thread(typed, "wecom", "groups", "--channel", "x"))[1]
        )
    finally:
        await wecom.stop()
