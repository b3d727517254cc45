"""The kiosk as a person meets it: what its screen and its browser show, touches and keys.

Pages are read over a debugging port, which only the test's browser program opens; what the person does goes through the
kiosk's keyboard and pointer.
"""

import json
import sys
import time
from pathlib import Path

from machine import DISPLAY, SLOW, UNIT, Fault, Hands, Machine, until
from page import NoPage, evaluate

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from chromium import redacted  # noqa: E402
from test_env import TestEnv  # noqa: E402

DEBUGGING = 9333
LANDSCAPE, PORTRAIT = "1920x1080", "1080x1920"
# Seconds without a person after which the kiosk asks, and how long it waits for an answer at most.
IDLE, ANSWER = 10, 15
# The window's main button, light and dark (src/gui/theme.rs).
ACCENTS = (bytes.fromhex("0f6470"), bytes.fromhex("63cbd8"))
BROWSER = f"""#!/bin/sh
exec /usr/bin/chromium --remote-debugging-port={DEBUGGING} "$@"
"""
# The kiosk's policy lets nobody read pages over that port: for the test, this one does.
POLICY = '{"DeveloperToolsAvailability": 1}\n'
# The middle of an element, as shares of the screen.
MIDDLE = """(() => {
    const found = document.querySelector(%s); if (!found) return null;
    found.scrollIntoView({block: "center"}); const box = found.getBoundingClientRect();
    return [(box.x + box.width / 2) / innerWidth, (box.y + box.height / 2) / innerHeight];
})()"""


class Kiosk:
    """The kiosk with one recording as its camera, and a person in front of it."""

    def __init__(self, machine: Machine, out: Path, env: TestEnv) -> None:
        self.machine, self.out, self.ready = machine, out, env.ready
        self.hands: Hands | None = None
        self.number = 0

    def begin(self, recording: str, size: str = LANDSCAPE, **settings: object) -> None:
        """Starts the unit anew, at its first screen."""
        self.leave()
        at = self.ready
        keys = {"start_url": f"{at.payroll}/login?login_hint={{badge}}", "verifiers": [at.verifier],
                "pages": [at.tenant, at.payroll], "badge": {"digits": [4, 10]}, "attract": True, "idle_secs": IDLE,
                "browser": "/usr/local/bin/test-browser", **settings}
        self.machine.add("etc/countenance/kiosk.d/test.toml", "".join(f"{key} = {toml(value)}\n" for key, value in keys.items()))
        self.machine.add("usr/local/bin/test-browser", BROWSER, 0o755)
        self.machine.add("etc/chromium/policies/managed/zz-test.json", POLICY)
        self.machine.add(f"etc/systemd/system/{UNIT}.d/recording.conf", f"""[Service]
ExecStart=
ExecStart=/usr/lib/countenance-kiosk/session /usr/bin/cage -d -- /usr/lib/countenance-kiosk/inside --camera recording:/shared/recordings/{recording}
""")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", UNIT)
        self.hands = Hands(self.machine)
        self.machine.turn(size)
        self.size = tuple(map(int, size.split("x")))
        time.sleep(2)

    def leave(self) -> None:
        if self.hands:
            self.hands.close()
            self.hands = None

    # What is to be seen

    def shot(self, name: str) -> None:
        self.number += 1
        self.machine.screenshot(self.out / f"{self.number:02}-{name}.png")

    def evaluate(self, script: str) -> object:
        """The value of an expression in the browser's page; None if there is no page, or none yet."""
        try:
            return evaluate(DEBUGGING, script)
        except NoPage:
            return None

    def arrive(self, *beginnings: str, limit: float = SLOW) -> str:
        """Waits for a page whose address begins with one of these; returns its text."""
        def there() -> str:
            address, state, text = self.evaluate("[location.href, document.readyState, document.body?.innerText]") or ("", "", "")
            return (text or " ") if address.startswith(beginnings) and state == "complete" else ""

        try:
            return until(there, f"a page at {' or '.join(beginnings)}", limit)
        except Fault as fault:
            raise Fault(f"{fault}; there is {self.where()}") from fault

    def where(self) -> str:
        """The address without what may be secret in it."""
        return redacted(str(self.evaluate("location.href.split('?')[0]") or "no page"))

    def button(self) -> tuple[float, float] | None:
        """Where the window's main button is: the lowest wide bar of its color."""
        width, height = self.size
        pixels = self.machine.pixels()
        at = max(pixels.rfind(color * 160) for color in ACCENTS) // 3
        return ((at % width + 40) / width, (at // width - 20) / height) if at > 0 else None

    def window(self, name: str) -> None:
        """Waits until the window with its main button is there and still."""
        until(self.button, f"the window's button, {name}")
        time.sleep(1)
        self.shot(name)

    def browser_in_front(self) -> None:
        """Waits until our window is gone."""
        until(lambda: not self.button(), "the browser to be in front")
        time.sleep(0.5)

    def process(self) -> int:
        """The number of the kiosk's own process."""
        return next(n for n, line in self.machine.processes().items() if line.startswith("/usr/bin/countenance kiosk"))

    # What a person does

    def end_visit(self) -> None:
        """As an application does whose visitor is done."""
        self.machine.run("runuser", "-u", "countenance-kiosk", "--", "/usr/bin/countenance", "countenance://end", **DISPLAY)
        until(lambda: self.where() == "no page", "the end of the visit")
        until(self.button, "the first screen")

    def go(self) -> None:
        """Touches the window's main button."""
        at = until(self.button, "the window's button")
        self.hands.do("move", *at)
        # A window drawn without a graphics card takes a moment to see the pointer.
        time.sleep(0.5)
        self.hands.do("click", *at)

    def touch(self, css: str) -> None:
        """Touches the middle of an element of the page."""
        at = until(lambda: self.evaluate(MIDDLE % json.dumps(css)), css)
        self.hands.do("click", *at)

    def sign_in(self, is_shown: bool = True) -> None:
        """At the tenant, with name and password; ends on the verifier's page."""
        self.arrive(f"{self.ready.tenant}/u/login")
        if is_shown:
            self.browser_in_front()
            self.shot("tenant")
        self.touch('[name="email"]')
        self.hands.do("press", "end")
        has = self.evaluate("document.querySelector('[name=email]').value.length")
        for _ in range(has):
            self.hands.do("press", "backspace")
        self.hands.do("type", f"{self.ready.email}\t{self.ready.user_password}\n")
        self.arrive(f"{self.ready.verifier}/")


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)
