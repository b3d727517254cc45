"""The kiosk as a person meets it: what its screen and its browser show, touches and keys.

Pages are read over a debugging port, which only the test's browser program opens; what the person does goes through the
kiosk's keyboard and pointer.
"""

import json
import time
from pathlib import Path

import camera
from camera import Camera
from machine import DISPLAY, SLOW, UNIT, Fault, Hands, Machine, until
from page import NoPage, cookies, count, evaluate

from servers import Servers

from chromium import redacted

DEBUGGING = 9333
HEALTH = "run/countenance-kiosk/health.json"
LANDSCAPE, PORTRAIT = "1920x1080", "1080x1920"
# For many visits: a screen drawn without a graphics card takes time by its size.
SMALL = "1280x720"
# Seconds without a person after which the kiosk asks, and how long it waits for an answer at most.
IDLE, ANSWER = 10, 15
# How long the end of a visit is told, and a little more, seconds.
TOLD = 4.0
# The window's main button and its background, light and dark (src/gui/theme.rs).
ACCENTS = (bytes.fromhex("0f6470"), bytes.fromhex("63cbd8"))
GROUNDS = (bytes.fromhex("f5f8f8"), bytes.fromhex("0c1719"))
# Between two keys of the window's pad, pixels (src/gui/keypad.rs); and the keys, with what sends it all last.
KEY_GAP, PAD = 10, ("123", "456", "789", " 0\n")
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

    def __init__(self, machine: Machine, out: Path, servers: Servers, camera: Camera) -> None:
        ready, self.laboratory = servers.ready, servers.laboratory
        self.machine, self.out, self.ready, self.camera = machine, out, ready, camera
        self.hands: Hands | None = None
        self.number, self.size, self.mode, self.is_registered = 0, (0, 0), LANDSCAPE, False

    def slowly(self, recording: str) -> str:
        """The recording at half its pace."""
        return self.camera.slow(self.laboratory, recording)

    def begin(self, recording: str, size: str = LANDSCAPE, **settings: object) -> None:
        """Starts the unit anew, at its first screen."""
        self.leave()
        self.set_up(recording, size, **settings)
        self.machine.run("systemctl", "restart", UNIT)
        self.sit_down()

    def set_up(self, recording: str, size: str = LANDSCAPE, **settings: object) -> None:
        """What the unit finds when it starts."""
        self.camera.show(recording)
        at, self.mode = self.ready, size
        keys = {"start_url": f"{at.payroll}/login?login_hint={{badge}}", "verifiers": [at.verifier],
                "pages": [at.tenant, at.payroll], "badge": {"digits": [4, 10]}, "attract": True, "idle_secs": IDLE,
                "browser": "/usr/local/bin/test-browser", **settings}
        self.machine.add("etc/countenance/kiosk.d/test.toml", "".join(f"{key} = {toml(value)}\n" for key, value in keys.items()))
        self.machine.add("usr/local/bin/test-browser", BROWSER, 0o755)
        self.machine.add("etc/chromium/policies/managed/zz-test.json", POLICY)
        self.machine.add(f"etc/systemd/system/{UNIT}.d/recording.conf", f"""[Service]
ExecStart=
ExecStart=/usr/lib/countenance-kiosk/session /usr/bin/cage -d -- /usr/lib/countenance-kiosk/inside --camera recording:{camera.INSIDE}/now --fps {camera.FPS}
""")
        self.machine.run("systemctl", "daemon-reload")

    def register(self, integration: str, code: str) -> None:
        """As an operator does at a new kiosk, or one whose device was retired: with a key of its own, at the verifier."""
        self.leave()
        self.machine.run("systemctl", "stop", UNIT)
        self.machine.run("find", "/var/lib/countenance-kiosk", "-name", "device.key", "-delete", check=False)
        said = self.machine.run("/usr/lib/countenance-kiosk/register", "--integration", integration, "--name", "Test kiosk", typed=f"{code}\n")
        if "registered at" not in said:
            raise Fault(f"the kiosk was not registered: {said}")
        self.is_registered = True

    def sit_down(self) -> None:
        """A screen of the wanted size with hands at it, after a compositor has started."""
        self.leave()
        until(self.has_turned, "the screen")
        self.hands = Hands(self.machine)
        self.size = tuple(map(int, self.mode.split("x")))

    def has_turned(self) -> bool:
        try:
            self.machine.turn(self.mode)
        except Fault:
            return False
        return True

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

    def cookies(self) -> list[tuple[str, str]]:
        """Names and values of all cookies; none without a page."""
        try:
            return cookies(DEBUGGING)
        except NoPage:
            return []

    def pages(self) -> int:
        """How many pages and windows the browser has."""
        return count(DEBUGGING)

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
        return self.bar(160)

    def bar(self, least: int, pixels: bytes | None = None) -> tuple[float, float] | None:
        """The lowest bar of the color of buttons, at least so many pixels wide."""
        width, height = self.size
        pixels = pixels or self.machine.pixels()
        at = max(pixels.rfind(color * least) for color in ACCENTS) // 3
        return ((at % width + least / 4) / width, (at // width - 20) / height) if at > 0 else None

    def is_notice(self) -> bool:
        """Whether our window is in front without a button: it tells something, and there is nothing to do."""
        width, height = self.size
        pixels = self.machine.pixels()
        if len(pixels) != 3 * width * height:
            return False
        corners = [pixels[3 * at:3 * at + 3] for at in (2 * width + 2, 3 * width - 3, (height - 2) * width + 2, (height - 1) * width - 3)]
        return len(set(corners)) == 1 and corners[0] in GROUNDS and not self.bar(160, pixels)

    def health(self) -> dict:
        """What the kiosk's health file says; empty without one."""
        try:
            return json.loads(self.machine.file(HEALTH).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def conditions(self) -> list[str]:
        """What is wrong, as health has it."""
        return [wrong["condition"] for wrong in self.health().get("conditions", [])]

    def is_ready(self) -> bool:
        """Whether it invites people."""
        health = self.health()
        # The browser's pages have the same ground and buttons: one that has failed is tried before anybody is invited.
        return health.get("state") == "ready" and not health["conditions"] and bool(self.button()) and self.where() == "no page"

    def stays_ready(self) -> bool:
        """Whether it invites people for longer than the end of a visit is told."""
        enough = time.monotonic() + TOLD
        while self.is_ready():
            if time.monotonic() > enough:
                return True
            time.sleep(0.2)
        return False

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

    def link(self, *links: str) -> None:
        """Opens launch links, all at once, as the browser does."""
        each = "; ".join(f"/usr/bin/countenance '{link}' & one=\"$one $!\"" for link in links)
        self.machine.run("runuser", "-u", "countenance-kiosk", "--", "sh", "-c", f"one=; {each}; for n in $one; do wait $n || true; done",
                         COUNTENANCE_KIOSK="1", **DISPLAY)

    # What a person does

    def end_now(self) -> None:
        """As an application does whose visitor is done."""
        self.link("countenance://end")

    def end_visit(self) -> None:
        """The same, until the next person is invited."""
        self.end_now()
        self.is_over()
        until(self.button, "the first screen")

    def is_over(self, limit: float = SLOW) -> None:
        """Waits until the visit has ended, and touches "Continue" below what says so, which goes by itself after three seconds."""
        until(lambda: self.where() == "no page", "the end of the visit", limit)
        at = until(self.button, "the end of the visit to be shown")
        self.hands.do("click", *at)
        # The next window is another one.
        time.sleep(1)

    def go(self, below: int = 0) -> None:
        """Touches the window's main button, or the one so many buttons below it."""
        x, y = self.aim()
        if below:
            width, height = self.size
            pixels, column = self.machine.pixels(), round(x * width)
            rows = [pixels[3 * (row * width + column):][:3] in ACCENTS for row in range(height)]
            bottom = max(row for row in range(height) if rows[row])
            top = next(row for row in range(bottom, -1, -1) if not rows[row])
            y = (bottom + (bottom - top + KEY_GAP) * (below - 0.5)) / height
        self.hands.do("click", x, y)

    def aim(self) -> tuple[float, float]:
        """Moves the pointer to the window's main button, once it stays where it is: a window that has just opened is laid out
        again for the size of the screen."""
        at = None
        while (now := until(self.button, "the window's button")) != at:
            at = now
            time.sleep(0.2)
        self.hands.do("move", *at)
        # A window drawn without a graphics card takes a moment to see the pointer.
        time.sleep(0.3)
        return at

    def type_on_pad(self, digits: str) -> None:
        """Touches digits of the window's pad one after another, and then the key that sends them. That key is the lowest thing in
        the color of buttons; the others are where they are beside it."""
        width, height = self.size
        pixels = self.machine.pixels()
        low = next((pixels.rfind(color * 100) // 3 for color in ACCENTS if color * 100 in pixels), None)
        if low is None:
            raise Fault("no pad is on the screen")
        color, x = pixels[3 * low:3 * low + 3], low % width + 50
        column = [pixels[3 * (y * width + low % width + 4):][:3] == color for y in range(height)]
        bottom = low // width
        top = next(y for y in range(bottom, -1, -1) if not column[y]) + 1
        row = pixels[3 * (top + 12) * width:3 * (top + 13) * width]
        left = next(at for at in range(x, -1, -1) if row[3 * at:3 * at + 3] != color) + 1
        right = next(at for at in range(x, width) if row[3 * at:3 * at + 3] != color)
        across, down = right - left + KEY_GAP, bottom - top + 1 + KEY_GAP
        for sign in digits + "\n":
            line = next(number for number, keys in enumerate(PAD) if sign in keys)
            place = ((left + right) / 2 - across * (2 - PAD[line].index(sign)), (top + bottom) / 2 - down * (3 - line))
            self.hands.do("click", place[0] / width, place[1] / height)
            time.sleep(0.3)

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
