"""What ``xiaoer doctor`` says about a Bilibili channel, without opening a session."""

from __future__ import annotations

import re

from adapters.bilibili.client import NoAnswerError, OpenLive, PlatformError
from adapters.bilibili.codes import SESSION_OVER
from adapters.bilibili.settings import BilibiliSettings
from core.adapter import Finding

_CODE_SHAPE = re.compile(r"[0-9A-Z]{12,14}")  # seen, not documented: a hint, never a refusal
_NO_SESSION = "doctor"
_EXPLAINED = frozenset({4001, 4002, 4003, 4007, 4008, 8002})


async def findings(api: OpenLive, settings: BilibiliSettings) -> list[Finding]:
    """The shape of the identity code, then the platform's answer to a signed call.

    The call is a heartbeat for a session that cannot exist: a platform that knows the keys says
    so (7000, 7003), and nothing changes in the room.
    """
    shaped = _CODE_SHAPE.fullmatch(settings.code.get_secret_value()) is not None
    shape = "bilibili.doctor.code_shaped" if shaped else "bilibili.doctor.code_odd"
    return [Finding(shaped, shape), await _keys(api, str(settings.api_base))]


async def _keys(api: OpenLive, base: str) -> Finding:
    try:
        await api.heartbeat(_NO_SESSION)
    except NoAnswerError as error:
        values = {"api_base": base, "reason": str(error)}
        return Finding(ok=False, key="bilibili.doctor.unreachable", values=values)
    except PlatformError as error:
        if error.code not in SESSION_OVER:
            name = str(error.code) if error.code in _EXPLAINED else "other"
            values = {"code": error.code, "message": str(error)}
            return Finding(ok=False, key=f"bilibili.doctor.refused_{name}", values=values)
    return Finding(ok=True, key="bilibili.doctor.keys_accepted", values={"api_base": base})
