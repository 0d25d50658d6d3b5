"""The one call of a group robot, and what its answers mean."""

from typing import Any, cast

import aiohttp
import msgspec

from adapters.wecom_robot.settings import WeComRobotSettings
from adapters.wecom_robot.wire import Body
from core.adapter import Outcome, Receipt

PATH = "/cgi-bin/webhook/send"
# Too frequent, too parallel: blocked for about a minute (pages 90313 and 90454).
SLOW_DOWN = frozenset({45009, 45033})
BUSY = -1
BLOCKED_FOR = 60.0  # seconds
BUSY_FOR = 5.0


async def post(session: aiohttp.ClientSession, settings: WeComRobotSettings, body: Body) -> Receipt:
    """Post once. The address holds the key, so neither it nor an error's words go anywhere."""
    try:
        async with session.post(
            settings.api_base + PATH,
            params={"key": settings.webhook_key.get_secret_value()},
            json=body,
            allow_redirects=False,  # a redirect would carry the key elsewhere
        ) as response:
            return _read(response.status, await response.read())
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        return Receipt(Outcome.RETRY, "unreachable")
    except (TimeoutError, aiohttp.ClientError):
        return Receipt(Outcome.UNKNOWN, "no-answer")


def _read(status: int, data: bytes) -> Receipt:
    """HTTP status and body as a receipt; the platform says nearly everything with status 200."""
    if status == 429:
        return Receipt(Outcome.RETRY, "http-429", retry_after=BLOCKED_FOR)
    if status >= 500:
        return Receipt(Outcome.UNKNOWN, f"http-{status}")
    if status != 200:
        return Receipt(Outcome.FINAL, f"http-{status}")
    code = _code(data)
    if code is None:
        return Receipt(Outcome.UNKNOWN, "unreadable")
    if code == 0:
        return Receipt.accepted()
    if code in SLOW_DOWN:
        return Receipt(Outcome.RETRY, str(code), retry_after=BLOCKED_FOR)
    if code == BUSY:
        return Receipt(Outcome.RETRY, str(code), retry_after=BUSY_FOR)
    return Receipt(Outcome.FINAL, str(code))


def _code(data: bytes) -> int | None:
    try:
        answer: object = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return None
    if not isinstance(answer, dict):
        return None
    code: object = cast("dict[str, Any]", answer).get("errcode")
    return code if isinstance(code, int) else None
