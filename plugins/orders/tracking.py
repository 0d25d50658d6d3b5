"""Where a parcel is, in words common to all tracking providers.

The states and which are told unasked follow the shop's own rule: customers hear of a step that
matters to them once, and an older event never replaces a newer one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.clock import Clock
from plugins.orders.order import Parcel

_MOBILE = re.compile(r"(?<![0-9])(1[0-9]{2})[0-9]{6}([0-9]{2})(?![0-9])")


class State(StrEnum):
    """The way of a parcel."""

    NO_INFO = "no_info"
    INFO_RECEIVED = "info_received"
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"  # not final: a newer state may follow
    RETURNING = "returning"
    RETURNED = "returned"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Node:
    """One step: when, and what the courier wrote, with phone numbers masked."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Track:
    """A parcel's state and its steps, newest first."""

    state: State
    nodes: tuple[Node, ...] = ()


class CourierDown(Exception):  # noqa: N818 - a state of the world, named as people say it
    """The courier cannot be asked now; the message is for the log, not for customers."""


class Courier(Protocol):
    """Asks where a parcel is."""

    async def track(self, parcel: Parcel, phone: str) -> Track:
        """The parcel's way; ``phone`` is the receiver's. Raises :class:`CourierDown`."""
        ...


class NoCourier:
    """For shops without a tracking provider: the waybill is all there is to tell."""

    async def track(self, parcel: Parcel, phone: str) -> Track:
        """Raise: there is nobody to ask."""
        raise CourierDown("no tracking provider is configured")


class CourierDesk:
    """The one courier that everybody asks, with what it said lately.

    Answers are kept for some minutes, because providers charge by the question and lock numbers
    that are asked for too often. Another plugin may put its own courier here with :meth:`use`.
    """

    MOST = 10_000

    def __init__(self, courier: Courier, clock: Clock, keep: timedelta) -> None:
        """Ask ``courier``, and believe an answer for as long as ``keep``."""
        self._courier = courier
        self._clock = clock
        self._keep = keep
        self._said: dict[Parcel, tuple[datetime, Track]] = {}

    def use(self, courier: Courier) -> Callable[[], None]:
        """Ask another courier from now on; returns how to go back."""
        before, self._courier = self._courier, courier
        self._said.clear()

        def back() -> None:
            self._courier = before
            self._said.clear()

        return back

    async def track(self, parcel: Parcel, phone: str) -> Track:
        """The parcel's way, asked for or remembered. Raises :class:`CourierDown`."""
        now = self._clock.now()
        if (said := self._said.get(parcel)) and now - said[0] < self._keep:
            return said[1]
        track = await self._courier.track(parcel, phone)
        self._said.pop(parcel, None)
        self._said[parcel] = (now, track)
        while len(self._said) > self.MOST:
            self._said.pop(next(iter(self._said)))
        return track


def without_phones(text: str) -> str:
    """A courier's words with mobile numbers masked: the first three and last two digits stay."""
    return _MOBILE.sub(r"\1******\2", text)
