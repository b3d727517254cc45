"""Whole sign-ins at the kiosk: its own browser and its own window, on its screen, with a recording as the camera.

The servers and the operator's browser run beside the computer.
"""

import time

from selenium.common.exceptions import WebDriverException

import visit
from kiosk import ANSWER, IDLE, LANDSCAPE, PORTRAIT, Kiosk
from machine import Fault, until
from servers import Servers

from chromium import Missing, redacted
from scenarios import CLAIM, FACE, LINK, OTHER_FACE, PAID_OUT, SAME_FACE

BADGE, SUPERVISOR = "40071234", "4711"
# After this long without a face the next one counts as somebody else's (src/gui/kiosk/presence.rs), seconds.
AWAY = 8
# Attempts that the verifier allows, and the lowest button in a window across (all screens of a sign-in have it at the same height).
ATTEMPTS, LAST_BUTTON = 5, (0.5, 0.71)


def all_of_them(kiosk: Kiosk, servers: Servers, only: str) -> None:
    """The scenarios with `only` in their names. The first one enrolls whom the others verify."""
    visit.register(kiosk, servers)
    chosen = [scenario for scenario in SCENARIOS if only in scenario.__name__ or scenario is enrols]
    failed = [scenario.__name__ for scenario in chosen if not passes(scenario, kiosk, servers)]
    kiosk.leave()
    if failed:
        raise Fault(f"{', '.join(failed)}")


def passes(scenario, kiosk: Kiosk, servers: Servers) -> bool:
    began, why = time.monotonic(), ""
    try:
        scenario(kiosk, servers)
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
    visit.until_accepted(kiosk)
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")
    print(f"kiosk: {name}: accepted and back at the application {time.monotonic() - began:.1f} s after consent")
    kiosk.shot(f"{name}-thanks")
    kiosk.browser_in_front()
    kiosk.shot(f"{name}-payroll")


def enrols(kiosk: Kiosk, _: Servers) -> None:
    to_the_window(kiosk, FACE, "enrol")
    agrees(kiosk, "enrol")


def verifies_in_portrait(kiosk: Kiosk, _: Servers) -> None:
    to_the_window(kiosk, SAME_FACE, "verify", size=PORTRAIT)
    agrees(kiosk, "verify")


def refuses(kiosk: Kiosk, _: Servers) -> None:
    """Another face than the enrolled one: after the last attempt the application gets an error, and nothing else."""
    to_the_window(kiosk, OTHER_FACE, "refuse")
    for attempt in range(ATTEMPTS):
        kiosk.go()
        until(lambda: not kiosk.button(), "the capture")
        until(kiosk.button, f"the end of attempt {attempt + 1}")
        kiosk.shot(f"refuse-{attempt + 1}")
    # What is left is a code, or this:
    kiosk.hands.do("click", *LAST_BUTTON)
    # Pictures of a slow machine may not be clear enough.
    is_refused(kiosk, "countenance_no_match", "countenance_cannot_tell", "countenance_poor_quality")
    kiosk.shot("refuse-window")
    kiosk.browser_in_front()
    kiosk.shot("refuse-payroll")


def cancels(kiosk: Kiosk, _: Servers) -> None:
    """The camera is on; the person does not want it."""
    to_the_window(kiosk, OTHER_FACE, "cancel")
    kiosk.go()
    until(lambda: not kiosk.button(), "the capture")
    kiosk.hands.do("click", *LAST_BUTTON)
    time.sleep(1)
    kiosk.shot("cancel-window")
    is_refused(kiosk, "countenance_cancelled")
    kiosk.browser_in_front()
    kiosk.shot("cancel-payroll")


def is_refused(kiosk: Kiosk, *errors: str) -> None:
    """The application has one of these errors and nobody is signed in to it, however often it is asked."""
    text = kiosk.arrive(f"{kiosk.ready.payroll}/callback")
    if not any(error in text for error in errors):
        raise Fault(f"payroll does not say {errors[0]}")
    for page in ("/", "/salary"):
        text += str(kiosk.evaluate(f"fetch('{page}').then(page => page.text())"))
    if CLAIM in text or PAID_OUT in text:
        raise Fault("payroll took a person who was refused")


def reads_a_badge(kiosk: Kiosk, _: Servers) -> None:
    kiosk.begin(SAME_FACE, size=PORTRAIT, languages=["de"])
    kiosk.window("badge-attract")
    kiosk.hands.do("type", f"{BADGE}\n")
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    kiosk.browser_in_front()
    kiosk.shot("badge-tenant")
    if kiosk.evaluate("document.querySelector('[name=email]').value") != BADGE:
        raise Fault("the tenant does not know the badge")


