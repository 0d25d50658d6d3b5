"""An order as the shop tells it: in an import file, over HTTP, or from the book."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9-]{4,40}$")]


class Status(StrEnum):
    """Where an order is, as far as the shop is concerned."""

    UNPAID = "unpaid"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Item(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Annotated[Text, StringConstraints(min_length=1)]
    count: int = Field(default=1, ge=1)


class Parcel(BaseModel):
    """A parcel: its number, and the courier's code in the words of the tracking provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    waybill: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9]{6,32}$")
    ]
    courier: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{2,40}$")]


class Order(BaseModel):
    """An order.

    ``phone`` is the receiver's mainland mobile; ``customer_id`` the shop's own name for the
    customer, for channels that vouch for it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: Number
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^1[3-9][0-9]{9}$")]
    status: Status
    buyer: Text = ""
    customer_id: Annotated[str, StringConstraints(max_length=100)] = ""
    items: tuple[Item, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    paid_at: AwareDatetime | None = None
