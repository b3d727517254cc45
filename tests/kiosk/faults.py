"""What goes wrong with a kiosk, each while somebody is there or nobody: the right screen within the stated time, and the next
person signs in. With the program itself; camera and network are simulated (camera.py, servers.py)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from selenium.common.exceptions import WebDriverException

import keys
import visit
from kiosk import SMALL, Kiosk
from machine import UNIT, Fault, until
from servers import Servers

from chromium import Missing, redacted
from scenarios import SAME_FACE

# Seconds. What src/kiosk/trouble.rs promises, and what a screen takes to be drawn here; a start of the unit, with its
# networks, of a program that is not optimized; the unit's WatchdogSec.
DRAWN, START, WATCHDOG = 3.0, 30.0, 20.0
CAMERA, VERIFIER, BROWSER, DISK, HUNG = 5.0, 40.0, 1.0, 1.0, 20.0
# A camera that delivers nothing is tried for this long, and its window for as long again.
FROZEN = 12.0
# How often the verifier wants to hear of a kiosk.
HEARTBEAT = 120.0
HOUR = 3600
# The end of a visit is told, and a browser that has failed is started to see whether it works, before anybody is invited.
TRIED = 15.0
# After which time the first screen forgets what somebody has opened or chosen there.
FORGOTTEN = 60.0
# Links that somebody's page opens at once.
FLOOD = 50


def nothing(*_: object) -> None:
    """It mends itself."""


@dataclass
class Case:
    """Something that goes wrong."""

    name: str
    breaks: Callable[[Kiosk, Servers], None]
    # What health says, within so many seconds; None: the kiosk is out of order for nobody to see.
    condition: str | None
    within: float
    mends: Callable[[Kiosk, Servers], None] = nothing
    # Within which time it invites people again.
    back: float = START
    # What somebody does meanwhile.
    before: Callable[[Kiosk], None] = lambda kiosk: None
    # Whether the screen has new hands: the compositor has ended.
    is_new_screen: bool = False
    row: list[str] = field(default_factory=list)


def all_of_them(kiosk: Kiosk, servers: Servers, only: str) -> None:
    """The cases with `only` in their names."""
    cases = [case for case in CASES if only in case.name]
    visit.enrol(kiosk, servers, SMALL)
    kiosk.begin(kiosk.slowly(SAME_FACE), size=SMALL)
    failed = []
    for case in cases:
        try:
            run(case, kiosk, servers)
        except (Fault, Missing, WebDriverException, OSError, StopIteration) as fault:
            failed.append(case.name)
            why = redacted(str(fault).splitlines()[0])
            case.row = [f"FAILED: {why}"]
            name = f"{case.name.replace(' ', '-')}-failed"
            try:
                kiosk.shot(name)
                journal = kiosk.machine.run("journalctl", "--quiet", "--no-pager", "--lines=200", "--output=short-precise")
                (kiosk.out / f"{name}.log").write_text(redacted(journal), encoding="utf-8")
            except (Fault, OSError) as unseen:
                why += f"; no screenshot or journal: {unseen}"
            print(f"kiosk: fault: {case.name}  FAILED: {why}; health: {kiosk.health()}", flush=True)
            heal(case, kiosk, servers)
            kiosk.begin(kiosk.slowly(SAME_FACE), size=SMALL)
    print("kiosk: | fault | shown | noticed after s | screen after s | invites again after s | next sign-in after s |")
    for case in cases:
        print(f"kiosk: | {case.name} | {' | '.join(case.row)} |")
    kiosk.leave()
    if failed:
        raise Fault(", ".join(failed))


def heal(case: Case, kiosk: Kiosk, servers: Servers) -> None:
    """After a failure: as it was before."""
    servers.heal()
    try:
        case.mends(kiosk, servers)
    except (Fault, Missing, WebDriverException, OSError, StopIteration):
        # It may have been mended, or never been broken.
        pass


def run(case: Case, kiosk: Kiosk, servers: Servers) -> None:
    until(kiosk.is_ready, "the first screen")
    case.before(kiosk)
    began = time.monotonic()

    def seconds() -> str:
        return f"{time.monotonic() - began:.1f}"

    case.breaks(kiosk, servers)
    shown, noticed, screen = "first screen", "-", "-"
    if case.condition:
        shown = case.condition
        until(lambda: case.condition in kiosk.conditions(), f"health to say {case.condition}", case.within + DRAWN)
        noticed = seconds()
        if time.monotonic() - began > case.within + 1.5:
            raise Fault(f"{case.condition} was noticed after {noticed} s, not {case.within} s")
        # What mends itself after a second, as a browser's first failure, may be over before it can be seen.
        until(lambda: kiosk.is_notice() or kiosk.is_ready(), "the screen that says so", DRAWN + (0 if case.mends is not nothing else TRIED))
        screen = seconds()
        kiosk.shot(case.name.replace(" ", "-"))
    mended = time.monotonic() if case.mends is not nothing else began
    case.mends(kiosk, servers)
    if case.is_new_screen:
        kiosk.sit_down()
    until(kiosk.is_ready, "the first screen", case.back + DRAWN)
    back = f"{time.monotonic() - mended:.1f}"
    # The end of a visit is told for three seconds, with a button as well; then a browser that has failed is tried.
    until(kiosk.stays_ready, "the first screen to stay", case.back + DRAWN)
    visit.whole(kiosk)
    case.row = [shown, noticed, screen, back, f"{time.monotonic() - mended:.1f}"]
    print(f"kiosk: fault: {case.name}: {' | '.join(case.row)}", flush=True)


# What somebody does before

def at_the_tenant(kiosk: Kiosk) -> None:
    """Has begun a visit."""
    kiosk.go()
    kiosk.arrive(f"{kiosk.ready.tenant}/u/login")
    kiosk.browser_in_front()


def at_consent(kiosk: Kiosk) -> None:
    visit.to_consent(kiosk)


# What goes wrong

def kill(kind: str, signal: str = "KILL") -> Callable[[Kiosk, Servers], None]:
    """Sends a signal to the processes whose command lines say so."""
    def breaks(kiosk: Kiosk, _: Servers) -> None:
        numbers = of_kind(kiosk, kind)
        before = kiosk.machine.show("NRestarts")
        kiosk.machine.run("kill", f"-{signal}", *map(str, numbers))
        if kind in ("cage", "kiosk"):
            limit = WATCHDOG + 10 if signal == "STOP" else 10
            until(lambda: kiosk.machine.show("NRestarts") > before, "a start after the end", limit)

    return breaks


def of_kind(kiosk: Kiosk, kind: str) -> list[int]:
    is_meant = {
        "cage": lambda line: line.startswith("/usr/bin/cage"),
        "kiosk": lambda line: line.startswith("/usr/bin/countenance kiosk"),
        "browser": lambda line: "chromium" in line and "--user-data-dir" in line and "--type=" not in line,
        "page": lambda line: "--type=renderer" in line and "--extension-process" not in line,
        "gpu": lambda line: "--type=gpu-process" in line,
    }[kind]
    found = until(lambda: [n for n, line in kiosk.machine.processes().items() if is_meant(line)], f"a process: {kind}", 10)
    return found


def kill_seatd(kiosk: Kiosk, _: Servers) -> None:
    """What hands out screen and keyboard. systemd starts it again, and the kiosk with it."""
    before = kiosk.machine.show("ExecMainPID")
    kiosk.machine.run("systemctl", "kill", "--signal=KILL", "seatd.service")
    until(lambda: kiosk.machine.show("ExecMainPID") not in (before, "0"), "a start with another seatd", 20)


def fill_disk(kiosk: Kiosk, _: Servers) -> None:
    """The file system of the profile: made smaller first, so that the test does not fill this computer's memory."""
    used = kiosk.machine.run("df", "--output=used", "-BM", "/run").split()[-1].rstrip("M")
    kiosk.machine.run("mount", "-o", f"remount,size={int(used) + 100}M", "/run")
    kiosk.machine.run("dd", "if=/dev/zero", "of=/run/full", "bs=1M", check=False)


