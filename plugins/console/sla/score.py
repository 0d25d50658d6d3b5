"""Which promises came to their end by what happened, and whether they were kept."""

from __future__ import annotations

from collections.abc import Iterator

from plugins.console.sla.clocks import Happened, Targets, What


def ended(before: Targets, after: Targets, happened: Happened | None) -> Iterator[bool]:
    """For each promise that ended: whether it was kept.

    An answer that was not due any more when the conversation was closed is none that was kept.
    """
    for what, target in after.items():
        old = before.get(what)
        if target.met_at is None or (old is not None and old.met_at is not None):
            continue
        late = target.breached_at is not None
        if late or what is What.RESOLUTION or happened is not Happened.CLOSED:
            yield not late
