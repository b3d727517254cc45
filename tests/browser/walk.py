#!/usr/bin/python3
"""Tests Countenance in real Chromium: from an empty portal through sign-ins with a face and with a code to a refusal.

    walk.py [--screenshots DIR] COUNTENANCE

COUNTENANCE is the client binary; `countenance-lab demo --by-hand --json`, next to it, runs the servers. Exit code 0 if each
scenario went as expected. DIR gets numbered screenshots of the pages; a failure leaves screenshot and HTML of each tab there.
"""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from chromium import Browser, Missing, Pictures, blotted
from scenarios import SCENARIOS, Skipped, Walk
from test_env import Client, Handover, TestEnv

WELL, FAILED, SKIPPED = "well", "failed", "skipped"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshots", type=Path, default=Path("target/browser"), help="folder for screenshots")
    parser.add_argument("program", help="the client binary")
    given = parser.parse_args()
    # Exit through the cleanup code.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("walk: terminated"))
    pictures = Pictures(given.screenshots)
    with ExitStack() as stack:
        env = stack.enter_context(closing(TestEnv(given.program, given.screenshots / "servers.log")))
        links = stack.enter_context(closing(Handover("xdg-open")))
        pages = stack.enter_context(closing(Handover("browser")))
        client = stack.enter_context(closing(Client(given.program, env.ready.verifier, pages)))
        walk = Walk(env.ready, client, links, browser=lambda: Browser(pictures, env.ready.verifier, links.programs))
        ends = [played(title, scenario, walk) for title, scenario in SCENARIOS]
    for fault in dict.fromkeys(pictures.faults):
        print(f"walk: page fault: {fault}")
    print(f"walk: scenarios passed: {ends.count(WELL)}, failed: {ends.count(FAILED)}, "
          f"skipped: {ends.count(SKIPPED)}; page faults: {len(pictures.faults)}; "
          f"{pictures.number} screenshots in {given.screenshots}")
    return 1 if FAILED in ends or pictures.faults else 0


def played(title: str, scenario: Callable[[Walk], None], walk: Walk) -> str:
    """Runs a scenario in new browsers and returns its result."""
    began = time.monotonic()
    opened: list[Browser] = []
    new_browser = walk.browser

    def browser() -> Browser:
        opened.append(new_browser())
        return opened[-1]

    walk.browser = browser
    end, why = WELL, ""
    try:
        scenario(walk)
    except Skipped as reason:
        end, why = SKIPPED, f"  skipped: {reason}"
    except (Missing, WebDriverException, OSError, subprocess.TimeoutExpired) as failure:
        end, why = FAILED, f"  FAILED: {blotted(str(failure).splitlines()[0])}"
        for left in opened:
            left.keep(scenario.__name__)
    finally:
        walk.browser = new_browser
        for left in opened:
            left.close()
    print(f"walk: {time.monotonic() - began:5.1f} s  {title}{why}", flush=True)
    return end


if __name__ == "__main__":
    sys.exit(main())
