"""What the next days would bring, with quota counted as if each post had gone out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from core.texts import Texts
from plugins.groups.diary import Diary
from plugins.groups.judge import Quota, Verdict, judge
from plugins.groups.plan import Plan


async def preview_rows(
    diary: Diary, now: datetime, days: int, texts: Texts, locale: str
) -> list[dict[str, Any]]:
    """One row for each post to each group in the next ``days``, in order; sends nothing."""
    rows: list[dict[str, Any]] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for moment, plan in await _occurrences(diary, now, now + timedelta(days=days)):
        for group in plan.groups:
            verdict = await _verdict(diary, plan, group, moment, seen)
            rows.append(
                {
                    "when": moment.astimezone(diary.zone),
                    "name": plan.name,
                    "group": group,
                    "verdict": verdict.ok,
                    "reason": verdict.why(texts, locale),
                    "text": verdict.text,
                }
            )
    return rows


async def _occurrences(diary: Diary, start: datetime, end: datetime) -> list[tuple[datetime, Plan]]:
    found: list[tuple[datetime, Plan]] = []
    for plan in await diary.plans():
        moment = plan.next_after(start, diary.zone)
        while moment is not None and moment <= end:
            found.append((moment, plan))
            moment = plan.next_after(moment, diary.zone)
    return sorted(found, key=lambda pair: pair[0])


async def _verdict(
    diary: Diary, plan: Plan, group: str, moment: datetime, seen: Counter[tuple[str, ...]]
) -> Verdict:
    """As the real post would be judged, after the posts that the preview let through before."""
    local = moment.astimezone(diary.zone)
    day, week = (group, f"{local:%Y-%m-%d}"), (group, f"{local:%G-W%V}")
    month = (group, f"{local:%Y-%m}")
    used = await diary.used(group, moment)
    verdict = await diary.verdict(plan, group, moment)
    if verdict.ok:
        quota = Quota(used.today + seen[day], used.week + seen[week], used.month + seen[month])
        verdict = judge(verdict.text, group, local, diary.settings, quota)
    if verdict.ok:
        seen.update((day, week, month))
    return verdict
