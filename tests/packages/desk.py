#!/usr/bin/python3
"""A person at their computer, inside of it and as an ordinary user: opens a link as a browser does, and uses the window.

    desk.py LINK RECORDING ASKED DONE    a window that shows this recording is open; the sign-in succeeds
    desk.py LINK                         nothing is open; the person says that it is not theirs

ASKED and DONE are the ids of the window's titles. The last line that it prints is the address that the client opens in the browser.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "window"))

from atspi import Desktop, Missing, screenshot  # noqa: E402
from walk import SLOW, Person, english  # noqa: E402


def display(stack: ExitStack) -> None:
    """A virtual display, with OpenGL in software."""
    readable, writable = os.pipe()
    xvfb = subprocess.Popen(["Xvfb", "-displayfd", str(writable), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
                            pass_fds=[writable], stderr=subprocess.DEVNULL)
    stack.callback(xvfb.wait)
    stack.callback(xvfb.terminate)
    os.close(writable)
    with os.fdopen(readable) as number:
        os.environ["DISPLAY"] = f":{number.readline().strip()}"


def main() -> int:
    link, *window = sys.argv[1:]
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        opened, browser = place / "opened", place / "browser"
        browser.write_text(f'#!/bin/sh\nfor last; do :; done\nprintf "%s\\n" "$last" >"{opened}"\n', encoding="utf-8")
        browser.chmod(0o700)
        os.environ |= {"BROWSER": str(browser), "XDG_RUNTIME_DIR": str(place), "LIBGL_ALWAYS_SOFTWARE": "1"}
        display(stack)
        person = Person(Desktop(), english(), None)
        try:
            use(stack, person, link, *window)
            deadline = time.monotonic() + SLOW
            while not opened.exists():
                if time.monotonic() > deadline:
                    raise Missing("the client opens nothing in the browser")
                time.sleep(0.05)
        except (Missing, subprocess.SubprocessError) as failure:
            shot = Path(tempfile.gettempdir()) / "desk-failed.png"
            screenshot(shot)
            print(f"desk: {failure}\n{person.desktop.tree()}", file=sys.stderr)
            return 1
        print(opened.read_text(encoding="utf-8").strip())
    return 0


def use(stack: ExitStack, person: Person, link: str, recording: str = "", asked: str = "", done: str = "") -> None:
    if recording:
        program = subprocess.Popen(["countenance", "--camera", f"recording:{recording}"], stdout=subprocess.DEVNULL)
        stack.callback(program.wait)
        stack.callback(program.terminate)
        person.read("ready-title")
        # Ends at once: the window that is open takes the link.
        subprocess.run(["xdg-open", link], stdout=subprocess.DEVNULL, timeout=SLOW, check=True)
        person.read(asked)
        person.press("consent-begin")
        person.see("capture-preview")
        screenshot(Path(tempfile.gettempdir()) / "desk.png")
        person.read(done)
    else:
        opener = subprocess.Popen(["xdg-open", link], stdout=subprocess.DEVNULL)
        stack.callback(opener.wait)
        stack.callback(opener.terminate)
        person.read("consent-title-enroll", "consent-title-verify")
        screenshot(Path(tempfile.gettempdir()) / "desk-cold.png")
        person.press("consent-not-me")
        person.read("refused-title")


if __name__ == "__main__":
    sys.exit(main())
