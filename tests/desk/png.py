"""Pictures of screens are drawn with few colours: a palette makes half the bytes of them."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.async_api import Browser

COLOURS = """
async png => {
    const blob = await (await fetch(`data:image/png;base64,${png}`)).blob()
    const image = await createImageBitmap(blob)
    const {width, height} = image
    const brush = new OffscreenCanvas(width, height).getContext("2d")
    brush.drawImage(image, 0, 0)
    const dots = new Uint32Array(brush.getImageData(0, 0, width, height).data.buffer)
    const counts = new Map()
    for (const dot of dots) counts.set(dot, (counts.get(dot) ?? 0) + 1)
    const ranked = [...counts].sort((a, b) => b[1] - a[1]).map(([dot]) => dot)
    const kept = ranked.slice(0, 256)
    const channel = (dot, n) => (dot >> (8 * n)) & 255
    const rgb = dot => [0, 1, 2].map(n => channel(dot, n))
    const apart = (a, b) => Math.hypot(...[0, 1, 2].map(n => channel(a, n) - channel(b, n)))
    const nearest = dot =>
        kept.reduce((best, one, n) => (apart(dot, one) < apart(dot, kept[best]) ? n : best), 0)
    const place = new Map(ranked.map((dot, n) => [dot, n < 256 ? n : nearest(dot)]))
    let places = ""
    for (const dot of dots) places += String.fromCharCode(place.get(dot))
    return {width, height, places: btoa(places), kept: kept.flatMap(rgb)}
}
"""


async def small(browser: Browser, picture: bytes) -> bytes:
    """The same picture with its 256 commonest colours; of the others each becomes the nearest."""
    page = await browser.new_page()
    found = await page.evaluate(COLOURS, base64.b64encode(picture).decode())
    await page.close()
    width, height = found["width"], found["height"]
    places = base64.b64decode(found["places"])
    lines = b"".join(b"\0" + places[at : at + width] for at in range(0, len(places), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits of a palette
    parts = ((b"IHDR", head), (b"PLTE", bytes(found["kept"])), (b"IDAT", zlib.compress(lines, 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in (*parts, (b"IEND", b"")))


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of the file: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
