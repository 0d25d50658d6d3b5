"""The scripted platform behaviours of the vectors: what the client must do, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.message import Inbound
from tests.adapters.bilibili.script import Script
from tests.standins.bilibili import Act

DATA = Path(__file__).parents[2] / "data" / "bilibili"
CASES: list[Any] = [
    pytest.param(case, id=case["id"])
    for path in sorted(DATA.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
    if case["op"] == "bili.session"
]


@pytest.mark.parametrize("case", CASES)
async def test_session_vectors(case: dict[str, Any]) -> None:
    script = Script(case["input"])

    acts = await script.play()

    at, before = 0, 0.0
    for wanted in case["expect"]["actions"]:
        at = _find(acts, at, wanted, script.links)
        _check_time(acts[at], before, wanted)
        _check_http(acts, at, wanted)
        before = acts[at].at
        at += 1
    for forbidden in case["expect"].get("forbidden", ()):
        name, _, times = forbidden.partition("#")
        assert sum(act.kind == _kind(name) for act in acts) < int(times or 1), forbidden
    if until := case["expect"].get("forbidden_until_retry"):
        connects = [n for n, act in enumerate(acts) if act.kind == "ws:connect"]
        early = acts[connects[0] : connects[until["retry"] - 1]]
        assert until["what"] not in {act.kind for act in early}


def _kind(name: str) -> str:
    return name.replace("ws_", "ws:", 1)


def _find(acts: list[Act], start: int, wanted: dict[str, Any], links: list[str]) -> int:
    found = (n for n in range(start, len(acts)) if _matches(acts[n], wanted, links))
    place = next(found, None)
    assert place is not None, f"{wanted} not in {acts[start:]}"
    return place


def _matches(act: Act, wanted: dict[str, Any], links: list[str]) -> bool:
    match wanted:
        case {"http": path}:
            return act.kind == f"http:{path}" and bool(wanted.get("body", act.value) == act.value)
        case {"ws_connect": _}:
            address: int = act.value if act.kind == "ws:connect" else -1
            return address >= 0 and links[address] == str(wanted["ws_connect"])
        case {"ws_send_op": op}:
            if act.kind != "ws:send":
                return False
            sent: tuple[int, str] = act.value
            return sent == (op, wanted.get("body", sent[1]))
        case {"ws_close": _}:
            return act.kind == "ws:close"
        case {"report": reason}:
            return (act.kind, act.value) == ("report", reason)
        case {"closed_cleanly": _}:
            return act.kind == "closed"
        case {"emit": kind}:
            return act.kind == "emit" and _emitted(act.value, kind, wanted.get("text"))
        case _:
            return False


def _emitted(message: Inbound, kind: str, text: str | None) -> bool:
    name = message.event.name if message.event else "comment"
    return name == kind and text in {None, message.text}


def _check_time(act: Act, before: float, wanted: dict[str, Any]) -> None:
    passed = act.at - before
    least, most = wanted.get("within_s", (0, float("inf")))
    assert max(least, wanted.get("not_before_s", 0)) <= passed
    assert passed <= min(most, wanted.get("not_after_s", float("inf")))


def _check_http(acts: list[Act], at: int, wanted: dict[str, Any]) -> None:
    same = [act for act in acts if act.kind == acts[at].kind]
    assert len(same) >= wanted.get("count_min", 1)
    for header in wanted.get("fresh", ()):
        values = [act.headers[header] for act in acts[: at + 1] if act.kind == acts[at].kind]
        assert values[-1] != values[-2], header
