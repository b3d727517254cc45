"""The servers beside the computer: verifier, tenant, application, phone network; and what can go wrong on the way to them.

The network of this process is its own (test-kiosk sees to it), and the computer's too.
"""

import re
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from selenium.webdriver.common.by import By

from machine import Fault

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/browser"))

from chromium import Browser, Screenshots  # noqa: E402
from scenarios import LINK, Walk, portal_from_empty, sign_in_at_portal, sign_in_at_tenant  # noqa: E402
from test_env import TestEnv  # noqa: E402

# Lets a program see another time (Debian's package faketime).
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
TABLE = "kiosk_test"


class Operator(Browser):
    """The operator's browser. How the portal looks is not what is tested here."""

    def screenshot(self, *_: object) -> None:
        pass


class Servers:
    """The demo's servers with one integration, made at the portal by an operator."""

    def __init__(self, laboratory: str, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.laboratory = str(Path(laboratory).with_name("countenance-lab"))
        self.out, self.time = out, out / "time"
        self.set_clock(0)
        clock = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(self.time.resolve()), "FAKETIME_CACHE_DURATION": "1",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.env = TestEnv(laboratory, out / "servers.log", clock)
        self.ready = self.env.ready
        self.operator: Operator | None = None
        self.walk: Walk | None = None

    def set_up(self) -> None:
        """The integration, once."""
        if self.walk:
            return
        self.operator = Operator(Screenshots(self.out / "portal"), self.ready.verifier, self.out)
        walk = Walk(self.ready, None, None, browser=lambda: self.operator)
        portal_from_empty(walk)
        # One person signs in here as often as hundreds would.
        self.operator.open(walk.integration_page())
        self.operator.fill(starts_per_hour="100000")
        self.operator.submit("tenant_host")
        self.operator.page("portal-integration")
        self.walk = walk

    def device_code(self) -> str:
        """A code of the portal with which one kiosk can be registered."""
        self.operator.open(self.walk.integration_page("/devices"))
        self.operator.submit("life")
        self.operator.page("portal-device-code")
        return self.operator.find("#device-code").text

    def retire(self) -> None:
        """Retires the only kiosk that is not. The operator may have been away for half an hour, after which the portal asks again
        who is there."""
        sign_in_at_portal(self.walk, self.operator)
        self.operator.open(self.walk.integration_page("/kiosks"))
        self.operator.press('a[href*="/kiosks/kiosk?"]')
        self.operator.press('a[href*="/kiosks/retire?"]')
        self.operator.page("portal-retire")
        self.operator.press('form[action$="/kiosks/retire"] button')

    def add_supervisor(self, number: str) -> str:
        """Enrollment wants a supervisor from now on; adds one, who confirms the person's enrollment anew. Returns their PIN."""
        self.operator.open(self.walk.integration_page("/users"))
        self.operator.press('a[href*="/users/erase?"]')
        self.operator.page("portal-erase")
        self.operator.press('form[action$="/users/erase"] button')
        self.operator.open(self.walk.integration_page())
        self.operator.fill(enrolment_flow="attended")
        self.operator.submit("tenant_host")
        self.operator.page("portal-integration")
        self.operator.open(self.walk.integration_page("/supervisors"))
        self.operator.fill(number=number, name="Grace")
        self.operator.submit("user")
        self.operator.page("portal-supervisor-pin")
        return self.operator.find("#supervisor-pin").text

    def confirmed_by(self, number: str) -> str:
        """How many enrollments the supervisor has confirmed."""
        self.operator.open(self.walk.integration_page("/supervisors"))
        return self.operator.row(number).find_elements(By.CSS_SELECTOR, "td")[3].text

    def close(self) -> None:
        self.heal()
        if self.operator:
            self.operator.close()
        self.env.close()

    def code(self) -> str:
        """The last code sent to the phone."""
        at = urlsplit(self.ready.phone)
        with closing(HTTPConnection("127.0.0.1", at.port, timeout=10)) as wire:
            wire.request("GET", "/", headers={"Host": at.netloc})
            page = wire.getresponse().read().decode()
        article = re.search(rf'<article data-to="{re.escape(self.ready.phone_number)}"[^>]*>.*?<code[^>]*>(\d+)</code>', page, re.DOTALL)
        if not article:
            raise Fault("no code has come to the phone")
        return article.group(1)

    def launch_link(self) -> str:
        """The link of a sign-in that somebody has begun in a browser of their own."""
        browser = self.operator
        browser.driver.delete_all_cookies()
        browser.open(f"{self.ready.payroll}/login")
        browser.driver.delete_all_cookies()
        browser.open(f"{self.ready.payroll}/login")
        sign_in_at_tenant(self.walk, browser)
        return browser.find(LINK).get_attribute("href")

    # What goes wrong

    def set_clock(self, ahead_secs: int) -> None:
        """The servers' clock, as against the computer's."""
        new = self.time.with_suffix(".new")
        new.write_text(f"{ahead_secs:+d}\n", encoding="ascii")
        new.rename(self.time)

    def refuse(self) -> None:
        """The verifier's machine is there, but nothing listens."""
        self.filter("reject with tcp reset")

    def lose(self) -> None:
        """What is sent to the verifier is lost."""
        self.filter("drop")

    def filter(self, verdict: str) -> None:
        port = urlsplit(self.ready.verifier).port
        nft(f"table inet {TABLE} {{\nchain out {{\ntype filter hook output priority 0\ntcp dport {port} {verdict}\n}}\n}}")

    def heal(self) -> None:
        """All ways are open again."""
        nft(f"add table inet {TABLE}\ndelete table inet {TABLE}")
        self.set_clock(0)


def nft(rules: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=rules + "\n", text=True, check=True)
