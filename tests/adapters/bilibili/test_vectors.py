"""Every case of ``tests/data/bilibili``; put another set beside it and it is tried as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.bilibili.operations import OPERATIONS, run

DATA = Path(__file__).parents[2] / "data" / "bilibili"
CASES: list[Any] = [
    pytest.param(case, id=case["id"])
    for path in sorted(DATA.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
    if case["op"] in OPERATIONS
]


@pytest.mark.parametrize("case", CASES)
def test_vectors(case: dict[str, Any]) -> None:
    result = run(case["op"], case["input"])

    for name, value in case["expect"].items():
        assert result.get(name) == value, name
