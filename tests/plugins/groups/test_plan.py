from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from plugins.groups.plan import Plan
from plugins.groups.settings import GroupSettings, Quiet

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def weekly(day: int, clock: time) -> Plan:
    return Plan("slot", ("g",), "text", day=day, clock=clock)


@given(
    st.integers(0, 6),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.integers(0, 2 * 365 * 24 * 60),
)
def test_the_next_occurrence_is_within_a_week_and_on_its_day(
    day: int, clock: time, minutes: int
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = weekly(day, clock).next_after(moment, SHANGHAI)
    assert found is not None
    assert timedelta() < found - moment <= timedelta(days=7)
    assert found.astimezone(SHANGHAI).weekday() == day
    assert weekly(day, clock).falls_on(found, SHANGHAI)
    assert not weekly(day, clock).falls_on(found + timedelta(minutes=1), SHANGHAI)


def test_the_wall_clock_counts_when_the_clocks_change() -> None:
    plan = weekly(6, time(20, 0))
    summer = plan.next_after(datetime(2026, 10, 18, 12, tzinfo=UTC), BERLIN)
    assert summer is not None
    assert summer == datetime(2026, 10, 18, 18, tzinfo=UTC)
    assert plan.next_after(summer, BERLIN) == datetime(2026, 10, 25, 19, tzinfo=UTC)


def test_quiet_hours_may_span_midnight() -> None:
    night = Quiet(start=time(22), end=time(8))
    assert [night.covers(time(h)) for h in (21, 22, 3, 8)] == [False, True, True, False]


def test_settings_that_cannot_be_meant_are_refused() -> None:
    slot = {"name": "a", "day": "wed", "time": "20:00", "groups": ["x"], "text": "t"}
    with pytest.raises(ValidationError, match="unknown groups x"):
        GroupSettings.model_validate({"slots": [slot]})
    both = {**slot, "file": "a.txt"}
    with pytest.raises(ValidationError, match="either text or file"):
        GroupSettings.model_validate({"slots": [both]})
