"""What people do with Countenance in a browser, from the first sign-in at the portal to a disabled integration.

The scenarios run in this order and build on each other: the first sets up what the others use, the second enrolls.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

from selenium.webdriver.common.by import By

from authenticator import Authenticator
from chromium import APPEARANCES, SLOW, Browser, Missing
from test_env import APPROVED, REFUSED, Client, Handover, Ready

CLAIM = "https://authid.ai/claims/amr"
# What an application requests with `acr_values`: a face, or one of the tenant's own factors.
FACE_POLICY = "https://authid.ai/policies/multi-factor"
OWN_POLICY = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
PAID_OUT = "2,948.30"
FACE, SAME_FACE, OTHER_FACE = "person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"
LINK = 'a[href^="countenance:"]'


class Skipped(Exception):
    """The scenario cannot run here, with the reason."""


@dataclass
class Walk:
    """Environment of the scenarios, and state passed from one to the next."""

    ready: Ready
    client: Client
    links: Handover
    browser: Callable[[], Browser]
    app: Authenticator = field(default_factory=Authenticator)
    integration: str = ""
    secret: str = ""

    def integration_page(self, part: str = "") -> str:
        return f"{self.ready.portal}/integrations/{self.integration}{part}"


# 1

def portal_from_empty(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    browser.open(at.portal)
    browser.page("portal-sign-in")
    browser.screenshot("sign-in", APPEARANCES)
    browser.fill(name=at.operator, password="guessed")
    browser.submit("password")
    browser.page("portal-sign-in")
    browser.alert()
    set_up_second_factor(walk, browser)
    browser.screenshot("integrations-empty")

    browser.open(f"{at.portal}/integrations/new")
    browser.page("portal-new")
    browser.screenshot("new-integration", APPEARANCES)
    browser.fill(name="Payroll", enabled=True, tenant_host="https://tenant.localhost", self_enrolment=True,
                 enrolment_flow="inline", verification_flow="inline", fallback="sms", device_rule="open",
                 virtual_cameras=True)
    browser.submit("tenant_host")
    browser.page("portal-new")
    browser.alert()
    browser.screenshot("new-integration-refused")
    browser.fill(tenant_host="tenant.localhost")
    browser.submit("tenant_host")
    browser.page("portal-secret")
    walk.integration, walk.secret = browser.find("#integration-id").text, browser.find("#session-secret").text
    if len(walk.secret) < 32:
        raise Missing("the Session Secret is too short")
    browser.screenshot("secret", APPEARANCES)

    browser.reload()
    browser.does_not_say(walk.secret)
    for page in (f"{at.portal}/integrations", walk.integration_page()):
        browser.open(page)
        browser.says("Payroll")
        browser.does_not_say(walk.secret)
    browser.page("portal-integration")
    browser.screenshot("integration", APPEARANCES)
    deploy(walk, browser, "always")


def send_password(walk: Walk, browser: Browser) -> None:
    browser.open(f"{walk.ready.portal}/sign-in")
    browser.page("portal-sign-in")
    browser.fill(name=walk.ready.operator, password=walk.ready.password)
    browser.submit("password")


def set_up_second_factor(walk: Walk, browser: Browser) -> None:
    """The first sign-in: the portal shows a key for an authenticator app, and asks for a code of it."""
    send_password(walk, browser)
    browser.page("portal-second-factor")
    key = browser.find("#authenticator-key").text
    if key.replace(" ", "") not in browser.find('a[href^="otpauth:"]').get_attribute("href"):
        raise Missing("the link for the app has another key than the page")
    code = browser.find("svg.qr")
    if not 150 < code.size["width"] == code.size["height"]:
        raise Missing(f"the QR code has the size {code.size}")
    browser.screenshot("second-factor", APPEARANCES)
    walk.app.add(key)
    browser.fill(code=walk.app.code())
    browser.submit("code")
    browser.page("portal-integrations")


def sign_in_at_portal(walk: Walk, browser: Browser) -> str:
    """Signs the operator in, for whom an authenticator app is set up; returns the code that was used."""
    send_password(walk, browser)
    browser.page("portal-code")
    browser.screenshot("portal-code", APPEARANCES)
    browser.until(walk.app.is_ready, "the next code of the authenticator app")
    code = walk.app.code()
    browser.fill(code=code)
    browser.submit("code")
    browser.page("portal-integrations")
    return code


def sign_in(walk: Walk, browser: Browser) -> None:
    code = sign_in_at_portal(walk, browser)
    # What somebody saw over the operator's shoulder is of no use.
    other = walk.browser()
    send_password(walk, other)
    other.page("portal-code")
    other.fill(code=code)
    other.submit("code")
    other.page("portal-code")
    other.alert()


def deploy(walk: Walk, browser: Browser, mode: str) -> None:
    """Deploys the Action with its settings in the tenant's dashboard, as a customer does."""
    at = walk.ready
    browser.open(at.manage)
    browser.page("manage")
    browser.fill(file="verified-post-login.js", SESSION_SECRET=walk.secret, INTEGRATION_ID=walk.integration,
                 VERIFIER_ORIGIN=at.verifier, MODE=mode, CONTINUE_ORIGIN=at.tenant)
    browser.submit("SESSION_SECRET")
    browser.page("manage")
    if browser.has("[role=alert]"):
        raise Missing(f"the tenant rejected the Action: {browser.alert()}")
    browser.does_not_say(walk.secret)


