"""``python -m tests.docs.refresh``: bring the copies in the documents up to date."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.docs.documents import ROOT, documents, rewrite
from tests.docs.scenes import play, visit


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenes = play(folder, asyncio.run(visit(folder)))

    def real(kind: str, name: str) -> str:
        return (ROOT / name).read_text("utf-8") if kind == "file" else scenes[name]

    for document in documents():
        if rewrite(document, real):
            sys.stdout.write(f"refreshed {document.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
