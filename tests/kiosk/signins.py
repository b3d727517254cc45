"""Whole sign-ins at the kiosk: its own browser and its own window, on its screen, with a recording as the camera.

The servers and the operator's browser run beside the computer. Pages are read over a debugging port, which only the test's
browser program opens; what the person does goes through the kiosk's keyboard and pointer.
"""

import json
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from keys import changed
from machine import UNIT, Fault, Hands, Machine, until

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/browser"))

from chromium import DRIVER, Browser, Missing, Screenshots, redacted  # noqa: E402
from scenarios import CLAIM, FACE, LINK, OTHER_FACE, SAME_FACE, Walk, deploy, portal_from_empty  # noqa: E402
from test_env import TestEnv  # noqa: E402

DEBUGGING = 9333
BADGE = "40071234"
LANDSCAPE, PORTRAIT = "1920x1080", "1080x1920"
# Seconds without a person after which the kiosk asks, and how long it waits for an answer at most.
IDLE, ANSWER = 10, 15
# The window's main button, light and dark (src/gui/theme.rs).
ACCENTS = (bytes.fromhex("0f6470"), bytes.fromhex("63cbd8"))
BROWSER = f"""#!/bin/sh
exec /usr/bin/chromium --remote-debugging-port={DEBUGGING} "$@"
"""


class Kiosk:
    """The kiosk with one recording as its camera, and a person in front of it."""

    def __init__(self, machine: Machine, out: Path, env: TestEnv) -> None:
        self.machine, self.out, self.ready = machine, out, env.ready
        self.hands: Hands | None = None
        self.driver: webdriver.Chrome | None = None
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
        if self.driver:
            # Not `quit`, which would end the kiosk's browser.
            self.driver.service.stop()
            self.driver = None
        if self.hands:
            self.hands.close()
            self.hands = None

    # What is to be seen

    def shot(self, name: str) -> None:
        self.number += 1
        self.machine.screenshot(self.out / f"{self.number:02}-{name}.png")

    def page(self) -> webdriver.Chrome:
        """The page that the browser shows."""
        def attach() -> webdriver.Chrome | None:
            options = webdriver.ChromeOptions()
            options.debugger_address = f"127.0.0.1:{DEBUGGING}"
            try:
                return webdriver.Chrome(options=options, service=Service(DRIVER))
            except WebDriverException:
                return None

        self.driver = self.driver or until(attach, "the kiosk's browser")
        try:
            self.driver.switch_to.window(self.driver.window_handles[-1])
        except WebDriverException:
            self.driver.service.stop()
            self.driver = None
            return self.page()
        return self.driver

    def arrive(self, *beginnings: str) -> str:
        """Waits for a page whose address begins with one of these; returns its text."""
        def there() -> str:
            try:
                page = self.page()
                if page.current_url.startswith(beginnings) and page.execute_script("return document.readyState") == "complete":
                    return page.find_element(By.TAG_NAME, "body").text or " "
            except WebDriverException:
                pass
            return ""

        return until(there, f"a page at {' or '.join(beginnings)}; there is {self.where()}")

    def where(self) -> str:
        try:
            return redacted(self.page().current_url.split("?")[0])
        except (WebDriverException, Fault):
            return "no page"

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
        def find():
            try:
                return self.page().execute_script("""
                    const found = document.querySelector(arguments[0]); if (!found) return null;
                    found.scrollIntoView({block: "center"}); const box = found.getBoundingClientRect();
                    return [(box.x + box.width / 2) / innerWidth, (box.y + box.height / 2) / innerHeight]""", css)
            except WebDriverException:
                return None

        self.hands.do("click", *until(find, css))

    def sign_in(self) -> None:
        """At the tenant, with name and password; ends on the verifier's page."""
        self.arrive(f"{self.ready.tenant}/u/login")
        self.shot("tenant")
        self.touch('[name="email"]')
        self.hands.do("press", "end")
        has = self.page().execute_script("return document.querySelector('[name=email]').value.length")
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


def enrols(kiosk: Kiosk) -> None:
    to_the_window(kiosk, FACE, "enrol")
    kiosk.go()
    time.sleep(1)
    kiosk.shot("enrol-capture")
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")
    time.sleep(5)
    kiosk.shot("enrol-payroll")


def verifies_in_portrait(kiosk: Kiosk) -> None:
    to_the_window(kiosk, SAME_FACE, "verify", size=PORTRAIT)
    kiosk.go()
    time.sleep(1)
    kiosk.shot("verify-capture")
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")


def refuses(kiosk: Kiosk) -> None:
    to_the_window(kiosk, OTHER_FACE, "refuse")
    for attempt in range(4):
        kiosk.go()
        time.sleep(8)
        kiosk.shot(f"refuse-{attempt}")


def reads_a_badge(kiosk: Kiosk) -> None:
    kiosk.begin(SAME_FACE, size=PORTRAIT, languages=["de"])
    kiosk.window("badge-attract")
    kiosk.hands.do("type", f"{BADGE}\n")
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    kiosk.shot("badge-tenant")
    if kiosk.page().execute_script("return document.querySelector('[name=email]').value") != BADGE:
        raise Fault("the tenant does not know the badge")
    if BADGE in kiosk.machine.run("journalctl", "--quiet", "--output=cat"):
        raise Fault("the journal has the badge's number")


def walks_away(kiosk: Kiosk) -> None:
    """Nobody answers: the visit ends, and the next person begins at the tenant's login."""
    kiosk.begin(SAME_FACE)
    kiosk.window("away-attract")
    first = kiosk.machine.pixels()
    kiosk.go()
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    time.sleep(IDLE + 3)
    kiosk.shot("away-asked")
    until(lambda: changed(first, kiosk.machine.pixels()) < 0.01, "the first screen", ANSWER + 15)
    kiosk.shot("away-again")


SCENARIOS = (enrols, verifies_in_portrait, refuses, reads_a_badge, walks_away)
