from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters._weixin.guard import decode, parse
from adapters.wechat.wire import read
from core.adapter import Refused
from core.message import Inbound
from core.parts import Image, Location, Text, Voice
from tests.adapters.wechat.host import NOW
from tests.adapters.wechat.vectors import MESSAGES, Row, files, name_of

GOOD = [row for row in files() if row["parse"] == "ok"]
BAD = [row for row in files() if row["parse"] == "reject"]


def load(row: Row) -> Inbound | None:
    return read(parse(decode((MESSAGES / row["file"]).read_bytes())), NOW)


@pytest.mark.parametrize("row", GOOD, ids=name_of)
def test_message_vectors_are_read(row: Row) -> None:
    message = load(row)
    if row["sender"] is None:
        assert message is None
        return
    assert message
    assert message.sender.id == message.conversation == row["sender"]
    assert message.sent_at == datetime.fromtimestamp(row["created_at"], UTC)
    assert_fields(message, row["fields"])


def assert_fields(message: Inbound, fields: dict[str, Any]) -> None:
    part = message.parts[0]
    match part:
        case Text():
            assert part.text == fields["Content"]
        case Image():
            assert (part.media_id, part.url) == (fields["MediaId"], fields["PicUrl"])
        case Voice():
            assert part.media_id == fields["MediaId"]
            assert part.format == fields["Format"]
            assert message.text == fields["Recognition"]
        case Location():
            assert part.latitude == float(fields["Location_X"])
            assert part.longitude == float(fields["Location_Y"])
            assert part.label == fields["Label"]
        case _:
            assert message.event
            wanted = fields.get("scene", fields.get("EventKey", fields.get("MsgID", "")))
            assert message.event.key == wanted


@pytest.mark.parametrize("row", BAD, ids=name_of)
def test_message_vectors_are_refused(row: Row) -> None:
    with pytest.raises(Refused) as refusal:
        load(row)
    assert 400 <= refusal.value.status < 500


def test_message_vectors_have_the_manifests_keys() -> None:
    """The equality classes are what counts; ours are a little finer for job results."""
    ours: dict[str, set[str]] = {}
    for row in GOOD:
        if message := load(row):
            ours.setdefault(row["dedupe_key"], set()).add(message.key)
    assert all(len(keys) == 1 for keys in ours.values())
    assert len({key for keys in ours.values() for key in keys}) == len(ours)
    for notation, (key,) in ((n, k) for n, k in ours.items()):
        assert key == notation or "templatesend" in key or notation.startswith("fallback")


NAMES = {
    "event_subscribe.xml": ("follow", "follow"),
    "event_subscribe_qrscene.xml": ("follow", "follow"),
    "event_unsubscribe.xml": ("unfollow", "leave"),
    "event_scan.xml": ("scan", "scan"),
    "event_click.xml": ("click", "click"),
    "event_view.xml": ("view", ""),
    "event_template_finish.xml": ("templatesendjobfinish", ""),
}


@pytest.mark.parametrize("row", [r for r in GOOD if r["file"] in NAMES], ids=name_of)
def test_event_vectors_get_neutral_names_and_the_right_window(row: Row) -> None:
    message = load(row)
    assert message
    assert message.event
    assert (message.event.name, message.trigger) == NAMES[row["file"]]


def test_the_entity_bomb_vector_is_refused_for_its_dtd() -> None:
    with pytest.raises(Refused, match="dtd-forbidden"):
        parse(decode((MESSAGES / "entity_bomb.xml").read_bytes()))