def free_disk(kiosk: Kiosk, _: Servers) -> None:
    kiosk.machine.run("rm", "/run/full")
    kiosk.machine.run("mount", "-o", "remount,size=1G", "/run")


def flood(kiosk: Kiosk, _: Servers) -> None:
    """Links that nobody has asked for, while somebody visits."""
    link = link_of(kiosk)
    kiosk.link(*[f"{link[:-4]}{number:04}" for number in range(FLOOD)])
    kiosk.shot("flood")


def pair(kiosk: Kiosk, servers: Servers) -> None:
    """The person's own link and one that somebody else has begun elsewhere, at the same moment."""
    own = link_of(kiosk)
    kiosk.link(own, servers.launch_link())
    until(kiosk.button, "a window for one of them")
    kiosk.shot("two-links")


def link_of(kiosk: Kiosk) -> str:
    return str(kiosk.evaluate("document.querySelector('a[href^=countenance]').href"))


def escapes(kiosk: Kiosk) -> None:
    """All ways out by keyboard: whatever screen is in front, it is still, or something that is the kiosk's own, and neither the
    kiosk nor its pages are others."""
    before = kiosk.process(), kiosk.pages()
    for combination in keys.COMBINATIONS:
        # A person may leave with Escape alone; that is not among them.
        kiosk.hands.do("press", *combination)
    time.sleep(1)
    after = kiosk.process(), kiosk.pages()
    if before != after:
        raise Fault(f"the keyboard leads out: {before} became {after}")


