"""WeChat as a process of its own: ``python -m bench.webhook_client URL REQUESTS SEED``.

Makes all requests first, then sends them over :data:`LINES` connections, each the next one as soon
as its last was answered; prints how many a second were answered with "success".
"""

from __future__ import annotations

import asyncio
import sys
import time
from urllib.parse import urlencode, urlsplit

from adapters._weixin.crypto import MessageCipher, signature

TOKEN, APP_ID = "weixintoken", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
LINES = 32
PEOPLE = 500


def requests(url: str, many: int, seed: int) -> list[bytes]:
    """POSTs in safe mode, a text each."""
    cipher, stamp = MessageCipher(AES_KEY, APP_ID), str(int(time.time()))
    return [_request(url, cipher, stamp, seed * many + number) for number in range(many)]


def _request(url: str, cipher: MessageCipher, stamp: str, number: int) -> bytes:
    fields = {
        "ToUserName": "gh_0123456789ab",
        "FromUserName": f"o{number % PEOPLE:027}",
        "CreateTime": stamp,
        "MsgType": "text",
        "Content": "请问这件外套什么时候发货？",
        "MsgId": str(10**16 + number),
    }
    inner = "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in fields.items())
    sealed, nonce = cipher.encrypt(f"<xml>{inner}</xml>"), f"n{number}"
    body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    sign = signature(TOKEN, stamp, nonce, sealed)
    asked = urlencode({"timestamp": stamp, "nonce": nonce, "msg_signature": sign})
    address = urlsplit(url)
    head = (
        f"POST {address.path}?{asked} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _line(url: str, waiting: list[bytes]) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    while waiting:
        writer.write(waiting.pop())
        answer = await reader.readuntil(b"success")
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(answer.decode())
    writer.close()


async def _main(url: str, many: int, seed: int) -> None:
    waiting = requests(url, many, seed)
    start = time.perf_counter()
    await asyncio.gather(*(_line(url, waiting) for _ in range(LINES)))
    print(many / (time.perf_counter() - start))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
