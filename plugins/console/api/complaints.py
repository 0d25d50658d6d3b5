"""The complaint board, and the steps of a complaint with the fields that each needs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from tortoise.expressions import Q

from plugins.complaints.face import Complaint, Rung, State, next_rung, step
from plugins.console import audit
from plugins.console.ask import Ask
from plugins.console.cases import case_shape, case_shapes
from plugins.console.problems import Problem, not_found
from plugins.console.shapes import ComplaintShape
from plugins.console.table import Shape


class Board(Shape):
    """Which complaints."""

    state: Literal["open", "closed", "all"] = "open"
    q: str = Field("", max_length=100)
    after: int = Field(0, ge=0, le=10**6)
    limit: int = Field(50, ge=1, le=100)


class Complaints(Shape):
    """A page of the board, the next clock first."""

    items: list[ComplaintShape]
    next: str | None


class Step(Shape):
    """A step that was done (S-170): closing needs cause, blame and solution (S-177)."""

    rung: Literal["soothe", "plan", "close"]
    text: str = Field("", max_length=5000)
    cause: Literal["", "expectation", "attitude", "quality", "third-party"] = ""
    blame: str = Field("", max_length=500)
    solution: str = Field("", max_length=5000)
    agreed: bool = False


async def list_complaints(ask: Ask, query: Board) -> Complaints:
    """The board."""
    rows = Complaint.all()
    if query.state != "all":
        closed = Q(state=State.CLOSED)
        rows = rows.filter(closed) if query.state == "closed" else rows.exclude(closed)
    if query.q:
        words = Q(number__icontains=query.q), Q(kind=query.q), Q(contact__name__icontains=query.q)
        rows = rows.filter(Q(*words, join_type=Q.OR))
    order = ("-opened_at", "-id") if query.state != "open" else ("close_due", "id")
    found = await rows.order_by(*order).offset(query.after).limit(query.limit + 1)
    more = len(found) > query.limit
    return Complaints(
        items=await case_shapes(ask, found[: query.limit]),
        next=str(query.after + query.limit) if more else None,
    )


async def get_complaint(ask: Ask) -> ComplaintShape:
    """One complaint."""
    return await case_shape(ask, await _case(ask))


async def take_step(ask: Ask, body: Step) -> ComplaintShape:
    """Stamp a step; what it needs must be there. A step done before changes nothing."""
    case, rung = await _case(ask), Rung(body.rung)
    missing = _missing(body)
    if missing:
        raise Problem(409, "step-missing", fields=dict.fromkeys(missing, "required"))
    if rung is Rung.CLOSE and next_rung(case) is not None:
        case.cause, case.blame, case.solution = body.cause, body.blame, body.solution
    effects = ask.desk.effects()
    if step(effects, case, rung, ask.desk.complaints, by=ask.owner, text=body.text):
        facts = {"rung": body.rung, "agreed": body.agreed}
        audit.record(effects, ask.who.login, "complaint-step", case.number, **facts)
        await ask.desk.write(effects, case.conversation_id)
    return await case_shape(ask, await _case(ask))


async def _case(ask: Ask) -> Complaint:
    row = await Complaint.get_or_none(number=ask.path["number"])
    if row is None:
        raise not_found()
    return row


def _missing(body: Step) -> list[str]:
    needed = ["text"]
    if body.rung == "close":
        needed += ["cause", "blame", "solution"]
    return [name for name in needed if not str(getattr(body, name)).strip()]
