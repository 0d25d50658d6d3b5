"""``python -m adapters.ilink.login``: the owner scans a code and gets the bot's token."""

from __future__ import annotations

import asyncio
import sys
from typing import Any
from urllib.parse import quote

from adapters.ilink.client import TROUBLE, Client
from adapters.ilink.settings import ILinkSettings
from core.cli.tongue import say
from core.clock import Clock, SystemClock

_REFRESHES = 3  # codes that may be asked for in a row; each lives about five minutes
_PAUSE = 1.0  # seconds between two questions
_OVER = frozenset({"expired", "verify_code_blocked", "binded_redirect"})


async def log_in(api_base: str, clock: Clock) -> dict[str, Any]:
    """What the platform says once the owner has confirmed; raises :class:`LookupError`.

    Prints the address of the code to be scanned, and asks for the number that the phone may show.
    """
    for _ in range(_REFRESHES):
        client = Client(api_base, None)
        await client.open()
        try:
            code = await client.post(
                "ilink/bot/get_bot_qrcode?bot_type=3", {"local_token_list": []}
            )
            _print("ilink.scan", url=code.get("qrcode_img_content", ""))
            status = await _wait(client, str(code.get("qrcode", "")), clock)
        finally:
            await client.close()
        if status.get("status") == "confirmed":
            return status
        if redirect := status.get("redirect_host"):
            api_base = f"https://{redirect}"
    raise LookupError("nobody-confirmed")


async def _wait(client: Client, code: str, clock: Clock) -> dict[str, Any]:
    """The last word on one code: confirmed, over, or that it goes on elsewhere."""
    number = ""
    while True:
        asked = f"ilink/bot/get_qrcode_status?qrcode={quote(code)}"
        try:
            status = await client.get(asked + (f"&verify_code={quote(number)}" if number else ""))
        except TimeoutError:
            continue
        match status.get("status"):
            case "confirmed" | "scaned_but_redirect":
                return status
            case "need_verifycode":
                number = await asyncio.to_thread(input, say("ilink.number"))
            case word if word in _OVER:
                return status
            case _:
                await clock.sleep(_PAUSE)


def _print(key: str, **values: object) -> None:
    print(say(key, **values), flush=True)  # noqa: T201 - this is a command


def main() -> int:
    """Run the command."""
    base = str(ILinkSettings.model_fields["api_base"].default)
    try:
        found = asyncio.run(log_in(sys.argv[1] if len(sys.argv) > 1 else base, SystemClock()))
    except (*TROUBLE, LookupError) as trouble:
        _print("ilink.no_login", reason=str(trouble))
        return 1
    _print("ilink.logged_in", token=found.get("bot_token", ""), base=found.get("baseurl") or base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
