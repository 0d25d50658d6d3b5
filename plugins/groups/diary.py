"""The diary: all slots of the shop, what each post would meet, and the deadlines that fire them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.store.models import Deadline
from plugins.groups.judge import Quota, Verdict, judge
from plugins.groups.models import Fate, GroupPost, Slot, SlotState
from plugins.groups.plan import Plan, from_row, from_settings
from plugins.groups.settings import GroupSettings

FIRE = "groups.fire"


class Diary:
    """Answers what is planned; writes nothing but deadlines that are missing at the start."""

    def __init__(self, settings: GroupSettings, zone: ZoneInfo) -> None:
        """Slots of ``settings`` and those in the table together."""
        self.settings, self.zone = settings, zone

    async def plans(self) -> list[Plan]:
        """Every slot that still posts; a name in the settings hides the same name in the table."""
        fixed = {slot.name: from_settings(slot) for slot in self.settings.slots}
        added = await Slot.filter(state=SlotState.ACTIVE).order_by("id")
        return [*fixed.values(), *(from_row(row) for row in added if row.name not in fixed)]

    async def find(self, name: str) -> Plan | None:
        """The slot of that name, if it still posts."""
        return next((plan for plan in await self.plans() if plan.name == name), None)

    async def arm(self, now: datetime) -> None:
        """Set the next deadline of every slot that has none; those that wait already stay."""
        for plan in await self.plans():
            if (moment := plan.next_after(now, self.zone)) is None:
                continue
            defaults = {"due_at": moment, "run_at": moment, "data": {"slot": plan.name}}
            await Deadline.get_or_create(name=FIRE, key=plan.occurrence(moment), defaults=defaults)

    async def verdict(self, plan: Plan, group: str, moment: datetime) -> Verdict:
        """Whether the post may go to the group at that moment, and if not, why."""
        try:
            text = plan.words()
        except (OSError, UnicodeError) as error:
            return Verdict("", "groups.why_file", {"error": error})
        return judge(
            text, group, moment.astimezone(self.zone), self.settings, await self.used(group, moment)
        )

    async def used(self, group: str, moment: datetime) -> Quota:
        """What the group got on the day, in the week and in the month of ``moment``."""
        local = moment.astimezone(self.zone)
        today, month = local.date(), local.date().replace(day=1)
        week = today - timedelta(days=today.weekday())
        following = (month + timedelta(days=31)).replace(day=1)
        return Quota(
            today=await self._posted(group, today, today + timedelta(days=1)),
            week=await self._posted(group, week, week + timedelta(days=7)),
            month=await self._posted(group, month, following),
        )

    async def _posted(self, group: str, first: date, end: date) -> int:
        """Posts to the group on the days from ``first`` up to ``end``."""
        since, until = (datetime.combine(day, time.min, self.zone) for day in (first, end))
        span = {"planned_at__gte": since, "planned_at__lt": until}
        return await GroupPost.filter(group=group, fate=Fate.POSTED, **span).count()

    def seat(self, group: str, moment: datetime, quota: Quota) -> str:
        """The unique name of the place a post takes; see ``GroupPost.seat``."""
        return f"{group}:{moment.astimezone(self.zone):%Y%m%d}:{quota.today}"
