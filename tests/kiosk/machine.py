"""A computer with Debian 13 and the kiosk's package: a container with its own systemd, on a copy of a folder that vanishes.

Needs root, and that this process has mounts and a network of its own (test-kiosk sees to it): all of it goes with it.
"""

import json
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

UNIT = "countenance-kiosk.service"
RUNTIME = "/run/countenance-kiosk"
DISPLAY = {"XDG_RUNTIME_DIR": RUNTIME, "WAYLAND_DISPLAY": "wayland-0"}
# The settings of session and unit, with which the compositor compiles the keyboard's layout.
KEYBOARD = {"XKB_CONFIG_EXTRA_PATH": "/usr/share/countenance-kiosk/xkb", "XKB_DEFAULT_RULES": "evdev",
            "XKB_DEFAULT_LAYOUT": "us", "XKB_DEFAULT_OPTIONS": "countenance:kiosk"}
# A screen in memory instead of a graphics card's. Speech and screen readers are not tested.
HEADLESS = """[Service]
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 LIBGL_ALWAYS_SOFTWARE=1
"""
SLOW = 60.0
GROUP = f"countenance-kiosk-{secrets.token_hex(4)}"


class Fault(AssertionError):
    """Something is not as it should be."""


class Machine:
    """A copy of `root` in `work`, an empty folder. `shared` holds files that appear below /shared."""

    def __init__(self, root: Path, work: Path, shared: dict[str, Path], log: Path) -> None:
        self.work, self.log, self.nspawn, self.leader = work, log.open("w", encoding="utf-8"), None, ""
        self.added: set[Path] = set()
        run("mount", "-t", "tmpfs", "-o", "size=3G,mode=755", "kiosk", work)
        for part in ("upper", "temporary", "root"):
            (work / part).mkdir()
        self.root = work / "root"
        layers = f"lowerdir={root},upperdir={work / 'upper'},workdir={work / 'temporary'}"
        run("mount", "-t", "overlay", "-o", layers, "overlay", self.root)
        use_one_cgroup_tree()
        self.binds = [f"--bind-ro={path}:/shared/{name}" for name, path in shared.items()]
        self.before = self.files()

    def close(self) -> None:
        self.stop()
        run("umount", "--recursive", self.work)
        self.work.rmdir()
        leave_cgroups()
        self.log.close()

    def install_packages(self, packages: list[Path]) -> None:
        """As a person would, while the computer is off."""
        inside = [f"/var/tmp/{package.name}" for package in packages]
        for package in packages:
            shutil.copy(package, self.root / "var/tmp")
        self.install("apt-get", "install", "-y", "-q", "--no-install-recommends", *inside)
        for path in inside:
            (self.root / path[1:]).unlink()

    def install_kiosk(self, packages: list[Path]) -> None:
        """The kiosk's packages, and a screen in memory."""
        self.install_packages(packages)
        self.add(f"etc/systemd/system/{UNIT}.d/headless.conf", HEADLESS)
        # As on a computer without a graphical target: the tests start the unit.
        (self.root / "etc/systemd/system/default.target").symlink_to("/usr/lib/systemd/system/multi-user.target")

    def install(self, *command: str) -> None:
        """Runs a package manager's command while the computer is off."""
        subprocess.run([*self.container(), "--pipe", "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command],
                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, check=True, timeout=600)

    def container(self) -> list[str]:
        return ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--machine=countenance-kiosk",
                f"--directory={self.root}", *self.binds]

    def add(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        self.added.add(file)

    def take_back(self) -> None:
        """Removes what `add` has added, and folders of the unit's that are empty then."""
        for file in self.added:
            file.unlink(missing_ok=True)
        self.added.clear()
        (self.root / f"etc/systemd/system/{UNIT}.d").rmdir()

    def files(self) -> set[str]:
        """All files on its disk, apart from logs, caches and the package manager's notes."""
        changing = ("var/log", "var/cache", "var/lib/dpkg", "var/lib/apt", "var/lib/systemd", "var/tmp", "run", "tmp", "shared",
                    "proc", "sys", "dev", "etc/machine-id", "etc/.pwd.lock")
        found = set()
        for folder, folders, names in os.walk(self.root):
            here = os.path.relpath(folder, self.root)
            folders[:] = [name for name in folders if os.path.normpath(os.path.join(here, name)) not in changing]
            found |= {os.path.normpath(os.path.join(here, name)) for name in names + folders}
        return {path for path in found if not path.startswith(changing)}

    # On and off

    def start(self) -> None:
        self.nspawn = subprocess.Popen([*self.container(), "--boot", "--console=pipe"], stdin=subprocess.DEVNULL,
                                       stdout=self.log, stderr=self.log)
        children = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children")
        # Before it there is one for a moment that only makes it.
        self.leader = until(lambda: next(filter(is_first, children.read_text().split()), ""), "the container's first process")
        until(lambda: self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded"), "the computer to be up")

    def stop(self) -> None:
        if self.nspawn and self.nspawn.poll() is None:
            self.run("systemctl", "poweroff", check=False)
            try:
                self.nspawn.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.nspawn = None
        self.log.flush()

    # Commands in it

    def enter(self, *command: str, **variables: str) -> list[str]:
        inside = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--pid", "--"]
        return [*inside, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                *(f"{name}={value}" for name, value in variables.items()), *command]

    def run(self, *command: str, check: bool = True, typed: str = "", limit: float = SLOW, **variables: str) -> str:
        """Runs a command as root, which reads what is `typed`; returns what it prints."""
        done = subprocess.run(self.enter(*command, **variables), input=typed.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit, check=False)
        if check and done.returncode:
            raise Fault(f"{command[0]} exited with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.stdout.decode(errors="replace")

    def file(self, path: str) -> Path:
        """A file of the running computer, memory included, as seen from here."""
        return Path(f"/proc/{self.leader}/root") / path

    def show(self, name: str) -> str:
        """A property of the unit."""
        return self.run("systemctl", "show", UNIT, f"--property={name}", "--value").strip()

    def processes(self) -> dict[int, str]:
        """Processes of the unit: command lines by number."""
        group = self.show("ControlGroup")
        numbers = self.run("sh", "-c", f"cat /sys/fs/cgroup{group}/cgroup.procs 2>/dev/null || true").split() if group else []
        lines = {int(n): self.run("sh", "-c", f"tr '\\0' ' ' </proc/{n}/cmdline 2>/dev/null || true").strip() for n in numbers}
        return {number: line for number, line in lines.items() if line}

    # The screen

    def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(self.enter("grim", "-", **DISPLAY), stdout=subprocess.PIPE, stderr=self.log, check=True, timeout=SLOW)
        path.write_bytes(done.stdout)

    def pixels(self) -> bytes:
        """The screen's content, three bytes a pixel."""
        done = subprocess.run(self.enter("grim", "-t", "ppm", "-", **DISPLAY), stdout=subprocess.PIPE, stderr=self.log, check=True,
                              timeout=SLOW)
        return done.stdout.split(b"\n", 3)[3]

    def turn(self, size: str) -> None:
        """Gives the screen this size, as 1080x1920."""
        self.run("wlr-randr", "--output", "HEADLESS-1", "--custom-mode", size, **DISPLAY)


class Hands:
    """Keyboard and pointer at the computer's screen."""

    def __init__(self, machine: Machine) -> None:
        self.program = subprocess.Popen(machine.enter("python3", "-B", "/shared/tests/hands.py", **DISPLAY, **KEYBOARD),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=machine.log, text=True)

    def do(self, *what: str | int | float) -> None:
        try:
            self.program.stdin.write(json.dumps(what) + "\n")
            self.program.stdin.flush()
            answer = self.program.stdout.readline()
        except OSError:
            answer = ""
        if not answer:
            raise Fault(f"no keyboard at the screen; {what[0]} was not possible")

    def close(self) -> None:
        try:
            self.program.stdin.close()
        except OSError:
            pass
        self.program.wait(timeout=10)


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


def until(found, what: str, limit: float = SLOW, pause: float = 0.05):
    """Waits until `found` returns something truthy, and returns it; asks again after `pause` seconds."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(pause)
    raise Fault(f"waited {limit:.0f} s for {what}")


def is_first(process: str) -> bool:
    """Whether a process is the first one in process numbers of its own."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    numbers = status.partition("NSpid:")[2].partition("\n")[0].split()
    return len(numbers) > 1 and numbers[-1] == "1"


def use_one_cgroup_tree() -> None:
    """Debian 13's systemd wants the unified tree alone. Only for this process, whose mounts are its own; it moves into a group
    of its own there."""
    groups = Path("/sys/fs/cgroup")
    if not (groups / "cgroup.controllers").exists():
        run("umount", "--recursive", groups)
        run("mount", "-t", "cgroup2", "cgroup2", groups)
    own = groups / GROUP
    own.mkdir()
    (own / "cgroup.procs").write_text("0")


def leave_cgroups() -> None:
    """Removes the group that `use_one_cgroup_tree` made, with what the container left in it."""
    groups = Path("/sys/fs/cgroup")
    own = groups / GROUP
    if own.exists():
        (groups / "cgroup.procs").write_text("0")
        # Processes that have just ended still count for a moment.
        until(lambda: is_removed(own), "the container's last process to be gone", 10)


def is_removed(group: Path) -> bool:
    try:
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            folder.rmdir()
        group.rmdir()
    except OSError:
        return False
    return True
