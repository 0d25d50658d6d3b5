"""The contract on the channel that writes into a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.message import ConversationKind
from core.testing import Shop
from tests.contract.adapter import AdapterContract, Stage


class TestFile(AdapterContract):
    adapter = "file"

    @pytest.fixture
    def platform(self, tmp_path: Path) -> Stage:
        path = tmp_path / "posts.jsonl"
        return Stage({"path": str(path)}, "group", ConversationKind.GROUP, path)

    async def received(self, stage: Stage, shop: Shop) -> list[str]:
        path: Path = stage.standin
        return texts(path)


def texts(path: Path) -> list[str]:
    """What the file says."""
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return [json.loads(line)["text"] for line in lines]
