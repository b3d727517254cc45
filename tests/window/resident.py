#!/usr/bin/python3
"""`countenance resident` on a desktop: when it stays, what it shows, when it goes.

    resident.py --screenshots DIR LABORATORY

LABORATORY is `countenance-lab`, with `countenance` beside it. Its demo runs two sign-ins whose links are handed to a process
that stays ready; before, without servers, what makes that process end. Exit code 0 if all was as expected.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

from atspi import Desktop, Missing, screenshot
from walk import SLOW, Person, accepted, english

# Nobody listens there, so that the window shows a page without any server.
NOBODY = "http://127.0.0.1:9"
LINK = f"countenance://verify?v={NOBODY}&s=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&c=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
# How often a resident process looks whether to stay, and more, seconds.
LOOK = 35.0


def check(is_so: object, what: str) -> None:
    if not is_so:
        raise Missing(f"not so: {what}")
    print(f"resident: {what}", flush=True)


class Program:
    """A copy of the client with a folder of its own."""

    def __init__(self, stack: ExitStack, original: Path, options: list[str], is_wanted: bool = True) -> None:
        self.stack, self.original, self.options = stack, original, options
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.data, self.settings, self.file = self.folder / "data", self.folder / "settings.toml", self.folder / "countenance"
        os.link(original, self.file)
        self.want(is_wanted)

    def want(self, is_wanted: bool) -> None:
        """Sets the setting."""
        self.settings.write_text(f"resident = {str(is_wanted).lower()}\n", encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [str(self.file), *arguments, "--data", str(self.data), "--settings", str(self.settings), *self.options]

    def run(self, *arguments: str) -> float:
        """Runs the program, which ends at once; the seconds that it took."""
        began = time.monotonic()
        ended = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, timeout=SLOW, check=False)
        if ended.returncode != 0:
            raise Missing(f"{arguments} ended with {ended.returncode}")
        return time.monotonic() - began

    def stay(self, **variables: str) -> subprocess.Popen:
        """Starts the resident process, and waits until it takes links."""
        process = subprocess.Popen(self.command("resident"), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=os.environ | variables)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        until((self.data / "run/instance.socket").exists, "the socket")
        return process


def until(is_so: Callable[[], object], what: str, seconds: float = SLOW) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise Missing(f"timed out after {seconds:g} s waiting for {what}")
        time.sleep(0.02)


def has_window(desktop: Desktop) -> bool:
    return any(node.role == "frame" for node in desktop.nodes())


def shows_and_closes(person: Person) -> None:
    person.read("failed-title")
    person.press("close")
    person.leave("failed-title")


def comes_and_goes(stack: ExitStack, person: Person, original: Path) -> None:
    """Everything but a sign-in."""
    options = ["--verifier", NOBODY]
    lost = lost_display(stack, original, options)
    program = Program(stack, original, options, is_wanted=False)
    check(program.run("resident") < SLOW, "ends at once if the setting is off")

    program.want(True)
    process = program.stay()
    program.run("resident")
    check(process.poll() is None and not has_window(person.desktop), "stays without a window; a second one ends at once")
    for _ in range(2):
        program.run(LINK)
        shows_and_closes(person)
    program.run()
    person.read("ready-title")
    process.send_signal(signal.SIGTERM)
    check(process.wait(SLOW) == 0, "a signal closes the window and ends it with 0")

    process = program.stay()
    replace(program)
    program.run(LINK)
    until(lambda: "deleted" not in os.readlink(f"/proc/{process.pid}/exe"), "the new program")
    shows_and_closes(person)
    check(process.poll() is None, "a new version takes over in the same process, and shows the link")
    program.run(LINK)
    person.read("failed-title")
    program.want(False)
    person.press("close")
    check(process.wait(SLOW) == 0, "ends with the window in which the setting was switched off")

    program.want(True)
    window = subprocess.Popen(program.command(LINK), stdin=subprocess.DEVNULL)
    stack.callback(window.wait)
    shows_and_closes(person)
    check(window.wait(SLOW) in (0, 30), "a window of its own closes")
    until(lambda: len(program_processes(program)) == 1, "the process that it leaves")
    check(not has_window(person.desktop), "a window leaves a process that stays ready")
    program.file.unlink()
    until(lambda: not program_processes(program), "the end of a program that was removed", LOOK)
    check(True, "a program that was removed ends")
    lost()


def replace(program: Program) -> None:
    """As a package manager does."""
    new = program.folder / "new"
    shutil.copy(program.original, new)
    new.rename(program.file)


def program_processes(program: Program) -> list[int]:
    """The processes with this program's folder in their command line."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"resident" in words and str(program.data).encode() in words:
            found.append(int(place.parent.name))
    return found


