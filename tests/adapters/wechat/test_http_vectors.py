"""The vectors through HTTP, as the platform sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from core.clock import TestClock
from tests.adapters.wechat.host import Host, Line, hosted, say
from tests.adapters.wechat.vectors import (
    MESSAGES,
    Row,
    files,
    name_of,
    query_of,
    rows,
    settings_of,
)
from tests.standins.wechat import WeChat

CALLBACKS = [r for r in rows("valid") if r["kind"] == "callback" and r["plaintext"].startswith("<")]
XML = [r for r in rows("invalid") if r["request_body"].startswith("<")]
MODES = ("plain", "compatible", "safe")


async def post(host: Host, query: Mapping[str, str], body: bytes) -> tuple[int, str]:
    async with host.session.post(host.url, params=query, data=body) as response:
        return response.status, await response.text()


@pytest.mark.parametrize("row", CALLBACKS, ids=name_of)
async def test_valid_vectors_are_acknowledged(row: Row) -> None:
    async with hosted(settings_of(row)) as host:
        status, body = await post(host, query_of(row), row["request_body"].encode())
    assert status == 200
    assert len(host.line.accepted) == ("FromUserName" in row["plaintext"])
    assert body == ("success" if host.line.accepted else "")


async def test_the_empty_vector_is_taken_and_not_dispatched() -> None:
    row = next(r for r in rows("valid") if r["plaintext"] == "")
    async with hosted(settings_of(row)) as host:
        assert await post(host, query_of(row), row["request_body"].encode()) == (200, "")
    assert host.line.accepted == []


@pytest.mark.parametrize("row", XML, ids=name_of)
async def test_invalid_vectors_are_refused_without_a_word(row: Row) -> None:
    now = datetime.fromtimestamp(row.get("now", int(row["timestamp"])), UTC)
    line = Line(TestClock(now))
    async with hosted(settings_of(row, max_age=600), line) as host:
        status, body = await post(host, query_of(row), row["request_body"].encode())
        if row.get("deliver_times") == 2:
            status, body = await post(host, query_of(row), row["request_body"].encode())
    if row["expect"]["reason"] == "replay":
        assert len(line.accepted) == 1
        assert status == 200
        return
    assert 400 <= status < 500
    assert body == ""
    assert line.accepted == []
    assert len(line.refused) == 1


@pytest.mark.parametrize("row", rows("plain_signature"), ids=name_of)
async def test_url_verification_vectors(row: Row) -> None:
    async with (
        hosted(settings_of(row)) as host,
        host.session.get(host.url, params=row["query"]) as response,
    ):
        said = await response.text()
    accepted = row["expect"]["outcome"] == "accept"
    assert response.status == (200 if accepted else 403)
    assert said == row["expect"].get("response_body", "")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", files(), ids=name_of)
async def test_message_vectors_through_http(row: Row, mode: str) -> None:
    line = Line()
    wechat = WeChat(line.clock, mode)
    wechat.original_id = ""
    async with hosted(wechat.settings(api_base="http://127.0.0.1:9"), line) as host:
        document = (MESSAGES / row["file"]).read_text()
        query, body = wechat.sign(document)
        status, said = await post(host, query, body.encode())
    if row["parse"] == "reject":
        assert 400 <= status < 500
        assert said == ""
        assert line.accepted == []
    else:
        assert status == 200
        assert len(line.accepted) == (row["sender"] is not None)


@pytest.mark.parametrize("mode", MODES)
async def test_the_duplicate_vectors_get_the_same_answer(mode: str) -> None:
    line = Line()
    wechat = WeChat(line.clock, mode)
    wechat.original_id = ""
    replies: list[Mapping[str, object]] = []
    async with hosted(wechat.settings(api_base="http://127.0.0.1:9"), line, say("好")) as host:
        for name in ("dup_first.xml", "dup_retry.xml"):
            query, body = wechat.sign((MESSAGES / name).read_text())
            _, said = await post(host, query, body.encode())
            replies.append(wechat.read_reply(said))
    assert len(line.accepted) == 1
    assert replies[0] == replies[1]
    assert replies[0]["Content"] == "好"
    assert replies[0]["ToUserName"] == line.accepted[0].sender.id
