"""The evidence pack of a complaint for whoever judges it: a platform, an authority (S-184).

A ZIP with the case and its steps, the transcript, references of pictures, the orders that are
proved to be the customer's, and the SHA-256 of every file, so that it can be shown unchanged later.
The same case at the same moment makes the same bytes. It tells of one customer: keep it safe.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from core.contacts.person import together
from core.parts import File, Image, Video, Voice, load
from core.store.models import ContactIdentity, Conversation, Message
from core.texts import Texts
from plugins.complaints.models import Complaint, FollowUp
from plugins.orders.face import Order, OrderSource, SourceDown, bound, proves, vouched

BEFORE = timedelta(days=30)  # of talk before the complaint
MOST = 5000
HASHES = "SHA256SUMS"
PLAIN = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


async def pack(
    complaint: Complaint, source: OrderSource | None, texts: Texts, now: datetime
) -> bytes:
    """The ZIP; orders that cannot be asked for now are told as missing."""
    people = await together(complaint.contact_id)
    messages = await _messages(complaint)
    orders, missing = await _orders(people, source, now)
    task = await FollowUp.get_or_none(number=complaint.number)
    files = {
        "case.json": _json(_case(complaint, task)),
        "messages.json": _json([_message(row) for row in messages]),
        "pictures.json": _json([each for row in messages for each in _pictures(row)]),
        "orders.json": _json({"orders": [_order(one) for one in orders], "missing": missing}),
        "timeline.txt": _timeline(complaint, messages, texts).encode(),
    }
    return _zip(files, now)


def _zip(files: Mapping[str, bytes], now: datetime) -> bytes:
    sums = [f"{hashlib.sha256(body).hexdigest()}  {name}" for name, body in sorted(files.items())]
    whole = {**files, HASHES: ("\n".join(sums) + "\n").encode()}
    stamp = now.timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(whole.items()):
            archive.writestr(zipfile.ZipInfo(name, stamp), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


async def _messages(complaint: Complaint) -> list[Message]:
    since = complaint.opened_at - BEFORE
    rows = Message.filter(conversation_id=complaint.conversation_id, at__gte=since)
    return await rows.order_by("id").limit(MOST)


async def _orders(
    people: list[int], source: OrderSource | None, now: datetime
) -> tuple[list[Order], list[str]]:
    """Orders vouched for by a channel or proved in a chat; nobody else's.

    And the numbers and customers that could not be asked for now. The source proves nothing itself.
    """
    if source is None:
        return [], []
    talks = await Conversation.filter(contact_id__in=people)
    proofs = {proof for t in talks if (proof := bound(t.memory.get("orders", {}), now))}
    rows = await ContactIdentity.filter(contact_id__in=people)
    customers = {one for row in rows if (one := row.proven.get("customer_id"))}
    found: dict[str, Order] = {}
    missing: set[str] = set()
    for proof in proofs:
        try:
            order = await source.find(proof.number)
        except SourceDown:
            missing.add(proof.number)
        else:
            found |= {order.number: order} if order and proves(order, proof.tail) else {}
    for customer in customers:
        try:
            order = await source.latest(customer)
        except SourceDown:
            missing.add(customer)
        else:
            found |= {order.number: order} if order and vouched(order, customer) else {}
    return [found[number] for number in sorted(found)], sorted(missing)


def _case(complaint: Complaint, task: FollowUp | None) -> dict[str, Any]:
    names = (
        *("number", "kind", "severity", "level", "cause", "blame", "solution", "notes"),
        *("opened_at", "soothe_due", "plan_due", "close_due"),
        *("soothed_at", "plan_at", "closed_at"),
    )
    followed = (
        {"due_on": task.due_on, "result": str(task.result), "text": task.text} if task else None
    )
    facts = {name: getattr(complaint, name) for name in names}
    return {**facts, "state": str(complaint.state), "follow_up": followed}


def _message(row: Message) -> dict[str, Any]:
    names = ("id", "direction", "author", "state", "at", "sent_at", "text", "key", "platform_id")
    return {**{name: getattr(row, name) for name in names}, "parts": orjson.loads(row.parts)}


def _pictures(row: Message) -> list[dict[str, Any]]:
    """Where the pictures of a message are: addresses and the platform's own ids."""
    kinds = (Image, Video, Voice, File)
    return [
        {
            "message": row.id,
            "at": row.at,
            "kind": type(part).__name__.lower(),
            "url": part.url,
            "media_id": part.media_id,
        }
        for part in load(row.parts)
        if isinstance(part, kinds)
    ]


def _order(order: Order) -> dict[str, Any]:
    phone = f"{order.phone[:3]}****{order.phone[-4:]}"
    return {**order.model_dump(mode="json"), "phone": phone}


def _timeline(complaint: Complaint, messages: list[Message], texts: Texts) -> str:
    """What was said and done, in the order of time, as a person reads it."""
    locale = texts.default
    lines = [(row.at, _speaker(row, texts), row.text) for row in messages if row.text]
    for note in complaint.notes:
        at = datetime.fromisoformat(str(note["at"]))
        if note["by"] != "customer":  # the customer's words stand in the transcript
            step = texts.render("complaints.evidence_step", locale)
            lines.append(
                (at, f"{str(note['by']).removeprefix('agent:')} · {step}", str(note["text"]))
            )
    head = texts.render("complaints.evidence_head", locale, number=complaint.number)
    told = [f"{_moment(at, texts.zone)}  {who}\n    {said}" for at, who, said in sorted(lines)]
    return "\n".join([head, "", *told, ""])


def _speaker(row: Message, texts: Texts) -> str:
    if row.direction == "in":
        return texts.render("complaints.by_customer", texts.default)
    if row.author == "bot":
        return texts.render("complaints.evidence_bot", texts.default)
    return row.author.removeprefix("agent:")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=PLAIN)