def walks_away(kiosk: Kiosk, _: Servers) -> None:
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
    kiosk.is_over(ANSWER + 15)
    kiosk.window("away-again")
    kiosk.go()
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    if kiosk.evaluate("document.querySelector('[name=email]').value + document.cookie"):
        raise Fault("something of the person before is there")


def by_a_code(kiosk: Kiosk, servers: Servers) -> None:
    """A face that is not recognized; then a code to the phone, on the digits of the screen."""
    to_the_window(kiosk, OTHER_FACE, "code", size=PORTRAIT, languages=["de"])
    fails_once(kiosk, "code")
    kiosk.go(below=1)
    kiosk.window("code-channels")
    kiosk.go()
    until(lambda: kiosk.bar(100) and not kiosk.button(), "the digits")
    kiosk.shot("code-digits")
    code = servers.code()
    kiosk.type_on_pad("".join(str((int(digit) + 1) % 10) for digit in code))
    time.sleep(2)
    kiosk.shot("code-wrong")
    for _ in code:
        kiosk.hands.do("press", "backspace")
    kiosk.type_on_pad(code)
    if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
        raise Fault("payroll got no claim")
    kiosk.browser_in_front()
    kiosk.shot("code-payroll")


def fails_once(kiosk: Kiosk, name: str) -> None:
    """An attempt with another face."""
    kiosk.go()
    until(lambda: not kiosk.button(), "the capture")
    until(kiosk.button, "the end of the attempt")
    kiosk.shot(f"{name}-attempt")


def somebody_else_steps_in(kiosk: Kiosk, _: Servers) -> None:
    """One person agrees and is seen, and leaves; another comes while the camera is on. The sign-in ends, and what the first
    one has opened is gone."""
    to_the_window(kiosk, OTHER_FACE, "other")
    pages = str(kiosk.evaluate("location.href"))
    kiosk.go()
    until(lambda: not kiosk.button(), "the capture")
    time.sleep(1)
    kiosk.camera.show_nobody()
    kiosk.shot("other-first")
    time.sleep(AWAY + 3)
    kiosk.shot("other-nobody")
    kiosk.camera.show(SAME_FACE)
    kiosk.is_over(15)
    until(kiosk.is_ready, "the first screen")
    kiosk.shot("other-again")
    if kiosk.health()["last_outcome"] not in ("left", "refused"):
        raise Fault(f"the sign-in ended as {kiosk.health()['last_outcome']}")
    kiosk.go()
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    if kiosk.evaluate("document.querySelector('[name=email]').value + document.cookie") or kiosk.evaluate("history.length") != 1:
        raise Fault(f"something of the person before is there, after {redacted(pages)}")


def in_every_language(kiosk: Kiosk, _: Servers) -> None:
    """English, German and Arabic, upright and wide: the first screen, consent and capture."""
    for size, shape in ((PORTRAIT, "portrait"), (LANDSCAPE, "landscape")):
        for language in ("en", "de", "ar"):
            name = f"{language}-{shape}"
            to_the_window(kiosk, SAME_FACE, name, size=size, languages=[language])
            kiosk.go()
            until(lambda: not kiosk.button(), "the capture")
            kiosk.shot(f"{name}-capture")
            visit.until_accepted(kiosk)
            if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
                raise Fault(f"payroll got no claim in {language}")
            kiosk.shot(f"{name}-thanks")


def with_a_supervisor(kiosk: Kiosk, servers: Servers) -> None:
    """An enrollment that somebody of the staff confirms with number and PIN, after a wrong PIN; then the person goes on."""
    pin = servers.add_supervisor(SUPERVISOR)
    kiosk.begin(FACE, size=PORTRAIT)
    kiosk.window("supervisor-attract")
    kiosk.go()
    kiosk.sign_in()
    kiosk.touch(LINK)
    for typed, name in ((str((int(pin[0]) + 1) % 10) + pin[1:], "wrong"), (pin, "right")):
        until(lambda: kiosk.bar(100) and not kiosk.button(), "the digits")
        time.sleep(1)
        kiosk.shot(f"supervisor-{name}-number")
        kiosk.type_on_pad(SUPERVISOR)
        time.sleep(1)
        kiosk.shot(f"supervisor-{name}-pin")
        kiosk.type_on_pad(typed)
        time.sleep(1)
    kiosk.window("supervisor-consent")
    agrees(kiosk, "supervisor")
    if servers.confirmed_by(SUPERVISOR) != "1":
        raise Fault("the portal does not say who has confirmed it")


SCENARIOS = (enrols, verifies_in_portrait, refuses, cancels, reads_a_badge, walks_away, by_a_code, somebody_else_steps_in,
             in_every_language, with_a_supervisor)