# 2 and later: sign-ins

def always_on(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    browser.open(at.payroll)
    browser.screenshot("payroll")
    browser.press('a[href="/login"]')
    browser.arrive(f"{at.tenant}/u/login")
    browser.screenshot("tenant-sign-in")
    browser.fill(email=at.email, password="guessed")
    browser.submit("password")
    browser.alert()
    sign_in_at_tenant(walk, browser)
    browser.page("landing")
    browser.screenshot("landing", APPEARANCES)
    finish(walk, browser, FACE)
    browser.arrive(f"{at.payroll}/")
    browser.says(CLAIM)
    browser.screenshot("payroll-verified")
    browser.reload()
    browser.says(CLAIM)


def step_up(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    deploy(walk, browser, "on-demand")
    browser.open(f"{at.payroll}/login")
    sign_in_at_tenant(walk, browser)
    browser.arrive(f"{at.payroll}/")
    if CLAIM in browser.text():
        raise Missing("payroll received a claim although no face was verified")
    browser.press('a[href="/salary"]')
    browser.page("landing")
    # Without JavaScript, the landing page shows everything at once and the return page needs a click.
    with browser.without_script():
        browser.screenshot("landing-without-script")
        url = shown_to_client(walk, browser, SAME_FACE, APPROVED)
        browser.open(url)
        browser.page("return")
        browser.screenshot("return", APPEARANCES)
        browser.press("form[method=post] button")
        browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)
    browser.screenshot("salary")


def by_code(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    to_landing(walk, browser)
    browser.press('form:has([value="sms"]) button')
    browser.page("code")
    browser.screenshot("code", APPEARANCES)
    browser.fill(code="000000")
    browser.submit("code")
    browser.page("code")
    browser.alert()
    browser.screenshot("code-wrong")
    code = newest_code(walk, browser)
    browser.fill(code=code)
    browser.submit("code")
    browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)


def refused(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    to_landing(walk, browser)
    finish(walk, browser, OTHER_FACE, REFUSED)
    browser.arrive(f"{at.payroll}/callback")
    browser.says("countenance_no_match")
    browser.screenshot("refused")
    for again in (browser.reload, browser.back, browser.reload):
        again()
        if PAID_OUT in browser.text() or CLAIM in browser.text():
            raise Missing("going back or reloading opened the denied page")
    browser.open(at.payroll)
    if CLAIM in browser.text():
        raise Missing("payroll accepted a face that was rejected")


def another_browser(walk: Walk) -> None:
    at, browser, other = walk.ready, walk.browser(), walk.browser()
    to_landing(walk, browser)
    url = shown_to_client(walk, browser, SAME_FACE, APPROVED)
    other.open(url)
    other.page("return-other-browser")
    other.screenshot("return-other-browser")
    if other.has("form") or other.has("script"):
        raise Missing("the other browser was able to continue")
    other.open(f"{at.payroll}/")
    other.does_not_say(CLAIM)
    browser.open_beside(url)
    browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)
    # For ten seconds a lost answer comes again, which the tenant takes once. Then the address is used up, for the
    # original browser too.
    def is_used_up() -> bool:
        browser.open(url)
        return browser.name() in ("return-used", "returned")

    browser.until(is_used_up, "the address to be used up")
    browser.screenshot("return-used")


def another_device(walk: Walk) -> None:
    """A new computer waits until one that the account uses already allows it; then the same link works."""
    at, browser = walk.ready, walk.browser()
    to_landing(walk, browser)
    link = browser.find(LINK).get_attribute("href")
    with closing(Client(walk.client.program, walk.client.verifier, walk.client.browser)) as new:
        code = new.asks_for_approval(link)
        walk.client.approve(code.lower())
        browser.open_beside(new.capture(link, SAME_FACE, APPROVED))
    browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)


def two_tabs(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    to_landing(walk, browser)
    first = browser.driver.current_window_handle
    browser.open_beside(f"{at.payroll}/salary")
    browser.page("landing")
    finish(walk, browser, SAME_FACE)
    browser.arrive(f"{at.payroll}/salary")
    browser.driver.switch_to.window(first)
    browser.page("landing")
    finish(walk, browser, SAME_FACE)
    browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)


