"""A conversation's name: the account and the customer, since an app may serve several accounts."""

from __future__ import annotations


def join(account: str, customer: str) -> str:
    """``wk.../wm...``; neither half can hold a slash."""
    return f"{account}/{customer}"


def split(conversation: str) -> tuple[str, str]:
    """The open_kfid and the external_userid."""
    account, _, customer = conversation.partition("/")
    return account, customer
