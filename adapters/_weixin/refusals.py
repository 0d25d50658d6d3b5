"""What refusals at the webhook mean to who set the channel up; for ``xiaoer doctor``."""

from __future__ import annotations

from collections.abc import Mapping

_UNREADABLE = ("bad-base64", "bad-block-size", "bad-padding", "bad-length", "not-utf8")


def meanings(domain: str, receive_id: str) -> Mapping[str, str]:
    """Reason to locale key; ``receive_id`` is the key for a message sealed for another account."""
    return {
        "wrong-signature": f"{domain}.refused_signature",
        "stale": f"{domain}.refused_stale",
        "wrong-receive-id": receive_id,
        "not-encrypted": f"{domain}.refused_plain",
        "encrypted-but-mode-is-plain": f"{domain}.refused_sealed",
        "other-account": f"{domain}.refused_other",
        **dict.fromkeys(_UNREADABLE, f"{domain}.refused_key"),
    }