def escapes_at_first(kiosk: Kiosk, _: Servers) -> None:
    """The same at the first screen, where keys may open the list of languages: it goes by itself."""
    before = kiosk.button()
    escapes(kiosk)
    until(lambda: kiosk.button() == before, "the first screen as it was", FORGOTTEN + DRAWN)


def end_visit(kiosk: Kiosk, _: Servers) -> None:
    kiosk.end_visit()


def hour(ahead: int) -> Callable[[Kiosk, Servers], None]:
    return lambda kiosk, servers: servers.set_clock(ahead)


def register(kiosk: Kiosk, servers: Servers) -> None:
    """The device's key is deleted and a new one registered, as the portal says."""
    kiosk.register(servers.walk.integration, servers.device_code())
    kiosk.begin(kiosk.slowly(SAME_FACE), size=SMALL)


CASES = [
    Case("compositor killed", kill("cage"), None, 0, is_new_screen=True),
    Case("kiosk killed", kill("kiosk"), None, 0, is_new_screen=True, before=at_the_tenant),
    Case("kiosk stopped", kill("kiosk", "STOP"), None, 0, is_new_screen=True, before=at_the_tenant),
    Case("browser killed", kill("browser"), "browser_down", BROWSER, before=at_the_tenant),
    Case("browser stopped", kill("browser", "STOP"), "browser_down", HUNG, before=at_the_tenant),
    Case("page killed", kill("page"), "browser_down", BROWSER, before=at_the_tenant),
    Case("GPU process killed", kill("gpu"), None, 0, mends=end_visit, before=at_the_tenant),
    Case("seatd killed", kill_seatd, None, 0, is_new_screen=True),
    Case("camera lost", lambda kiosk, _: kiosk.camera.unplug(), "camera_gone", CAMERA,
         mends=lambda kiosk, _: kiosk.camera.show(kiosk.slowly(SAME_FACE)), back=2 * CAMERA + FROZEN),
    Case("camera frozen", lambda kiosk, _: (kiosk.camera.freeze(), kiosk.end_now()), "camera_frozen", FROZEN,
         mends=lambda kiosk, _: kiosk.camera.show(kiosk.slowly(SAME_FACE)), back=CAMERA + FROZEN, before=at_the_tenant),
    Case("verifier down", lambda _, servers: servers.refuse(), "verifier_down", VERIFIER, mends=lambda _, servers: servers.heal(), back=VERIFIER),
    Case("network down", lambda _, servers: servers.lose(), "offline", VERIFIER, mends=lambda _, servers: servers.heal(), back=VERIFIER),
    Case("clock an hour behind", hour(HOUR), "clock_off", VERIFIER, mends=lambda _, servers: servers.heal(), back=VERIFIER),
    Case("clock an hour ahead", hour(-HOUR), "clock_off", VERIFIER, mends=lambda _, servers: servers.heal(), back=VERIFIER),
    Case("disk full", fill_disk, "disk_full", DISK, mends=free_disk),
    Case("50 links at once", flood, None, 0, mends=end_visit, before=visit.to_landing),
    Case("two links at once", pair, None, 0, mends=end_visit, before=visit.to_landing),
    Case("keyboard at the first screen", escapes_at_first, None, 0),
    Case("keyboard at consent", lambda kiosk, _: escapes(kiosk), None, 0, mends=end_visit, before=at_consent),
    Case("keyboard at the capture", lambda kiosk, _: (kiosk.camera.show_nobody(), kiosk.go(), escapes(kiosk), kiosk.camera.show(kiosk.slowly(SAME_FACE))),
         None, 0, mends=end_visit, before=at_consent),
    Case("device retired", lambda _, servers: servers.retire(), "not_registered", HEARTBEAT, mends=register),
]
