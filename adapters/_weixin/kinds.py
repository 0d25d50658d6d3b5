"""What a file really is, by its first bytes: names and headers of strangers prove nothing."""

from __future__ import annotations

from dataclasses import dataclass

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
HEAD = 12  # bytes that tell
ANY = frozenset[str]()  # of a limit: whatever it is


@dataclass(frozen=True, slots=True)
class Limit:
    """What the platform takes for one use: at most so many bytes, of these kinds.

    ``seconds``: how long it may last, where that counts.
    """

    size: int
    kinds: frozenset[str]
    seconds: float | None = None


def kind_of(head: bytes) -> str:
    """The content type of a file that begins like this; empty where it is none of ours."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    # An MP3 begins with its tag, or with a frame: eleven bits set, layer III.
    frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    if head.startswith(b"ID3") or frame:
        return "audio/mpeg"
    return "video/mp4" if head[4:8] == b"ftyp" else ""
