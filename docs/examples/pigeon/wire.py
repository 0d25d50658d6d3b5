"""Bytes and messages: what a delivery says, and whether it is genuine."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from core.adapter import Refused
from core.message import Inbound, Outbound, Sender
from core.parts import Text

from .settings import PigeonSettings


class Delivery(msgspec.Struct, frozen=True):
    """The platform's JSON; fields that we do not know are ignored."""

    id: str
    author: str = msgspec.field(name="from")
    at: int  # Unix seconds
    text: str
    name: str = ""


def verify(
    body: bytes, headers: Mapping[str, str], settings: PigeonSettings, now: datetime
) -> None:
    """Raise :class:`Refused` for a signature that is wrong, or right and too old."""
    stamp = headers.get("X-Pigeon-Timestamp", "")
    given = headers.get("X-Pigeon-Signature", "").encode(errors="replace")
    secret = settings.secret.get_secret_value().encode()
    right = hmac.new(secret, f"{stamp}.".encode(errors="replace") + body, hashlib.sha256)
    if not hmac.compare_digest(right.hexdigest().encode(), given):
        raise Refused("signature")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp)) > settings.max_age:
        raise Refused("stale")


def parse(body: bytes) -> Inbound:
    """The message of a delivery; raises :class:`Refused` for anything else."""
    try:
        found = msgspec.json.decode(body, type=Delivery)
        sent_at = datetime.fromtimestamp(found.at, UTC)
    except (msgspec.DecodeError, ValueError, OverflowError, OSError) as error:
        raise Refused("malformed", 400) from error
    if not (found.id and found.author):
        raise Refused("malformed", 400)
    return Inbound(
        key=found.id,
        conversation=found.author,
        sender=Sender(found.author, found.name),
        parts=(Text(found.text),),
        sent_at=sent_at,
    )


def body_of(message: Outbound) -> dict[str, str]:
    """What the platform wants; the same ``ref`` again is shown once."""
    return {"to": message.recipient, "text": message.text, "ref": message.key}