def seen_by_the_operator(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    sign_in(walk, browser)
    browser.screenshot("integrations")
    for address, name, said in [
        (walk.integration_page("/check"), "portal-check", ["The last login began", "The last browser went back"]),
        (walk.integration_page("/users"), "portal-users", ["auth0|"]),
        (walk.integration_page("/devices"), "portal-devices", []),
        (f"{at.portal}/sessions", "portal-sessions", []),
        (f"{at.portal}/audit", "portal-audit", [at.operator]),
        (f"{at.portal}/operators", "portal-operators", [at.operator, "admin", "Set up"]),
    ]:
        browser.open(address)
        browser.page(name)
        browser.says(*said)
        browser.does_not_say(walk.secret, at.phone_number)
        if name == "portal-check":
            for what in ("Action", "Clock", "Way back"):
                if browser.row(what).find_element(By.CSS_SELECTOR, ".state").text != "In order":
                    raise Missing(f"the setup check reports a fault: {browser.row(what).text}")
        browser.screenshot(name, APPEARANCES)


def switched_off(walk: Walk) -> None:
    browser = walk.browser()
    sign_in(walk, browser)
    browser.open(walk.integration_page())
    browser.page("portal-integration")
    browser.fill(enabled=False)
    browser.submit("tenant_host")
    browser.page("portal-integration")
    person = walk.browser()
    person.open(f"{walk.ready.payroll}/salary")
    sign_in_at_tenant(walk, person)
    person.page("integration-disabled")
    person.screenshot("integration-disabled")
    browser.open(walk.integration_page())
    browser.fill(enabled=True)
    browser.submit("tenant_host")
    browser.page("portal-integration")
    browser.press('form[action="/portal/sign-out"] button')
    browser.page("portal-sign-in")
    browser.open(walk.integration_page())
    browser.page("portal-sign-in")


def own_factor(walk: Walk) -> None:
    at, browser = walk.ready, walk.browser()
    browser.open(at.manage)
    browser.page("manage")
    if not browser.has('option[value="step-up-salary.js"]'):
        raise Skipped("the tenant's dashboard does not offer step-up-salary.js")
    browser.fill(file="step-up-salary.js")
    browser.submit("SESSION_SECRET")
    browser.page("manage")
    browser.screenshot("manage")
    browser.open(asked_by(browser, f"{at.payroll}/salary", FACE_POLICY, OWN_POLICY))
    sign_in_at_tenant(walk, browser)
    browser.page("mfa")
    browser.screenshot("own-factor", APPEARANCES)
    browser.fill(code="000000")
    browser.submit("code")
    browser.page("mfa")
    browser.alert()
    browser.fill(code=newest_code(walk, browser))
    browser.submit("code")
    browser.arrive(f"{at.payroll}/salary")
    browser.says(PAID_OUT)


SCENARIOS: list[tuple[str, Callable[[Walk], None]]] = [
    ("portal from empty", portal_from_empty),
    ("sign-in, always-on", always_on),
    ("step-up, on-demand", step_up),
    ("a code by text message", by_code),
    ("refusal", refused),
    ("another browser", another_browser),
    ("two tabs", two_tabs),
    ("another device", another_device),
    ("what the operator sees", seen_by_the_operator),
    ("integration switched off", switched_off),
    ("the tenant's own factor", own_factor),
]


def asked_by(browser: Browser, page: str, policy: str, other: str) -> str:
    """The application's authorization URL from this page with another policy: payroll itself requests only one."""
    address = urlsplit(page)
    # Starting a sign-in sets the cookie that the response needs.
    browser.open(f"{address.scheme}://{address.netloc}/login")
    browser.open(f"{address.scheme}://{address.netloc}/")
    visitor = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in browser.driver.get_cookies())
    connection = HTTPConnection("127.0.0.1", address.port, timeout=SLOW)
    with closing(connection):
        connection.request("GET", address.path, headers={"Host": address.netloc, "Cookie": visitor})
        location = connection.getresponse().headers["Location"]
    changed = location.replace(quote(policy, safe=""), quote(other, safe=""))
    if changed == location:
        raise Missing("payroll does not request a face")
    return changed


def sign_in_at_tenant(walk: Walk, browser: Browser) -> None:
    browser.arrive(f"{walk.ready.tenant}/u/login")
    browser.fill(email=walk.ready.email, password=walk.ready.user_password)
    browser.submit("password")


def to_landing(walk: Walk, browser: Browser) -> None:
    """From a new browser to the landing page, by opening the salary page."""
    browser.open(f"{walk.ready.payroll}/salary")
    sign_in_at_tenant(walk, browser)
    browser.page("landing")


def shown_to_client(walk: Walk, browser: Browser, recording: str, ends: int) -> str:
    """Clicks the landing page's link and runs the client on it; returns the address that the client opens."""
    link = browser.find(LINK)
    link.click()
    handed = walk.links.take("the link from Chromium")
    if handed != link.get_attribute("href"):
        raise Missing("Chromium passed on a different link")
    return walk.client.capture(handed, recording, ends)


def finish(walk: Walk, browser: Browser, recording: str, ends: int = APPROVED) -> None:
    """From the landing page to payroll, in the tab that the client opens."""
    browser.open_beside(shown_to_client(walk, browser, recording, ends))


def newest_code(walk: Walk, browser: Browser) -> str:
    """The last code sent to the phone, read in another tab."""
    here = browser.driver.current_window_handle
    browser.open_beside(walk.ready.phone)
    code = browser.find(f'article[data-to="{walk.ready.phone_number}"] code').text
    browser.screenshot("phone")
    browser.driver.close()
    browser.driver.switch_to.window(here)
    return code
