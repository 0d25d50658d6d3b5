"""May this text go to this group now? Pure rules, each refusal with its reason (S-331)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.texts import Texts
from plugins.groups.guard import Violation, check
from plugins.groups.settings import GroupSettings


@dataclass(frozen=True, slots=True)
class Quota:
    """What a group has got already."""

    today: int = 0
    week: int = 0
    month: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The text that would be posted, and the key of the reason against it (empty: go ahead)."""

    text: str
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    quota: Quota = Quota()

    @property
    def ok(self) -> bool:
        """Whether it may be posted."""
        return not self.reason

    def why(self, texts: Texts, locale: str) -> str:
        """The reason in words, empty where there is none."""
        return texts.render(self.reason, locale, **self.values) if self.reason else ""


def judge(text: str, group: str, local: datetime, settings: GroupSettings, quota: Quota) -> Verdict:
    """``local`` is the moment in shop time, ``quota`` what was posted to the group before."""
    if group not in settings.groups:
        return Verdict(text, "groups.why_unknown_group", {"group": group})
    if not text:
        return Verdict(text, "groups.why_empty")
    if found := check(text):
        return Verdict(text, found[0].reason, reason_values(found[0]))
    if settings.quiet and settings.quiet.covers(local.time()):
        start, end = (f"{t:%H:%M}" for t in (settings.quiet.start, settings.quiet.end))
        return Verdict(text, "groups.why_quiet", {"start": start, "end": end})
    if quota.today >= settings.per_day:
        return Verdict(text, "groups.why_day", {"limit": settings.per_day})
    if quota.week >= settings.per_week:
        return Verdict(text, "groups.why_week", {"limit": settings.per_week})
    most = settings.per_month or monthrange(local.year, local.month)[1]
    if quota.month >= most:
        return Verdict(text, "groups.why_month", {"limit": most})
    return Verdict(text, quota=quota)


def reason_values(violation: Violation) -> dict[str, object]:
    """What the sentence of a violation is filled with."""
    return {"phrase": violation.phrase, "law": violation.law}
