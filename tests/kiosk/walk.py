#!/usr/bin/python3
"""Tests the kiosk's package in Debian 13: as root, with mounts and a network of its own. test-kiosk starts it.

    walk.py --root FOLDER --packages CLIENT KIOSK --out FOLDER --program COUNTENANCE [PART…] [VISITS]

COUNTENANCE is the client program; countenance-lab, next to it, runs the servers. PART is one of PARTS; by default those of
USUAL, in this order; signins:TEXT and faults:TEXT try what has this text in its name. VISITS is for endurance. Screenshots and the logs go to the folder `--out`.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import endurance
import faults
import keys
import signins
import timing
import unit
from camera import Camera
from kiosk import Kiosk
from machine import UNIT, Fault, Machine
from servers import REPOSITORY, Servers

from chromium import Missing
from scenarios import SAME_FACE

HERE = Path(__file__).parent
USUAL = ("unit", "keys", "signins", "faults", "purge")
PARTS = (*USUAL[:-1], "timing", "endurance", "purge")
PAGE = b"""<!doctype html><html lang=en><title>Start page</title><body style="font:48px sans-serif;background:#dfe8f0">
<h1>Start page</h1><p>Nothing here takes what is typed.</p>"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("root", "out", "program"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--packages", type=Path, nargs=2, required=True)
    parser.add_argument("parts", nargs="*", metavar="PART")
    given = parser.parse_args()
    visits = int(given.parts.pop()) if given.parts and given.parts[-1].isdigit() else endurance.VISITS
    if wrong := {part.partition(":")[0] for part in given.parts} - set(PARTS):
        parser.error(f"no part {', '.join(wrong)}; there are {', '.join(PARTS)}")
    given.out.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    work = Path(tempfile.mkdtemp(prefix="countenance-kiosk-"))
    with ExitStack() as stack:
        camera = stack.enter_context(closing(Camera()))
        shared = {"tests": HERE.resolve(), "recordings": REPOSITORY / "tests/fixtures", "camera": camera.folder}
        machine = stack.enter_context(closing(Machine(given.root.resolve(), work, shared, given.out / "machine.log")))
        machine.install_kiosk(given.packages)
        servers = stack.enter_context(closing(Servers(str(given.program), given.out)))
        kiosk = Kiosk(machine, given.out, servers, camera)
        stack.callback(kiosk.leave)
        start = start_page()
        machine.start()
        failed = 0
        for part, _, only in (part.partition(":") for part in given.parts or USUAL):
            kiosk.out, kiosk.number = given.out / part, 0
            kiosk.out.mkdir(exist_ok=True)
            if part in ("unit", "keys"):
                # Nobody asks whether somebody is there, in the middle of the keys.
                kiosk.set_up(SAME_FACE, start_url=start, pages=[start.rstrip("/")], attract=False, idle_secs=600)
            for title, check in checks(part, kiosk, servers, only, visits):
                failed += not passes(title, check)
    return 1 if failed else 0


def checks(part: str, kiosk: Kiosk, servers: Servers, only: str, visits: int) -> list[tuple[str, Callable[[], None]]]:
    machine = kiosk.machine
    match part:
        case "unit":
            return [(title, lambda check=check: check(machine)) for title, check in unit.CHECKS]
        case "keys":
            return [("ways out by keyboard and pointer", lambda: ways_out(machine, kiosk.out))]
        case "signins":
            return [("sign-ins", lambda: signins.all_of_them(kiosk, servers, only))]
        case "faults":
            return [("faults", lambda: faults.all_of_them(kiosk, servers, only))]
        case "timing":
            return [("times", lambda: timing.all_of_it(kiosk, servers))]
        case "endurance":
            return [(f"{visits} visits", lambda: endurance.visits(kiosk, servers, visits))]
        case _:
            return [("the package is removed", lambda: unit.removed(machine))]


def start_page() -> str:
    """Serves the page at which unit and keys are tried; returns its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def ways_out(machine: Machine, out: Path) -> None:
    def start() -> None:
        machine.run("systemctl", "restart", UNIT)
        unit.browser(machine)

    if found := keys.are_closed(machine, start):
        machine.screenshot(out / "failed.png")
        raise Fault(f"{len(found)} do something: {'; '.join(found)}")
    machine.screenshot(out / "keys.png")


def passes(title: str, check: Callable[[], None]) -> bool:
    began = time.monotonic()
    try:
        check()
        why = ""
    except (Fault, Missing, OSError) as fault:
        why = f"  FAILED: {fault}"
    print(f"kiosk: {time.monotonic() - began:5.1f} s  {title}{why}", flush=True)
    return not why


if __name__ == "__main__":
    sys.exit(main())
