"""Whole sign-ins at the kiosk: its own browser and its own window, on its screen, with a recording as the camera.

The servers and the operator's browser run beside the computer.
"""

import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from kiosk import ANSWER, IDLE, PORTRAIT, Kiosk
from machine import Fault, Machine, until

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "tests/browser"))

from chromium import Browser, Missing, Screenshots, redacted  # noqa: E402
from scenarios import CLAIM, FACE, LINK, OTHER_FACE, PAID_OUT, SAME_FACE, Walk, portal_from_empty  # noqa: E402
from test_env import TestEnv  # noqa: E402

BADGE = "40071234"
# Visits one after another, and what the kiosk may grow by meanwhile.
VISITS, MAX_GROWTH_MIB = 6, 30
# Attempts that the verifier allows, and the lowest button in a window across (all screens of a sign-in have it at the same height).
ATTEMPTS, LAST_BUTTON = 5, (0.5, 0.71)


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


def cancels(kiosk: Kiosk) -> None:
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


def leaves_nothing(kiosk: Kiosk) -> None:
    """One person after another, with the kiosk's memory before and after; then nothing of them is in its files."""
    kiosk.begin(SAME_FACE)
    kiosk.window("many-attract")
    used, took = [], []
    for _ in range(VISITS):
        began = time.monotonic()
        kiosk.go()
        kiosk.sign_in(is_shown=False)
        kiosk.touch(LINK)
        until(kiosk.button, "the window that asks for consent")
        time.sleep(0.5)
        consented = time.monotonic()
        kiosk.go()
        if CLAIM not in kiosk.arrive(f"{kiosk.ready.payroll}/"):
            raise Fault("payroll got no claim")
        took.append((time.monotonic() - began, time.monotonic() - consented))
        kiosk.browser_in_front()
        kiosk.end_visit()
        used.append(use(kiosk))
    # The first visits load the networks and fill caches.
    before, after = used[min(2, VISITS - 1)], used[-1]
    print(f"kiosk: {VISITS} visits: memory {' '.join(str(one[0]) for one in used)} MiB, descriptors {before[1]} and {after[1]}; "
          f"touch to application {middle(took, 0):.1f} s, consent to application {middle(took, 1):.1f} s, at most "
          f"{max(one[1] for one in took):.1f} s")
    if after[1] > before[1]:
        raise Fault("descriptors are left open")
    if after[0] > before[0] + MAX_GROWTH_MIB:
        raise Fault("memory grows with every visit")
    texts = [kiosk.ready.email, kiosk.ready.user_password, BADGE]
    folders = ["/run", "/tmp", "/var/tmp", "/dev/shm", "/var/lib/countenance-kiosk", "/var/log"]
    found = kiosk.machine.run("nsenter", f"--target={kiosk.process()}", "--mount", "--", "/usr/bin/python3", "-IB", "-c",
                              (HERE / "leftovers.py").read_text(encoding="utf-8"), *folders, "--", *texts)
    if found:
        raise Fault(f"left in files: {found.splitlines()[:3]}")
    journal = kiosk.machine.run("journalctl", "--quiet", "--output=cat", "--no-pager")
    if any(text in journal for text in texts) or "countenance://" in journal:
        raise Fault("the journal tells who was here")


def use(kiosk: Kiosk) -> tuple[int, int]:
    """Memory that only the kiosk's process uses, MiB, and its open descriptors."""
    number = kiosk.process()
    private = kiosk.machine.run("sh", "-c", f"awk '/^Anonymous/ {{print $2}}' /proc/{number}/smaps_rollup")
    return int(private) // 1024, len(kiosk.machine.run("ls", f"/proc/{number}/fd").split())


def middle(times: list, part: int) -> float:
    return sorted(one[part] for one in times)[len(times) // 2]


SCENARIOS = (enrols, verifies_in_portrait, refuses, cancels, reads_a_badge, walks_away, leaves_nothing)
