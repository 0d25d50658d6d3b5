"""``xiaoer orders``: fill the order book and look into it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.office import office, run
from core.cli.problems import Refusal
from core.cli.show import Json, json_line, listing, tell
from core.cli.tongue import say
from plugins.orders import files
from plugins.orders.book import Book, order_of, store
from plugins.orders.models import OrderRow
from plugins.orders.order import Order
from plugins.orders.show import mask
from plugins.refusals import read_or_refuse

app = typer.Typer(name="orders", no_args_is_help=True, help=say("orders.cli.help"))
COLUMNS = {name: f"orders.cli.{name}" for name in ("number", "status", "phone", "waybills")}


@app.command("import", help=say("orders.cli.import.help"))
def import_(
    file: Annotated[Path, typer.Argument(help=say("orders.cli.file"))], *, as_json: Json = False
) -> None:
    """All of the file, or nothing and every mistake by its line."""
    counts = run(_import(read_or_refuse(files.read, file, "orders")))
    json_line(counts) if as_json else tell("orders.cli.imported", **counts)


@app.command("list", help=say("orders.cli.list.help"))
def list_(
    limit: Annotated[int, typer.Option(min=1, help=say("orders.cli.limit"))] = 50,
    *,
    as_json: Json = False,
) -> None:
    """The newest orders, phones masked."""
    rows = [row_of(order) for order in run(_newest(limit))]
    listing(rows, COLUMNS, as_json=as_json, empty="orders.cli.empty")


@app.command("show", help=say("orders.cli.show.help"))
def show(number: str, *, as_json: Json = False) -> None:
    """One order by its number or waybill, phone masked."""
    order = run(_find(number))
    if order is None:
        raise Refusal("orders.cli.missing", number=number)
    listing([row_of(order)], COLUMNS, as_json=as_json, empty="orders.cli.empty")


def row_of(order: Order) -> dict[str, Any]:
    """An order as it is listed."""
    waybills = [parcel.waybill for parcel in order.parcels]
    return {**order.model_dump(mode="json"), "phone": mask(order.phone), "waybills": waybills}


async def _import(orders: list[Order]) -> dict[str, int]:
    async with office() as desk:
        effects, counted = desk.effects(), (0, 0)

        async def work() -> None:
            nonlocal counted
            counted = await store(orders, desk.clock)

        effects.write(work)
        await desk.commit(effects)
        return {"count": len(orders), "new": counted[0], "changed": counted[1]}


async def _newest(limit: int) -> list[Order]:
    async with office():
        rows = await OrderRow.all().order_by("-id").limit(limit).prefetch_related("parcels")
        return [order_of(row) for row in rows]


async def _find(number: str) -> Order | None:
    async with office():
        return await Book().find(number)
