"""Between the processes of one shop: who has made work for others rings, who hears it looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.store.commit import Commit, Written
from core.store.inbox import Accepted
from core.store.intake import Intake
from core.store.session import Session

INBOX, OUTBOX, DEADLINES, JOURNAL = "iodj"


class Bells:
    """Hangs itself behind the intake and the commits of this process."""

    def __init__(self, session: Session, heard: dict[str, Callable[[], None]]) -> None:
        """``heard``: what to do here when another process rings for something."""
        self._session, self._heard = session, heard

    def hang(self, intake: Intake, commit: Commit) -> None:
        """Ring from now on, and listen."""
        put, opened = intake.handed_on, intake.opened

        def handed_on(rows: Sequence[Accepted]) -> None:
            put(rows)
            if rows:
                self._session.ring(INBOX)

        def may_leave() -> None:
            opened()
            self._session.ring(OUTBOX)

        intake.handed_on, intake.opened = handed_on, may_leave
        commit.listeners.append(self._written)
        self._session.heard.append(self._listen)

    def _written(self, written: Written) -> None:
        what = OUTBOX if len(written.posts) > len(written.claimed) else ""
        what += (DEADLINES if written.alarms else "") + (JOURNAL if written.events else "")
        for letter in what:
            self._session.ring(letter)

    def _listen(self, what: str) -> None:
        for letter in what:
            if (act := self._heard.get(letter)) is not None:
                act()
