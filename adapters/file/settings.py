"""Settings of a file channel: ``[channels.<name>] adapter = "file"``."""

from pathlib import Path

from core.adapter import AdapterSettings


class FileSettings(AdapterSettings):
    """``path``: the file that gets one JSON line a message; its folder is made if need be."""

    path: Path