def lost_display(stack: ExitStack, original: Path, options: list[str]) -> Callable[[], None]:
    """A resident process whose display goes; returns what checks that it ends."""
    readable, writable = os.pipe()
    xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(writable), "-nolisten", "tcp"], pass_fds=[writable], stderr=subprocess.DEVNULL)
    stack.callback(xvfb.wait)
    stack.callback(xvfb.kill)
    os.close(writable)
    with os.fdopen(readable) as number:
        display = f":{number.readline().strip()}"
    process = Program(stack, original, options).stay(DISPLAY=display)
    xvfb.terminate()
    xvfb.wait()
    return lambda: check(process.wait(LOOK) == 0, "ends when its display has gone")


def signs_in(stack: ExitStack, laboratory: Path) -> None:
    """The first two sign-ins of the demo, whose client is this script."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    os.link(laboratory, folder / laboratory.name)
    original, log, wrapper = laboratory.with_name("countenance"), folder / "log", folder / "countenance"
    wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/python3 -B "{Path(__file__).resolve()}" --client "{log}" "{original}" "$@"\n', encoding="utf-8")
    wrapper.chmod(0o700)
    demo = subprocess.run([folder / laboratory.name, "demo", "--logins", "2"], stdin=subprocess.DEVNULL, check=False, timeout=150)
    print(log.read_text(encoding="utf-8"), end="", flush=True)
    check(demo.returncode == 0, "two sign-ins by links that were handed over")


def client(log: str, original: str, link: str, *given: str) -> int:
    """The demo's client: a resident process with the same options, and the link handed to it."""
    options = list(given)
    kept = {}
    for own in ("--data", "--settings"):
        at = options.index(own)
        _, kept[own] = options[at : at + 2]
        del options[at : at + 2]
    titles = ("consent-title-enroll", "done-title-enroll") if "enrol" in " ".join(options) else ("consent-title-verify", "done-title")
    # Standard output and error are the demo's.
    with ExitStack() as stack, open(log, "a", encoding="utf-8") as file, redirect_stdout(file):
        program, person = Program(stack, Path(original), options), Person(Desktop(), english(), None)
        program.data, program.settings = Path(kept["--data"]), Path(kept["--settings"])
        program.want(True)
        process = program.stay()
        # Has the address for the browser, which the demo opens at once.
        told = threading.Thread(target=pass_on, args=(process,))
        told.start()
        # As between two links of a working day: the networks are loaded.
        time.sleep(2.0)
        print(f"resident: {memory_mib(process.pid):.0f} MiB before the first window")
        print(f"resident: {program.run(link) * 1e3:.0f} ms to hand the link over")
        try:
            accepted(person, *titles)
            print(f"resident: {memory_mib(process.pid):.0f} MiB after a window")
        except Missing as failure:
            print(f"resident: {failure}")
            raise
        finally:
            process.terminate()
            told.join()
    print(json.dumps({"event": "ended", "result": "approved"}))
    return 0


def pass_on(process: subprocess.Popen) -> None:
    for line in process.stderr:
        sys.stderr.write(line)
        sys.stderr.flush()


def memory_mib(pid: int) -> float:
    """What the process alone takes of the memory: its share of shared pages included."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def main() -> int:
    if sys.argv[1:2] == ["--client"]:
        return client(*sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshots", type=Path, default=Path("."), help="folder for the screenshot of a failure")
    parser.add_argument("laboratory", type=Path)
    given = parser.parse_args()
    laboratory = given.laboratory.resolve()
    desktop = Desktop()
    with ExitStack() as stack:
        try:
            comes_and_goes(stack, Person(desktop, english(), None), laboratory.with_name("countenance"))
            signs_in(stack, laboratory)
        except (Missing, subprocess.SubprocessError) as failure:
            given.screenshots.mkdir(parents=True, exist_ok=True)
            screenshot(given.screenshots / "resident-failure.png")
            print(f"resident: FAILED: {failure}\n{desktop.tree()}", file=sys.stderr)
            return 1
    print("resident: all as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
