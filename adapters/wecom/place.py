"""Whom a conversation's name means: members, a customer group, or a customer of a member.

``zhangsan``, ``zhangsan|lisi`` and ``@all`` are members by their userid; ``party:2`` a department,
``tag:7`` a tag; ``group:wr...`` a customer group and ``contact:wm...`` a customer. A userid has no
colon (page 90195).
"""

from __future__ import annotations

GROUP, CONTACT, PARTY, TAG = "group:", "contact:", "party:", "tag:"
SYSTEM = "sys"  # the platform's own word for a sender that is nobody


def group(chat_id: str) -> str:
    """The conversation of a customer group."""
    return GROUP + chat_id


def contact(external_userid: str) -> str:
    """The conversation of a customer who added a member."""
    return CONTACT + external_userid


def recipients(conversation: str) -> dict[str, str]:
    """The fields of ``message/send`` for members; at most one of them is there."""
    for prefix, field in ((PARTY, "toparty"), (TAG, "totag")):
        if conversation.startswith(prefix):
            return {field: conversation.removeprefix(prefix)}
    return {"touser": conversation}
