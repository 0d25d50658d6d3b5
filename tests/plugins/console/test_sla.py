"""The clocks against a slow and obvious reckoning: a thousand random histories, the same stamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.console.sla.calendar import Calendar, always
from plugins.console.sla.changes import Promises, recalculate
from plugins.console.sla.clocks import Happened, Policy, Targets, What, apply, pass_time

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=ZONE).astimezone(UTC)
TICK = timedelta(minutes=10)
DAY_OFF = date(2026, 11, 24)
WEEK = {day: ((time(9), time(12)), (time(13, 30), time(18))) for day in range(1, 6)}
SHOP = Calendar(
    ZONE,
    {**WEEK, 6: ((time(20), time(0)),)},
    frozenset({DAY_OFF}),
    {date(2026, 11, 29): ((time(10), time(11)),)},  # a Sunday worked instead
)


@dataclass
class Slow:
    """One promise, reckoned tick by tick."""

    span: timedelta
    used: timedelta = timedelta(0)
    running: bool = True
    met_at: datetime | None = None
    breached_at: datetime | None = None


@dataclass
class Reckoner:
    """Walks through time in ticks, asks each whether somebody works, and counts."""

    policy: Policy
    found: dict[What, Slow] = field(default_factory=dict[What, Slow])

    def tick(self, at: datetime) -> None:
        """The time from ``at`` to the next tick goes by."""
        works = self._works(at)
        for slow in self.found.values():
            if slow.met_at is None and slow.running:
                if slow.used >= slow.span and slow.breached_at is None:
                    slow.breached_at = at
                if works:
                    slow.used += TICK

    def _works(self, at: datetime) -> bool:
        local = at.astimezone(ZONE)
        return any(
            opens <= local.time() and (local.time() < closes or closes == time(0))
            for opens, closes in self.policy.calendar.spans(local.date())
        )

    def change(self, policy: Policy) -> None:
        """Other terms from now on; what was used stays used."""
        self.policy = policy
        for what, slow in self.found.items():
            slow.span = policy.span(what) or slow.span

    def happen(self, what: Happened, at: datetime) -> None:
        found = self.found
        open_ = What.RESOLUTION in found and found[What.RESOLUTION].met_at is None
        if what is Happened.ASKED and not open_:
            self.found = {
                each: Slow(span)
                for each in (What.FIRST, What.RESOLUTION)
                if (span := self.policy.span(each)) is not None
            }
        if what is Happened.CUSTOMER and open_ and self.policy.next is not None:
            unanswered = [w for w in (What.FIRST, What.NEXT) if w in found and not found[w].met_at]
            if not unanswered:
                found[What.NEXT] = Slow(self.policy.next)
        if what is Happened.AGENT:
            self._meet(at, What.FIRST, What.NEXT)
        if what is Happened.PAUSED and open_:
            found[What.RESOLUTION].running = False
        if what is Happened.RESUMED and open_:
            found[What.RESOLUTION].running = True
        if what is Happened.CLOSED and open_:
            self._meet(at, *What)
        if what is Happened.REOPENED and What.RESOLUTION in found and not open_:
            found[What.RESOLUTION].met_at, found[What.RESOLUTION].running = None, True

    def _meet(self, at: datetime, *which: What) -> None:
        for each in which:
            if each in self.found and self.found[each].met_at is None:
                self.found[each].met_at = at


spans = st.integers(1, 40).map(lambda ticks: ticks * TICK)
policies = st.builds(
    Policy,
    first=spans,
    next=spans,
    resolution=spans,
    calendar=st.sampled_from([SHOP, always(ZONE)]),
)
happenings = st.tuples(st.integers(0, 24), st.sampled_from(list(Happened)))
changes = st.tuples(st.integers(1, 24), policies)  # never in the moment when a clock starts
histories = st.lists(st.one_of(happenings, happenings, changes), min_size=1, max_size=14)


@settings(max_examples=1000, deadline=None)
@given(policy=policies, history=histories, day=st.integers(0, 6))
def test_a_thousand_random_histories_give_the_same_stamps(
    policy: Policy, history: list[tuple[int, Happened | Policy]], day: int
) -> None:
    now, targets, slow = MONDAY + timedelta(days=day), Targets(), Reckoner(policy)
    past = [(MONDAY, policy)]
    promises = Promises(past)
    for wait, happened in [*history, (150, None)]:
        for _ in range(wait):
            slow.tick(now)
            now += TICK
        if isinstance(happened, Policy):
            slow.change(happened)
            past.append((now, happened))
        elif happened is not None:
            slow.happen(happened, now)
            targets = apply(promises.settle(targets, now), happened, now, promises.at(now))
    targets = pass_time(promises.settle(targets, now), now)
    assert targets.keys() == slow.found.keys()
    for what, target in targets.items():
        wanted = slow.found[what]
        assert target.met_at == wanted.met_at, what
        assert target.breached_at == wanted.breached_at, what


@settings(max_examples=100, deadline=None)
@given(policy=policies, other=policies, wait=st.integers(1, 90))
def test_a_change_rewrites_no_stamp_and_breaks_nothing_in_the_past(
    policy: Policy, other: Policy, wait: int
) -> None:
    begin, now = MONDAY, MONDAY + wait * TICK
    before = pass_time(apply(Targets(), Happened.ASKED, begin, policy), now)
    after = recalculate(before, now, policy, other)
    assert recalculate(after, now, policy, other) == after
    for what, target in after.items():
        assert target.breached_at == before[what].breached_at
        assert target.due_at is not None
        assert target.due_at >= now


def test_further_answers_are_promised_without_a_promise_to_solve_it() -> None:
    policy = Policy(TICK, TICK, None, always(ZONE))
    targets = Targets()
    for step in (Happened.ASKED, Happened.AGENT, Happened.ASKED, Happened.CUSTOMER):
        targets = apply(targets, step, MONDAY, policy)
    assert {what: target.met_at for what, target in targets.items()} == {
        What.FIRST: MONDAY,
        What.NEXT: None,
    }
    assert apply(targets, Happened.CLOSED, MONDAY, policy) == {}


def test_a_promise_given_before_lunch_is_due_after_it() -> None:
    morning = datetime(2026, 11, 23, 11, 50, tzinfo=ZONE)
    due = SHOP.add(morning.astimezone(UTC), timedelta(minutes=30))
    assert due.astimezone(ZONE) == datetime(2026, 11, 23, 13, 50, tzinfo=ZONE)


def test_a_promise_given_on_the_eve_of_a_day_off_is_due_the_day_after() -> None:
    evening = datetime(2026, 11, 23, 17, 50, tzinfo=ZONE)
    due = SHOP.add(evening.astimezone(UTC), timedelta(minutes=30))
    assert due.astimezone(ZONE) == datetime(2026, 11, 25, 9, 20, tzinfo=ZONE)


def test_a_day_of_the_spring_change_has_an_hour_less() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = always(berlin)
    start = datetime(2026, 3, 29, 0, 0, tzinfo=berlin).astimezone(UTC)
    end = datetime(2026, 3, 30, 0, 0, tzinfo=berlin).astimezone(UTC)
    assert calendar.between(start, end) == timedelta(hours=23)
    assert calendar.add(start, timedelta(hours=23)) == end
