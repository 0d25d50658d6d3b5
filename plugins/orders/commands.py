"""``xiaoer orders``: fill the order book and look into it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plugins.console import Desk, show_rows, with_shop
from plugins.orders import files
from plugins.orders.book import Book, order_of, store
from plugins.orders.models import OrderRow
from plugins.orders.order import Order
from plugins.orders.show import mask

app = typer.Typer(name="orders", no_args_is_help=True, help="The order book.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
COLUMNS = ("number", "status", "phone", "waybills")


@app.command("import")
def import_file(file: Path, *, as_json: AsJson = False) -> None:
    """Import a CSV or JSON file: all of it, or nothing and every mistake by its line."""

    async def work(desk: Desk) -> None:
        orders = files.read(file)
        new, changed = await store(orders, desk.clock)
        counts = {"count": len(orders), "new": new, "changed": changed}
        if as_json:
            show_rows([counts], {}, as_json=True)
        else:
            typer.echo(desk.say("orders.cli.imported", **counts))

    with_shop(work)


@app.command("list")
def list_orders(*, limit: int = 50, as_json: AsJson = False) -> None:
    """List the newest orders, phones masked."""

    async def work(desk: Desk) -> None:
        rows = await OrderRow.all().order_by("-id").limit(limit).prefetch_related("parcels")
        _print(desk, [order_of(row) for row in rows], as_json=as_json)

    with_shop(work)


@app.command("show")
def show(number: str, *, as_json: AsJson = False) -> None:
    """Show one order by its number or waybill, phone masked."""

    async def work(desk: Desk) -> None:
        order = await Book().find(number)
        if order is None:
            typer.echo(desk.say("orders.cli.missing", number=number), err=True)
            raise typer.Exit(1)
        _print(desk, [order], as_json=as_json)

    with_shop(work)


def _print(desk: Desk, orders: list[Order], *, as_json: bool) -> None:
    rows = [
        {
            **order.model_dump(mode="json"),
            "phone": mask(order.phone),
            "waybills": " ".join(parcel.waybill for parcel in order.parcels),
        }
        for order in orders
    ]
    columns = {key: desk.say(f"orders.cli.{key}") for key in COLUMNS}
    show_rows(rows, columns, as_json=as_json)
