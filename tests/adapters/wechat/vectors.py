"""The vectors as typed rows. Other sets of the same form can be dropped into the folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adapters._weixin.crypto import MessageCipher

DATA = Path(__file__).parents[2] / "data" / "wechat"
MESSAGES = DATA / "messages"
Row = dict[str, Any]

CRYPTO: dict[str, Any] = json.loads((DATA / "crypto.json").read_text())
MANIFEST: dict[str, Any] = json.loads((MESSAGES / "manifest.json").read_text())
ACCOUNTS: dict[str, Row] = CRYPTO["accounts"]


def rows(section: str) -> list[Row]:
    found: list[Row] = CRYPTO[section]
    return found


def files() -> list[Row]:
    found: list[Row] = MANIFEST["files"]
    return found


def name_of(row: Row) -> str:
    return str(row.get("id") or row["file"])


def account(row: Row) -> Row:
    return ACCOUNTS[row["account"]]


def cipher(row: Row) -> MessageCipher:
    return MessageCipher(account(row)["encoding_aes_key"], account(row)["receive_id"])


def query_of(row: Row) -> dict[str, str]:
    """The query as sent; the invalid vectors only name its values."""
    if "query" in row:
        return dict(row["query"])
    names = ("timestamp", "nonce", "msg_signature")
    return {n: row[n] for n in names if row[n] is not None} | {"encrypt_type": "aes"}


def settings_of(row: Row, **more: object) -> dict[str, object]:
    """A safe-mode channel for the vector's account."""
    mine: dict[str, object] = {
        "token": account(row)["token"],
        "encoding_aes_key": account(row)["encoding_aes_key"],
        "app_id": account(row)["receive_id"] or "robot",
        "mode": "safe",
        "max_age": 0,
    }
    return mine | more
