"""Who signed a callback, and how long ago: the one check of every door."""

from __future__ import annotations

from collections.abc import Mapping

from adapters._weixin.crypto import signed
from core.adapter import Refused
from core.clock import Clock

Query = Mapping[str, str]
LONGEST = 11  # digits of a time in seconds, with room for some thousand years


class Stamp:
    """Checks the signature and the age of a request's query.

    ``max_age`` in seconds; 0 trusts a signature for ever. The platform states no limit, so this is
    ours: a signed request that somebody has copied must not open the door a year later.
    """

    def __init__(self, token: str, max_age: float, clock: Clock) -> None:
        """Judge age by ``clock``."""
        self._token, self._max_age, self._clock = token, max_age, clock

    def check(self, query: Query, name: str, *sealed: str) -> None:
        """Raise :class:`~core.adapter.Refused` unless ``query[name]`` signs this request, freshly.

        ``sealed`` is the encrypted text, where the signature covers it (``msg_signature``).
        """
        stamp, nonce = query.get("timestamp"), query.get("nonce")
        if stamp is None or nonce is None or name not in query:
            raise Refused("no-signature")
        if not signed(query[name], self._token, stamp, nonce, *sealed):
            raise Refused("wrong-signature")
        if self._max_age and not self._fresh(stamp):
            raise Refused("stale")

    def _fresh(self, stamp: str) -> bool:
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST):
            return False
        return abs(self._clock.now().timestamp() - int(stamp)) <= self._max_age
