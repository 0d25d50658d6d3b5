"""Which language a text is in, by its letters."""

from __future__ import annotations

import re

_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"(?<![a-z0-9@./_-])(?=[a-z]*[aeiouy])[a-z]{2,}(?![a-z0-9@_])")


def language(plain: str) -> str:
    """``en`` when English words outnumber Chinese characters, otherwise ``zh``.

    A short word alone ("ok", "xl") says nothing: Chinese customers write it too.
    """
    words = _WORD.findall(plain)
    if not words or (len(words) == 1 and len(words[0]) < 4):
        return "zh"
    return "en" if len(words) > len(_HAN.findall(plain)) else "zh"
