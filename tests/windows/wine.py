"""A Windows of its own for tests: a Wine prefix in a folder, without menus, browsers or a registered user."""

import os
import subprocess
import time
from pathlib import Path

# Debian keeps the 64-bit loader beside its libraries.
WINE = next((path for path in ("/usr/lib/wine/wine64", "/usr/bin/wine64") if os.path.exists(path)), "wine64")
# Maximum duration of a program, seconds.
LIMIT = 120.0


class Failed(Exception):
    """A program did not end as it should have."""


class Windows:
    """One prefix. `user` is the name of the Windows user."""

    def __init__(self, prefix: Path, user: str = "zoe") -> None:
        self.prefix = prefix
        self.env = os.environ | {
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": os.environ.get("WINEDEBUG", "-all"),
            # No .NET or HTML engine to download, no entries in this machine's menus.
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "USER": user,
            "LOGNAME": user,
            "LC_ALL": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }

    def make(self, tools: list[Path]) -> None:
        """Makes the prefix, with `tools` among Windows' own files: the library that Wine lacks, and test tooling."""
        self.prefix.parent.mkdir(parents=True, exist_ok=True)
        self.run("wineboot", "--init")
        self.run("winecfg", "-v", "win10")
        self.wait()
        system = self.prefix / "drive_c/windows/system32"
        for tool in tools:
            (system / tool.name).write_bytes(tool.read_bytes())

    def run(self, *command: str, code: int | None = 0, limit: float = LIMIT) -> subprocess.CompletedProcess:
        """Runs a program, by its Windows path or name; fails if it does not exit with `code`, unless that is None."""
        began = time.monotonic()
        ran = subprocess.run(
            [WINE, *command], env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False
        )
        ran.stdout, ran.stderr = (out.decode("utf-8", "replace").replace("\r", "") for out in (ran.stdout, ran.stderr))
        if code is not None and ran.returncode != code:
            raise Failed(f"{command} ended with {ran.returncode}, not {code}:\n{ran.stdout}\n{ran.stderr}")
        ran.seconds = time.monotonic() - began
        return ran

    def start(self, *command: str, **options) -> subprocess.Popen:
        """Starts a program without waiting for it."""
        return subprocess.Popen([WINE, *command], env=self.env, **options)

    def close(self, title: str) -> None:
        """Asks the window with this title to close, as its close button does."""
        self.run(r"C:\windows\system32\close.exe", title)

    def running(self, program: str) -> dict[int, list[str]]:
        """The arguments of each process of `program`, by its number."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                ours = f"WINEPREFIX={self.prefix}".encode() in (folder / "environ").read_bytes().split(b"\0")
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
            if ours and words[0] == program:
                found[int(folder.name)] = [word for word in words[1:] if word]
        return found

    def wait_for_end(self, program: str, seconds: float) -> None:
        """Waits until no process of `program` runs."""
        ends = time.monotonic() + seconds
        while left := self.running(program):
            if time.monotonic() > ends:
                raise Failed(f"after {seconds} s these still run: {left}")
            time.sleep(0.1)

    def wait(self) -> None:
        """Waits until no program runs in the prefix."""
        subprocess.run([WINE.replace("wine64", "wineserver"), "-w"], env=self.env, timeout=LIMIT, check=False)

    def stop(self) -> None:
        """Ends every program in the prefix."""
        subprocess.run([WINE.replace("wine64", "wineserver"), "-k"], env=self.env, timeout=LIMIT, check=False)

    def unix(self, windows: str) -> Path:
        """The file behind a path on drive C."""
        assert windows.lower().startswith("c:\\"), windows
        return self.prefix / "drive_c" / windows[3:].replace("\\", "/")

    def registry(self, key: str, name: str | None = None) -> str | None:
        """A value of the registry, as `reg query` shows it; None if there is none."""
        ran = self.run("reg", "query", key, *(["/v", name] if name else ["/ve"]), code=None)
        for line in ran.stdout.splitlines():
            parts = line.strip().split("    ", 2)
            if len(parts) == 3 and parts[1].startswith("REG_"):
                return parts[2]
        return None

    def has_key(self, key: str) -> bool:
        """Whether a key of the registry exists."""
        return self.run("reg", "query", key, code=None).returncode == 0
