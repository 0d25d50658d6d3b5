"""Whose order is it? Nothing is shown before that is proved.

Proofs: the order number together with the tail of the phone on it; the shop's own customer id
vouched for by the channel; or a proof given earlier in this conversation that still holds. Wrong
ones are counted by conversation and hour, and told in the same words whether the order exists or
not, so that nobody can try numbers out.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugins.orders.order import Order

HOUR = timedelta(hours=1)
Memory = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bound:
    """What was proved here and still holds."""

    number: str
    tail: str


def bound(memory: Mapping[str, Any], now: datetime) -> Bound | None:
    """The proof that still holds in this conversation."""
    kept = memory.get("bound")
    if not kept or datetime.fromisoformat(kept["until"]) <= now:
        return None
    return Bound(kept["number"], kept["tail"])


def bind(memory: Memory, order: Order, now: datetime, hours: float) -> None:
    """Remember that the order was proved."""
    until = (now + timedelta(hours=hours)).isoformat()
    memory["bound"] = {"number": order.number, "tail": order.phone[-4:], "until": until}
    memory.pop("wrong", None)


def proves(order: Order | None, tail: str) -> bool:
    """Whether the tail is that of the order's phone."""
    return order is not None and hmac.compare_digest(order.phone[-4:].encode(), tail.encode())


def vouched(order: Order | None, customer_id: str) -> bool:
    """Whether the channel vouches that the sender is the order's customer."""
    return bool(order and customer_id and order.customer_id == customer_id)


def blocked(memory: Memory, now: datetime, tries: int) -> bool:
    """Whether too many wrong proofs were given within the hour."""
    recent = [w for w in memory.get("wrong", ()) if now - datetime.fromisoformat(w) < HOUR]
    memory["wrong"] = recent
    return len(recent) >= tries


def count_wrong(memory: Memory, now: datetime) -> None:
    """Count a wrong proof."""
    memory["wrong"] = [*memory.get("wrong", ()), now.isoformat()]
