"""``python3 dev.py standin NAME``: a platform to be played with by hand."""

from __future__ import annotations

import sys
from importlib import import_module

# Each is a module of this package with ``main(arguments)``.
PLATFORMS = {
    "wechat": "tests.standins.wechat_by_hand",
    "wecom": "tests.standins.wecom_by_hand",
}


def main(words: list[str]) -> int:
    if not words or words[0] not in PLATFORMS:
        sys.stderr.write(f"usage: python3 dev.py standin {'|'.join(PLATFORMS)} [--help]\n")
        return 2
    import_module(PLATFORMS[words[0]]).main(words[1:])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
