#!/usr/bin/python3
"""Runs the demo's sign-ins in the window, through the names that a screen reader announces.

    walk.py [--screenshots DIR] COMMAND…

COMMAND is the demo: it opens one window after another, one per sign-in. All names come from the English messages, so texts
can change without changing this script. Exit code 0 if each screen appeared and COMMAND exited with 0. On failure, the
elements of the window are listed and a screenshot of the display is saved in DIR.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from atspi import Desktop, Missing, screenshot

ROOT = Path(__file__).resolve().parents[2]

# Maximum wait, seconds, for the first window: the demo first makes the simulated attack.
SETTING_UP = 100.0
# Maximum wait, seconds, for a screen that appears when the program is ready: networks loaded, recordings analyzed.
SLOW = 30.0


def english() -> dict[str, str]:
    """The messages of one line without variables, by their id."""
    lines = (ROOT / "assets/words/en.ftl").read_text(encoding="utf-8").splitlines()
    messages = (re.fullmatch(r"([a-z0-9-]+) = ([^{}]+)", line) for line in lines)
    return {message[1]: message[2] for message in messages if message}


class Person:
    """A user of the window: reads titles, presses buttons."""

    def __init__(self, desktop: Desktop, words: dict[str, str], demo: subprocess.Popen) -> None:
        self.desktop, self.words, self.demo = desktop, words, demo

    def read(self, *ids: str) -> None:
        """Waits until the window shows one of these titles."""
        began = time.monotonic()
        title = self.desktop.wait_for_any([self.words[one] for one in ids], "heading", SLOW)
        print(f"walk: {time.monotonic() - began:5.1f} s  {title}", flush=True)

    def see(self, id: str) -> None:
        """Waits for an element with this name, of any role."""
        print(f"walk:          {self.desktop.wait(self.words[id], seconds=SLOW)}", flush=True)

    def press(self, id: str) -> None:
        """Presses the button with this name."""
        button = self.desktop.wait(self.words[id], "button")
        print(f"walk:          press {button}", flush=True)
        button.press()

    def leave(self, id: str) -> None:
        """Waits until the window with this title is gone."""
        self.desktop.wait_until_gone(self.words[id])


def accepted(person: Person, asked: str, done: str) -> None:
    person.read(asked)
    person.press("consent-begin")
    person.see("capture-preview")
    person.read(done)
    person.leave(done)


def enrol(person: Person) -> None:
    accepted(person, "consent-title-enroll", "done-title-enroll")


def step_up(person: Person) -> None:
    accepted(person, "consent-title-verify", "done-title")


def refused(person: Person) -> None:
    person.read("consent-title-verify")
    person.press("consent-begin")
    person.see("capture-preview")
    person.read("not-accepted-title", "cannot-tell-title")
    person.press("stop-here")
    person.read("refused-title")
    person.press("close")
    person.leave("refused-title")


def cancelled(person: Person) -> None:
    person.read("consent-title-verify")
    person.press("consent-begin")
    person.see("capture-preview")
    person.press("capture-cancel")
    person.read("refused-title")
    person.leave("refused-title")


LOGINS: list[tuple[str, Callable[[Person], None]]] = [
    ("first sign-in, enrolls", enrol),
    ("step-up", step_up),
    ("another person", refused),
    ("replayed recording", refused),
    ("the user cancels", cancelled),
]


def walk(person: Person) -> None:
    person.desktop.wait_for_window(SETTING_UP)
    for title, login in LOGINS:
        print(f"walk: {title}", flush=True)
        login(person)
    code = person.demo.wait(timeout=SLOW)
    if code != 0:
        raise Missing(f"the demo exited with {code}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshots", type=Path, default=Path("."), help="folder for the screenshot of a failure")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the demo and its arguments")
    given = parser.parse_args()
    desktop = Desktop()
    demo = subprocess.Popen(given.command, stdin=subprocess.DEVNULL, start_new_session=True)
    desktop.given_up = lambda: None if demo.poll() is None else f"the demo exited with {demo.returncode}"
    try:
        walk(Person(desktop, english(), demo))
    except (Missing, subprocess.TimeoutExpired) as failure:
        given.screenshots.mkdir(parents=True, exist_ok=True)
        screenshot(given.screenshots / "failure.png")
        print(f"walk: FAILED: {failure}\nwalk: titles so far: {desktop.headings}\n"
              f"walk: {given.screenshots / 'failure.png'}", file=sys.stderr)
        return 1
    finally:
        stop(demo)
    print(f"walk: all {len(LOGINS)} sign-ins as expected; titles: {', '.join(dict.fromkeys(desktop.headings))}")
    return 0


def stop(demo: subprocess.Popen) -> None:
    """Stops the demo and its windows, which share its process group."""
    try:
        os.killpg(demo.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    demo.wait()


if __name__ == "__main__":
    sys.exit(main())
