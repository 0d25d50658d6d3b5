from datetime import UTC, datetime, timedelta

from plugins.complaints.ladder import Rung, clocks, level_above, next_rung, stamp, warn_at
from plugins.complaints.models import Complaint, State
from plugins.complaints.settings import ComplaintSettings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_three_clocks() -> None:
    due = clocks(NOW, ComplaintSettings.model_validate({}))
    assert [int((due[r] - NOW).total_seconds() / 60) for r in Rung] == [10, 30, 120]
    assert warn_at(NOW, due[Rung.SOOTHE], 0.8) == NOW + timedelta(minutes=8)


def test_a_plan_settles_the_soothing_and_closing_settles_all() -> None:
    complaint = Complaint(state=State.OPEN)
    assert next_rung(complaint) is Rung.SOOTHE
    assert stamp(complaint, Rung.PLAN, NOW) == (Rung.SOOTHE, Rung.PLAN)
    assert complaint.state is State.PLANNED
    assert stamp(complaint, Rung.SOOTHE, NOW) == ()
    assert complaint.state is State.PLANNED
    assert stamp(complaint, Rung.CLOSE, NOW) == (Rung.CLOSE,)
    assert next_rung(complaint) is None


def test_the_ladder_ends_at_its_last_level() -> None:
    assert [level_above(0, 2), level_above(1, 2), level_above(0, 0)] == [1, 1, 0]
