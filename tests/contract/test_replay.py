"""The contract on a replayed live room."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.contract.adapter import AdapterContract, Stage


class TestReplay(AdapterContract):
    adapter = "replay"

    @pytest.fixture
    def platform(self, tmp_path: Path) -> Stage:
        path = tmp_path / "room.jsonl"
        comment = {"id": "c1", "at_ms": 9_000, "text": "XL?", "user_id": "v1", "room_id": "88"}
        later = {**comment, "id": "c2", "at_ms": 99_000}
        path.write_text(f"{json.dumps(comment)}\n{json.dumps(later)}\n", "utf-8")
        return Stage({"file": str(path), "speed": 0.001}, "88")

    # Its first comment comes at once: there is no moment without rows to check that it has none.
    test_checking_changes_nothing = None  # type: ignore[assignment]
    test_strangers_get_a_refusal_and_nothing_else = None  # type: ignore[assignment]
