"""What is posted: an event of the journal as JSON, signed so that the shop knows it is ours."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

import orjson

from core.contacts.words import bare
from core.store.models import JournalEntry

VERSION = "v1"
TEST = "webhooks.test"


def body(entry: JournalEntry, *, personal: bool) -> bytes:
    """The event; ``id`` is the same however often it is posted."""
    facts: dict[str, Any] = {
        "id": f"evt_{entry.id}",
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "channel": entry.channel,
        "conversation": entry.conversation_id,
        "message": entry.message_id,
        "data": entry.data if personal else bare(entry.data, ()),
    }
    return orjson.dumps(facts)


def trial(name: str, now: datetime) -> bytes:
    """An event that only tries whether an endpoint hears us."""
    facts = {"id": f"evt_test_{now.timestamp():.0f}", "kind": TEST, "at": now.isoformat()}
    place = {"channel": "", "conversation": None, "message": None}
    return orjson.dumps({**facts, **place, "data": {"endpoint": name}})


def headers(content: bytes, kind: str, secret: str, now: datetime) -> dict[str, str]:
    """Kind, time and signature: HMAC-SHA256 of ``<unix seconds>.<body>`` as hex."""
    stamp = f"{now.timestamp():.0f}"
    return {
        "Content-Type": "application/json",
        "X-Xiaoer-Kind": kind,
        "X-Xiaoer-Timestamp": stamp,
        "X-Xiaoer-Signature": f"{VERSION}={sign(content, secret, stamp)}",
    }


def sign(content: bytes, secret: str, stamp: str) -> str:
    """The signature, as the receiver computes it again."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
