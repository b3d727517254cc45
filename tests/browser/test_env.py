"""Environment of the browser tests: the demo's servers and the client, as separate programs; and how one program
hands an address to another.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from chromium import SLOW, Missing, redacted

RECORDINGS = Path("tests/fixtures")

# Exit codes of `countenance capture`.
APPROVED, REFUSED, NOT_APPROVED = 0, 10, 32


@dataclass(frozen=True)
class Ready:
    """The demo's report when its servers are up. Addresses are origins, except `portal` and `manage`."""

    portal: str
    operator: str
    password: str
    manage: str
    payroll: str
    phone: str
    verifier: str
    tenant: str
    email: str
    user_password: str
    phone_number: str

    @classmethod
    def read(cls, line: str) -> "Ready":
        said = json.loads(line)
        return cls(**{name: said[name].rstrip("/") for name in cls.__dataclass_fields__})


class TestEnv:
    """The demo's servers, without an integration. They stop on request or at the end of standard input."""

    def __init__(self, program: str, log: Path, variables: dict[str, str] | None = None) -> None:
        """`variables` are added to the servers' environment."""
        laboratory = str(Path(program).with_name("countenance-lab"))
        with log.open("wb") as errors:
            self.demo = subprocess.Popen([laboratory, "demo", "--by-hand", "--json"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
                                         env={**os.environ, **(variables or {})})
        try:
            self.ready = Ready.read(line_from(self.demo.stdout.fileno(), "the demo to be ready"))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.demo.stdin.close()
        try:
            self.demo.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.demo.pid, signal.SIGKILL)
            self.demo.wait()


class Handover:
    """A fake program that reports its last argument to the test instead of opening it."""

    def __init__(self, name: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="countenance-handover-")
        self.programs = Path(self.folder.name)
        self.program, fifo = self.programs / name, self.programs / "handed"
        os.mkfifo(fifo, 0o600)
        # Also opened for writing, so that it does not end with the first writer.
        self.end = os.open(fifo, os.O_RDWR)
        self.program.write_text(f'#!/bin/sh\nfor last; do :; done\nprintf "%s\\n" "$last" >"{fifo}"\n', encoding="utf-8")
        self.program.chmod(0o700)

    def take(self, what: str) -> str:
        """The argument received."""
        return line_from(self.end, what)

    def close(self) -> None:
        os.close(self.end)
        self.folder.cleanup()


class Client:
    """A client installation that opens addresses with the program `browser`."""

    def __init__(self, program: str, verifier: str, browser: Handover) -> None:
        self.program, self.verifier, self.browser = program, verifier, browser
        self.home = tempfile.TemporaryDirectory(prefix="countenance-client-")

    def capture(self, link: str, recording: str, ends: int) -> str:
        """Runs the recording for the link's sign-in; returns the address to continue at. The exit code must be `ends`."""
        self.run(ends, "capture", "--camera", f"recording:{RECORDINGS / recording}", link)
        return self.browser.take("an address from the client")

    def asks_for_approval(self, link: str) -> str:
        """Tries the link's sign-in with a device that is not bound to the account; returns the code that it shows."""
        lines = self.run(NOT_APPROVED, "capture", "--camera", f"recording:{RECORDINGS / 'person-a-verify.mp4'}", link)
        codes = [json.loads(line).get("approval", {}).get("code") for line in lines if line.startswith("{")]
        if not any(codes):
            raise Missing("the client shows no approval code")
        return next(filter(None, codes))

    def approve(self, code: str) -> None:
        """Allows the device that shows this code."""
        self.run(APPROVED, "device", "approve", "--yes", code)

    def run(self, ends: int, *arguments: str) -> list[str]:
        """Runs the client, whose exit code must be `ends`; returns what it prints."""
        folders = {f"XDG_{name}": self.home.name for name in ("CONFIG_HOME", "DATA_HOME", "CACHE_HOME", "RUNTIME_DIR")}
        environment = {**os.environ, **folders, "BROWSER": str(self.browser.program)}
        run = subprocess.run([self.program, *arguments, "--verifier", self.verifier], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SLOW, env=environment,
                             check=False)
        if run.returncode != ends:
            raise Missing(f"the client exited with {run.returncode}, expected {ends}: {redacted(run.stdout)[-600:]}")
        return run.stdout.splitlines()

    def close(self) -> None:
        self.home.cleanup()


def line_from(end: int, what: str) -> str:
    """Waits for one line of text."""
    line, deadline = b"", time.monotonic() + SLOW
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([end], [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(end, 65536) if readable else b""
        if not piece:
            raise Missing(f"waited for {what}, got “{redacted(line.decode(errors='replace'))}”")
        line += piece
    return line.decode().rstrip("\n")
