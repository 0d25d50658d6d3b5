"""The contract on the channel that writes into a file."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from core.message import ConversationKind
from core.testing import Shop
from tests.contract.adapter import AdapterContract, Stage


class TestFile(AdapterContract):
    adapter = "file"

    @pytest.fixture
    async def platform(self, tmp_path: Path) -> AsyncGenerator[Stage]:
        path = tmp_path / "posts.jsonl"
        yield Stage({"path": str(path)}, "group", ConversationKind.GROUP, path)

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        path: Path = stage.standin
        if not path.is_file():
            return []
        return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
