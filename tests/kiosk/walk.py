#!/usr/bin/python3
"""Tests the kiosk's package in Debian 13: as root, with mounts of its own. test-kiosk starts it.

    walk.py --root FOLDER --package FILE --out FOLDER --program COUNTENANCE [PART…]

COUNTENANCE is the client program; countenance-lab, next to it, runs the servers. PART is unit, keys, signins or purge; by
default all, in this order. Screenshots and the log go to the folder `--out`.
"""

import argparse
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import keys
import signins
import unit
from machine import UNIT, Fault, Machine

HERE = Path(__file__).parent
PARTS = ("unit", "keys", "signins", "purge")
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
    for name in ("root", "package", "out", "program"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("parts", nargs="*", metavar="PART")
    given = parser.parse_args()
    if wrong := set(given.parts) - set(PARTS):
        parser.error(f"no part {', '.join(wrong)}")
    given.out.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    work = Path(tempfile.mkdtemp(prefix="countenance-kiosk-"))
    shared = {"tests": HERE.resolve(), "recordings": signins.REPOSITORY / "tests/fixtures"}
    machine = Machine(given.root.resolve(), work, shared, given.out / "machine.log")
    try:
        machine.install_package(given.package)
        is_kiosk = settle(machine, server.server_port)
        machine.start()
        for part in given.parts or PARTS:
            if part == "signins" and not is_kiosk:
                print("kiosk: NOT RUN: sign-ins, which need the program's own kiosk")
                continue
            if part == "signins":
                use_program(machine)
            for title, check in checks(part, given):
                failed += not passes(title, lambda: check(machine))
    finally:
        machine.close()
    return 1 if failed else 0


def checks(part: str, given: argparse.Namespace) -> list:
    match part:
        case "unit":
            return unit.CHECKS
        case "keys":
            return [("ways out by keyboard and pointer", lambda machine: ways_out(machine, given.out))]
        case "signins":
            return [("sign-ins", lambda machine: signins.all_of_them(machine, given.out / "signins", str(given.program)))]
        case _:
            return [("the package is removed", unit.removed)]


def settle(machine: Machine, port: int) -> bool:
    """The configuration of the test, and a stand-in for the kiosk, which needs neither camera nor verifier: unit and keys are
    tried with it. Returns whether the program is a kiosk itself."""
    machine.add("etc/countenance/kiosk.d/test.toml", f'start_url = "http://127.0.0.1:{port}/"\nattract = false\n')
    is_kiosk = machine.try_out("countenance", "kiosk", "--help")
    program = machine.root / "usr/bin/countenance"
    program.rename(program.with_name("countenance.real"))
    machine.add("usr/bin/countenance", (HERE / "standin").read_text(encoding="utf-8"), 0o755)
    return is_kiosk


def use_program(machine: Machine) -> None:
    """Ends the stand-in."""
    machine.run("systemctl", "stop", UNIT)
    (machine.root / "usr/bin/countenance.real").rename(machine.root / "usr/bin/countenance")


def ways_out(machine: Machine, out: Path) -> None:
    def start() -> None:
        machine.run("systemctl", "restart", UNIT)
        unit.browser(machine)

    if found := keys.are_closed(machine, start):
        machine.screenshot(out / "keys-failed.png")
        raise Fault(f"{len(found)} do something: {'; '.join(found)}")
    machine.screenshot(out / "keys.png")


def passes(title: str, check) -> bool:
    began = time.monotonic()
    try:
        check()
        why = ""
    except (Fault, OSError) as fault:
        why = f"  FAILED: {fault}"
    print(f"kiosk: {time.monotonic() - began:5.1f} s  {title}{why}", flush=True)
    return not why


if __name__ == "__main__":
    sys.exit(main())
