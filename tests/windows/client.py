#!/usr/bin/python3
"""The demo's client, in its place: runs the Windows program under Wine with the arguments that the demo gives.

    client.py PLAN ARGUMENT…

PLAN is a JSON file: the prefix, the program, and what to do at each call (`steps`): `capture` runs it without a window;
`window` opens the window on the link and presses its buttons; `hand-over` opens the window without the link, then has
Windows open the link. The demo's verifier is allowed as administrators allow one, by policy.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from screen import Screen
from wine import LIMIT, WINE, Windows

ROOT = Path(__file__).resolve().parents[2]


def english(id: str) -> str:
    """The message of one line with this id."""
    lines = (ROOT / "assets/words/en.ftl").read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix(f"{id} = ") for line in lines if line.startswith(f"{id} = "))


def say(text: str) -> None:
    """To standard error, where the demo looks for addresses only."""
    print(f"client: {text}", file=sys.stderr, flush=True)


def press(screen: Screen, done: str) -> None:
    """Consents, and waits for the result."""
    screen.wait(english("consent-light"))
    screen.keep("consent")
    # The single words on buttons are not recognized: the main button is below this line.
    screen.click(english("consent-light"), below=42)
    began = time.monotonic()
    time.sleep(0.7)
    screen.keep("capture")
    screen.wait(english(done))
    say(f"{english(done)!r} {time.monotonic() - began:.1f} s after {english('consent-begin')!r}")
    screen.keep("done")


def main() -> int:
    plan_file, link, *options = sys.argv[1:]
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    calls = Path(plan_file).with_suffix(".calls")
    with calls.open("a", encoding="utf-8") as file:
        file.write("x\n")
    step, *arguments = plan["steps"][len(calls.read_text().splitlines()) - 1]
    windows, program, screen = Windows(Path(plan["prefix"]), plan["user"]), plan["program"], Screen(Path(plan["pictures"]))
    try:
        allow(windows, plan["policy"], options)
        return take(step, arguments, windows, program, screen, link, options)
    except Exception:
        # Otherwise the demo would wait for the window.
        windows.stop()
        raise


def allow(windows: Windows, policy: str, options: list[str]) -> None:
    """Moves the demo's verifier from `options` to the policy, which otherwise would refuse the option."""
    at = options.index("--verifier")
    _, origin = options[at : at + 2]
    del options[at : at + 2]
    windows.run("reg", "add", policy, "/v", "verifiers", "/t", "REG_MULTI_SZ", "/d", origin, "/f")


def take(step: str, arguments: list[str], windows: Windows, program: str, screen: Screen, link: str, options: list[str]) -> int:
    """Takes one step of the plan."""
    if step == "capture":
        command = [WINE, program, "capture", *options, *arguments, link]
        return subprocess.run(command, env=windows.env, stdin=subprocess.DEVNULL, timeout=LIMIT, check=False).returncode
    # Windows opens links without a folder: all windows use the usual one, whose key the first sign-in enrolls.
    at = options.index("--data")
    del options[at : at + 2]
    if step == "window":
        window = windows.start(program, link, *options)
        press(screen, *arguments)
        return window.wait(60)
    if step == "hand-over":
        window = windows.start(program, *options)
        screen.wait(english("ready-title"))
        screen.keep("ready")
        say("the window is open, without a link; Windows opens the link")
        windows.run("start", "/wait", link)
        press(screen, *arguments)
        windows.close("Countenance")
        return window.wait(60)
    raise SystemExit(f"no step {step}")


if __name__ == "__main__":
    sys.exit(main())
