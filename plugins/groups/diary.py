"""The diary: all slots of the shop, what each post would meet, and the deadlines that fire them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
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
        """What the group got on the day and in the week of ``moment``."""
        local = moment.astimezone(self.zone)
        day = datetime.combine(local.date(), time.min, self.zone)
        week = datetime.combine(local.date() - timedelta(days=local.weekday()), time.min, self.zone)
        sent = GroupPost.filter(group=group, fate=Fate.POSTED)
        return Quota(
            today=await sent.filter(
                planned_at__gte=day, planned_at__lt=day + timedelta(days=1)
            ).count(),
            week=await sent.filter(
                planned_at__gte=week, planned_at__lt=week + timedelta(days=7)
            ).count(),
        )

    def seat(self, group: str, moment: datetime, quota: Quota) -> str:
        """The unique name of the place a post takes; see ``GroupPost.seat``."""
        return f"{group}:{moment.astimezone(self.zone):%Y%m%d}:{quota.today}"
