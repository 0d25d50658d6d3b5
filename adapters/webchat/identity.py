"""Who a visitor is: a signed random id, or a customer that the shop's own site vouches for."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner

from adapters.webchat.wire import Proof
from core.clock import Clock

_CUSTOMER = re.compile(r"^[A-Za-z0-9_.@-]{1,64}\Z")


class _Signer(TimestampSigner):
    """Signs with the channel's clock, so that tests can move it."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, salt="xiaoer.webchat.visitor", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock.now().timestamp())


class Identities:
    """Makes and reads visitor tokens, and checks the proofs of customers.

    A token is ``v_<random>`` with time and signature; it is the value of the page's cookie and of
    the embedded page's local storage. ``v_`` and ``c_`` keep visitors and customers apart, so that
    no visitor can call itself a customer.
    """

    def __init__(self, secret: str, clock: Clock, days: int, customer_key: str | None) -> None:
        """``secret`` signs visitors; ``customer_key`` is shared with the shop's site."""
        self._signer = _Signer(secret, clock)
        self._clock = clock
        self._lasts = timedelta(days=days)
        self._customer_key = customer_key

    def issue(self, visitor: str = "") -> str:
        """A fresh token for ``visitor``, or for a new one."""
        return self._signer.sign(visitor or f"v_{secrets.token_urlsafe(12)}").decode()

    def visitor(self, token: str) -> str | None:
        """The visitor of a token; ``None`` if it is forged, broken or too old."""
        try:
            value, signed_at = self._signer.unsign(token, return_timestamp=True)
        except BadSignature:
            return None
        return value.decode() if self._clock.now() - signed_at <= self._lasts else None

    def customer(self, proof: Proof) -> str | None:
        """The customer id that the shop signed; ``None`` if it did not, or not any more."""
        if not _CUSTOMER.match(proof.id) or not proof.signature.isascii():
            return None
        if not self._customer_key or proof.expires < self._clock.now().timestamp():
            return None
        expected = sign_customer(self._customer_key, proof.id, proof.expires)
        return proof.id if hmac.compare_digest(expected, proof.signature.lower()) else None


def sign_customer(key: str, customer_id: str, expires: int) -> str:
    """What the shop's site computes: HMAC-SHA256 of ``<customer id>|<unix expiry>``, as hex."""
    return hmac.new(key.encode(), f"{customer_id}|{expires}".encode(), hashlib.sha256).hexdigest()
