"""What ``xiaoer top`` shows: one picture of the shop, drawn from the ledger and from processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from core.cli.scrape import Numbers
from core.cli.tongue import say
from core.store.flow import Flow, Recent
from core.store.pulse import Pulse, Queue

FIELDS = (
    *("came", "left", "open", "lag", "outbox", "age"),
    *("held", "failed", "unknown", "p95", "state"),
)
SLOW = 60.0  # seconds: what waits longer is worth a colour


@dataclass(slots=True)
class Row:
    """One channel. ``came`` and ``left`` are a minute; ``lag``, ``age`` and ``p95`` seconds."""

    channel: str
    came: float = 0.0
    left: float = 0.0
    open: int = 0
    lag: float = 0.0
    outbox: int = 0
    age: float = 0.0
    held: int = 0
    failed: int = 0
    unknown: int = 0
    p50: float | None = None
    p95: float | None = None
    state: str = ""  # open, down, broken (sending is on hold); empty where nobody answers


@dataclass(slots=True)
class Picture:
    """The shop at a moment. ``processes``: whether each address answers."""

    at: datetime
    shop: str
    rows: list[Row] = field(default_factory=list[Row])
    processes: dict[str, bool] = field(default_factory=dict[str, bool])
    deadlines_late: int = 0
    deadlines_late_seconds: float = 0.0
    database_errors: int = 0
    error: str = ""

    def plain(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


def rows_of(
    names: list[str], pulse: Pulse, recent: Recent, numbers: list[Numbers], now: datetime
) -> list[Row]:
    """A row for each channel of the settings, and for each other that something waits on."""
    minute = 60.0 / recent.span
    known = {**dict.fromkeys(names), **dict.fromkeys([*pulse.open, *pulse.leaving, *pulse.held])}
    rows: list[Row] = []
    for name in known:
        flow, nothing = recent.flows.get(name, Flow()), Queue()
        waiting, leaving = pulse.open.get(name, nothing), pulse.leaving.get(name, nothing)
        rows.append(
            Row(
                channel=name,
                came=round(flow.came * minute, 1),
                left=round(flow.left * minute, 1),
                open=waiting.rows,
                lag=round(waiting.age(now), 1),
                outbox=leaving.rows,
                age=round(leaving.age(now), 1),
                held=pulse.held.get(name, 0),
                failed=pulse.stuck.get((name, "failed"), 0),
                unknown=pulse.stuck.get((name, "unknown"), 0),
                p50=flow.share(0.5),
                p95=flow.share(0.95),
                state=_state(name, numbers),
            )
        )
    return rows


def _state(name: str, numbers: list[Numbers]) -> str:
    def told(metric: str) -> list[float]:
        return [n.channels(metric)[name] for n in numbers if name in n.channels(metric)]

    if any(told("xiaoer_breaker_open")):
        return "broken"
    up = told("xiaoer_channel_up")
    return "" if not up else "open" if any(up) else "down"


def draw(picture: Picture) -> RenderableType:
    """As people read it, in 80 columns."""
    answering = sum(picture.processes.values())
    head = say(
        "cli.top.head",
        shop=picture.shop,
        at=f"{picture.at.astimezone():%H:%M:%S}",
        answering=answering,
        asked=len(picture.processes),
    )
    lines: list[RenderableType] = [Text(head, style="bold")]
    if picture.error:
        return Group(*lines, Text(say("cli.top.error", error=picture.error), style="red"))
    lines.append(_table(picture.rows))
    if picture.deadlines_late:
        late = duration(picture.deadlines_late_seconds)
        words = say("cli.top.late", count=picture.deadlines_late, late=late)
        lines.append(Text(words, style="yellow"))
    if picture.database_errors:
        words = say("cli.top.database_errors", count=picture.database_errors)
        lines.append(Text(words, style="yellow"))
    if not any(row.came or row.left or row.open or row.outbox for row in picture.rows):
        lines.append(Text(say("cli.top.quiet"), style="dim"))
    if stuck := sum(row.failed + row.unknown for row in picture.rows):
        lines.append(Text(say("cli.top.stuck", count=stuck), style="yellow"))
    return Group(*lines)


def _table(rows: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(say("cli.column.channel"), overflow="ellipsis", no_wrap=True, max_width=14)
    for name in FIELDS:
        side = "left" if name == "state" else "right"
        table.add_column(say(f"cli.top.{name}"), justify=side, no_wrap=True)
    for row in rows:
        table.add_row(escape(row.channel), *(_cell(row, name) for name in FIELDS))
    return table


def _cell(row: Row, name: str) -> Text:
    value: Any = getattr(row, name)
    if name == "state":
        style = {"open": "green", "down": "red", "broken": "red"}.get(value, "")
        return Text(say(f"cli.top.state_{value}") if value else "", style=style)
    if name in {"lag", "age", "p95"}:
        shown = duration(value) if value else "-"
        return Text(shown, style="red" if value and value > SLOW else "")
    if name in {"failed", "unknown"}:
        return Text(str(value), style="yellow" if value else "dim")
    return Text(f"{value:g}", style="" if value else "dim")


def duration(seconds: float) -> str:
    """Short: ``40ms``, ``1.5s``, ``3m``, ``5h``, ``2d``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.1f}s" if seconds < 10 else f"{seconds:.0f}s"
