"""How the Bilibili stand-in judges a request: the code that the platform would answer."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

NAMES = (
    "accesskeyid",
    "content-md5",
    "signature-method",
    "signature-nonce",
    "signature-version",
    "timestamp",
)


@dataclass(frozen=True)
class Judge:
    """What the platform knows: secrets by access key, the versions it speaks, its tolerance."""

    secrets: Mapping[str, str]
    versions: Collection[str] = ("1.0", "2.0")
    max_skew_s: int = 600

    def code(
        self, headers: Mapping[str, str], body: bytes, now: float, seen: Collection[str]
    ) -> int:
        """0, or the code of the first thing that is wrong."""
        sent = {name.lower(): value for name, value in headers.items()}
        bili = {name: sent.get(f"x-bili-{name}", "") for name in NAMES}
        stamp = bili["timestamp"]
        fresh = stamp.isdecimal() and abs(int(stamp) - now) <= self.max_skew_s
        key = bili["accesskeyid"]
        checks = (
            (4011, sent.get("content-type", "").partition(";")[0] == "application/json"),
            (4013, sent.get("accept") == "application/json"),
            (4005, bili["signature-method"] == "HMAC-SHA256"),
            (4006, bili["signature-version"] in self.versions),
            (4001, key in self.secrets),
            (4003, fresh),
            (4004, bool(bili["signature-nonce"]) and bili["signature-nonce"] not in seen),
            (4012, bili["content-md5"] == hashlib.md5(body).hexdigest()),
            (4002, sent.get("authorization", "") == self._signature(key, bili)),
        )
        return next((code for code, well in checks if not well), 0)

    def _signature(self, key: str, bili: Mapping[str, str]) -> str:
        lines = "\n".join(f"x-bili-{name}:{bili[name]}" for name in sorted(bili))
        secret = self.secrets.get(key, "").encode()
        return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
