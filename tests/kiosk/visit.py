"""A person enrolls; and whole visits, as short as a person could be: touch, sign-in at the tenant, link, consent, face, application, end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk import LANDSCAPE, Kiosk
from machine import Fault, until
from servers import Servers

from scenarios import CLAIM, FACE, LINK

# Attempts that the verifier allows. Seconds that the window thanks before the application is in front.
# How often it is looked at the screen during a capture, seconds.
ATTEMPTS, THANKS, LOOKS = 5, 5, 1.0


def enrol(kiosk: Kiosk, servers: Servers, size: str = LANDSCAPE) -> None:
    """A person enrolls at the kiosk, which is registered first if it is not."""
    register(kiosk, servers)
    kiosk.begin(kiosk.slowly(FACE), size=size)
    whole(kiosk)


def register(kiosk: Kiosk, servers: Servers) -> None:
    """The kiosk is one that its verifier knows."""
    servers.set_up()
    if not kiosk.is_registered:
        kiosk.set_up(FACE)
        kiosk.register(servers.walk.integration, servers.device_code())


def to_landing(kiosk: Kiosk, badge: str = "") -> None:
    """From the first screen to the verifier's page with the link, by touch or with a badge."""
    until(kiosk.is_ready, "the first screen")
    if badge:
        kiosk.hands.do("type", f"{badge}\n")
    else:
        kiosk.go()
    kiosk.sign_in(is_shown=False)


def to_consent(kiosk: Kiosk) -> None:
    to_landing(kiosk)
    kiosk.touch(LINK)
    until(kiosk.button, "the window that asks for consent")


@dataclass
class Visit:
    """How one went: seconds from touch to the end, and from consent to the application's page; attempts that it took."""

    seconds: float
    accepted_seconds: float
    attempts: int


def whole(kiosk: Kiosk, during: Callable[[Kiosk], None] | None = None, badge: str = "") -> Visit:
    """A visit to its end. `during` is called on the page with the link, and on the application's."""
    until(kiosk.is_ready, "the first screen")
    began = time.monotonic()
    to_landing(kiosk, badge)
    if during:
        during(kiosk)
    kiosk.touch(LINK)
    until(kiosk.button, "the window that asks for consent")
    consented = time.monotonic()
    kiosk.go()
    attempts = until_accepted(kiosk)
    accepted = time.monotonic() - consented
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")
    if during:
        during(kiosk)
    if kiosk.button():
        # The thanks, which go by themselves after a while.
        kiosk.go()
    kiosk.browser_in_front()
    kiosk.end_visit()
    return Visit(time.monotonic() - began, accepted, attempts)


def until_accepted(kiosk: Kiosk) -> int:
    """Waits until the application is there; tries again as a person does, since pictures of a busy computer may not be clear
    enough. Returns the number of attempts."""
    for attempt in range(1, ATTEMPTS + 1):
        until(lambda: not kiosk.button(), "the capture")
        # Each look at the screen takes time that the capture needs.
        until(lambda: at_application(kiosk) or kiosk.button(), "the end of an attempt", pause=LOOKS)
        if is_on_its_way(kiosk):
            return attempt
        kiosk.shot("attempt-failed")
        kiosk.go()
    raise Fault(f"not accepted in {ATTEMPTS} attempts")


def is_on_its_way(kiosk: Kiosk) -> bool:
    """Whether what the window shows is its thanks: the application follows at once."""
    try:
        until(lambda: at_application(kiosk), "the application", THANKS)
        return True
    except Fault:
        return False


def at_application(kiosk: Kiosk) -> bool:
    return kiosk.where().startswith(f"{kiosk.ready.payroll}/") and "login" not in kiosk.where()
