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
    const [kept, rest] = [ranked.slice(0, 192), ranked.slice(192)]
    const channel = (dot, n) => (dot >> (8 * n)) & 255
    const rgb = dot => [0, 1, 2].map(n => channel(dot, n))
    const apart = (a, b) => Math.hypot(...[0, 1, 2].map(n => channel(a, n) - channel(b, n)))
    const near = rest.map(() => 0)  // which of those kept is nearest, and how far it is
    const far = rest.map(() => Infinity)
    const measure = from => rest.forEach((dot, n) => {
        for (let k = from; k < kept.length; k++) {
            const way = apart(dot, kept[k])
            if (way < far[n]) [far[n], near[n]] = [way, k]
        }
    })
    measure(0)
    while (kept.length < Math.min(256, ranked.length)) {  // a small green dot stays green
        const worth = rest.map((dot, n) => far[n] * Math.sqrt(counts.get(dot)))
        kept.push(rest[worth.indexOf(Math.max(...worth))])
        measure(kept.length - 1)
    }
    const place = new Map(kept.map((dot, n) => [dot, n]))
    rest.forEach((dot, n) => place.set(dot, near[n]))
    let places = ""
    for (const dot of dots) places += String.fromCharCode(place.get(dot))
    return {width, height, places: btoa(places), kept: kept.flatMap(rgb)}
}
"""


async def small(browser: Browser, picture: bytes) -> bytes:
    """The same picture with 256 of its colours; each of the others becomes the nearest."""
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
