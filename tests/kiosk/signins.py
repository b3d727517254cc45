"""Whole sign-ins at the kiosk: its own browser and its own window, on its screen, with a recording as the camera.

The servers and the operator's browser run beside the computer. Pages are read over a debugging port, which only the test's
browser program opens; what the person does goes through the kiosk's keyboard and pointer.
"""

import json
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from keys import changed
from machine import SLOW, UNIT, Fault, Hands, Machine, until
from page import NoPage, evaluate

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/browser"))

from chromium import Browser, Missing, Screenshots, redacted  # noqa: E402
from scenarios import CLAIM, FACE, LINK, OTHER_FACE, PAID_OUT, SAME_FACE, Walk, portal_from_empty  # noqa: E402
from test_env import TestEnv  # noqa: E402

DEBUGGING = 9333
BADGE = "40071234"
LANDSCAPE, PORTRAIT = "1920x1080", "1080x1920"
# Seconds without a person after which the kiosk asks, and how long it waits for an answer at most.
IDLE, ANSWER = 10, 15
# Attempts at most, and the lowest button in a window across (all screens of a sign-in have it at the same height).
ATTEMPTS, LAST_BUTTON = 6, (0.5, 0.683)
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

    # What a person does

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

    def sign_in(self) -> None:
        """At the tenant, with name and password; ends on the verifier's page."""
        self.arrive(f"{self.ready.tenant}/u/login")
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


def all_of_them(machine: Machine, out: Path, laboratory: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        env = stack.enter_context(closing(TestEnv(laboratory, out / "servers.log")))
        screenshots = Screenshots(out / "portal")
        operator = stack.enter_context(closing(Browser(screenshots, env.ready.verifier, out)))
        walk = Walk(env.ready, None, None, browser=lambda: operator)
        portal_from_empty(walk)
        kiosk = Kiosk(machine, out, env)
        stack.callback(kiosk.leave)
        failed = [scenario.__name__ for scenario in SCENARIOS if not passes(scenario, kiosk)]
    if failed:
        raise Fault(f"{', '.join(failed)}")


def passes(scenario, kiosk: Kiosk) -> bool:
    began, why = time.monotonic(), ""
    try:
        scenario(kiosk)
    except (Fault, Missing, WebDriverException, OSError) as fault:
        why = f"  FAILED: {redacted(str(fault).splitlines()[0])}"
        kiosk.shot(f"{scenario.__name__}-failed")
    print(f"kiosk: {time.monotonic() - began:5.1f} s  sign-in: {scenario.__name__.replace('_', ' ')}{why}", flush=True)
    return not why


def to_the_window(kiosk: Kiosk, recording: str, name: str, **begin: object) -> None:
    """From the first screen to the window that asks for consent."""
    kiosk.begin(recording, **begin)
    kiosk.window(f"{name}-attract")
    kiosk.go()
    kiosk.sign_in()
    kiosk.shot(f"{name}-landing")
    kiosk.touch(LINK)
    kiosk.window(f"{name}-consent")


def agrees(kiosk: Kiosk, name: str) -> None:
    """Agrees, is captured and accepted; ends on the application's page."""
    began = time.monotonic()
    kiosk.go()
    time.sleep(1)
    kiosk.shot(f"{name}-capture")
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")
    print(f"kiosk: {name}: accepted and back at the application {time.monotonic() - began:.1f} s after consent")
    kiosk.shot(f"{name}-thanks")
    kiosk.browser_in_front()
    kiosk.shot(f"{name}-payroll")


def enrols(kiosk: Kiosk) -> None:
    to_the_window(kiosk, FACE, "enrol")
    agrees(kiosk, "enrol")


def verifies_in_portrait(kiosk: Kiosk) -> None:
    to_the_window(kiosk, SAME_FACE, "verify", size=PORTRAIT)
    agrees(kiosk, "verify")


def refuses(kiosk: Kiosk) -> None:
    """Another face than the enrolled one: after the last attempt the application gets an error, and nothing else."""
    to_the_window(kiosk, OTHER_FACE, "refuse")
    refusal = f"{kiosk.ready.payroll}/callback"
    for attempt in range(ATTEMPTS):
        kiosk.go()
        time.sleep(1)
        until(kiosk.button, f"the end of attempt {attempt + 1}")
        kiosk.shot(f"refuse-{attempt + 1}")
        if (kiosk.evaluate("location.href") or "").startswith(refusal):
            break
    is_refused(kiosk, "countenance_")
    kiosk.browser_in_front()
    kiosk.shot("refuse-payroll")


def cancels(kiosk: Kiosk) -> None:
    """The camera is on; the person does not want it."""
    to_the_window(kiosk, OTHER_FACE, "cancel")
    kiosk.go()
    until(lambda: not kiosk.button(), "the capture")
    kiosk.hands.do("click", *LAST_BUTTON)
    time.sleep(1)
    kiosk.shot("cancel-window")
    is_refused(kiosk, "countenance_")
    kiosk.browser_in_front()
    kiosk.shot("cancel-payroll")


def is_refused(kiosk: Kiosk, error: str) -> None:
    """The application has this error and nobody is signed in to it, however often it is asked."""
    if error not in (text := kiosk.arrive(f"{kiosk.ready.payroll}/callback")):
        raise Fault(f"payroll does not say {error}")
    for page in ("/", "/salary"):
        text += str(kiosk.evaluate(f"fetch('{page}').then(page => page.text())"))
    if CLAIM in text or PAID_OUT in text:
        raise Fault("payroll took a person who was refused")


def reads_a_badge(kiosk: Kiosk) -> None:
    kiosk.begin(SAME_FACE, size=PORTRAIT, languages=["de"])
    kiosk.window("badge-attract")
    kiosk.hands.do("type", f"{BADGE}\n")
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    kiosk.browser_in_front()
    kiosk.shot("badge-tenant")
    if kiosk.evaluate("document.querySelector('[name=email]').value") != BADGE:
        raise Fault("the tenant does not know the badge")


def walks_away(kiosk: Kiosk) -> None:
    """A person who is signed in says once that they are still there, and then leaves. The next one begins at the login."""
    to_the_window(kiosk, SAME_FACE, "away")
    agrees(kiosk, "away")
    until(kiosk.button, "the question whether somebody is there", IDLE + 10)
    kiosk.shot("away-asked")
    kiosk.go()
    kiosk.browser_in_front()
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("the visit did not go on")
    until(kiosk.button, "the question whether somebody is there", IDLE + 10)
    until(lambda: kiosk.where() == "no page", "the end of the visit", ANSWER + 15)
    kiosk.window("away-again")
    kiosk.go()
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    if kiosk.evaluate("document.querySelector('[name=email]').value + document.cookie"):
        raise Fault("something of the person before is there")


SCENARIOS = (enrols, verifies_in_portrait, refuses, cancels, reads_a_badge, walks_away)
