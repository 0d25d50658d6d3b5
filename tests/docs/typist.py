"""``python -m tests.docs.typist``: types many ``xiaoer`` commands in one process, which is quicker.

Reads a JSON list of argument lists, writes a JSON list of what each printed.
"""

import contextlib
import io
import json
import sys

from core.cli.root import build


def main() -> None:
    printed: list[str] = []
    for words in json.load(sys.stdin):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            build(words)(words, prog_name="xiaoer", standalone_mode=False)
        printed.append(out.getvalue())
    json.dump(printed, sys.stdout)


if __name__ == "__main__":
    main()
