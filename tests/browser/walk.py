#!/usr/bin/python3
"""Tests Countenance in real Chromium: from an empty portal through sign-ins with a face and with a code to a refusal.

    walk.py [--screenshots DIR] COUNTENANCE

COUNTENANCE is the client binary; `countenance-lab demo --by-hand --json`, next to it, runs the servers. Exit code 0 if every
scenario passed or was skipped, without page faults. DIR receives numbered screenshots of the pages and, on failure, a screenshot and the HTML of each tab.
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

from chromium import Browser, Missing, Screenshots, redacted
from scenarios import SCENARIOS, Skipped, Walk
from test_env import Client, Handover, TestEnv

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshots", type=Path, default=Path("target/browser"), help="folder for screenshots")
    parser.add_argument("program", help="the client binary")
    given = parser.parse_args()
    # Exit through the cleanup code.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("walk: terminated"))
    screenshots = Screenshots(given.screenshots)
    with ExitStack() as stack:
        env = stack.enter_context(closing(TestEnv(given.program, given.screenshots / "servers.log")))
        links = stack.enter_context(closing(Handover("xdg-open")))
        pages = stack.enter_context(closing(Handover("browser")))
        client = stack.enter_context(closing(Client(given.program, env.ready.verifier, pages)))
        walk = Walk(env.ready, client, links, browser=lambda: Browser(screenshots, env.ready.verifier, links.programs))
        ends = [run_scenario(title, scenario, walk) for title, scenario in SCENARIOS]
    for fault in dict.fromkeys(screenshots.faults):
        print(f"walk: page fault: {fault}")
    print(f"walk: scenarios passed: {ends.count(PASSED)}, failed: {ends.count(FAILED)}, "
          f"skipped: {ends.count(SKIPPED)}; page faults: {len(screenshots.faults)}; "
          f"{screenshots.number} screenshots in {given.screenshots}")
    return 1 if FAILED in ends or screenshots.faults else 0


def run_scenario(title: str, scenario: Callable[[Walk], None], walk: Walk) -> str:
    """Runs a scenario in new browsers and returns its result."""
    began = time.monotonic()
    opened: list[Browser] = []
    new_browser = walk.browser

    def browser() -> Browser:
        opened.append(new_browser())
        return opened[-1]

    walk.browser = browser
    end, why = PASSED, ""
    try:
        scenario(walk)
    except Skipped as reason:
        end, why = SKIPPED, f"  skipped: {reason}"
    except (Missing, WebDriverException, OSError, subprocess.TimeoutExpired) as failure:
        end, why = FAILED, f"  FAILED: {redacted(str(failure).splitlines()[0])}"
        for left in opened:
            left.save_failure(scenario.__name__)
    finally:
        walk.browser = new_browser
        for left in opened:
            left.close()
    print(f"walk: {time.monotonic() - began:5.1f} s  {title}{why}", flush=True)
    return end


if __name__ == "__main__":
    sys.exit(main())
