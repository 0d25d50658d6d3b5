"""The one outgoing call, and what its answers mean."""

from __future__ import annotations

import aiohttp

from core.adapter import Outcome, Receipt

from .settings import PigeonSettings

LATER = 5.0  # seconds, where the platform names none


async def send(
    session: aiohttp.ClientSession, settings: PigeonSettings, body: dict[str, str]
) -> Receipt:
    """Post once and judge the answer; the core decides whether there is a next time."""
    token = settings.token.get_secret_value()
    try:
        async with session.post(
            f"{settings.api_base}/messages",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            allow_redirects=False,  # a redirect would carry the token elsewhere
        ) as response:
            return _judge(response.status, response.headers.get("Retry-After", ""))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        return Receipt(Outcome.RETRY, "unreachable")  # it never heard us
    except (TimeoutError, aiohttp.ClientError):
        return Receipt(Outcome.UNKNOWN, "no-answer")  # it may have


def _judge(status: int, retry_after: str) -> Receipt:
    if status < 300:
        return Receipt.accepted()
    if status == 429:
        seconds = float(retry_after) if retry_after.isdecimal() else LATER
        return Receipt(Outcome.RETRY, "http-429", retry_after=seconds)
    if status >= 500:
        return Receipt(Outcome.UNKNOWN, f"http-{status}")
    return Receipt(Outcome.FINAL, f"http-{status}")
