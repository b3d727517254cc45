"""What systemd makes of the kiosk's unit: starts it, starts it again, and stops it; what it may; what is left of it."""

import re
import time

from machine import RUNTIME, UNIT, Fault, Machine, until

# Seconds. The unit's WatchdogSec and what comes on top of it.
WATCHDOG, STOP, START = 20.0, 5.0, 20.0


def starts(machine: Machine) -> None:
    began = time.monotonic()
    machine.run("systemctl", "start", UNIT)
    took = time.monotonic() - began
    if took > START:
        raise Fault(f"the start took {took:.1f} s")
    browser(machine)
    print(f"kiosk: ready after {took:.1f} s")


def browser(machine: Machine) -> int:
    """The number of a process of the browser that shows pages."""
    pages = until(lambda: [n for n, line in machine.processes().items() if "--type=renderer" in line], "the browser")
    return pages[0]


def is_confined(machine: Machine) -> None:
    """All processes are in the unit, none has rights or can get any, and the browser's pages are in its own sandbox."""
    page = browser(machine)
    for number, line in machine.processes().items():
        status = machine.run("sh", "-c", f"cat /proc/{number}/status 2>/dev/null || true")
        if not status:
            continue
        fields = dict(re.findall(r"^(\w+):\s*(.*)$", status, re.MULTILINE))
        own = machine.run("sh", "-c", f"readlink /proc/{number}/ns/user || true") == machine.run("readlink", "/proc/1/ns/user")
        # In a user namespace of its own a process has all rights over nothing.
        if fields["NoNewPrivs"] != "1" or fields["Seccomp"] != "2" or own and int(fields["CapEff"], 16) | int(fields["CapBnd"], 16):
            raise Fault(f"{line.split()[0]} has rights: {fields['NoNewPrivs']}, {fields['Seccomp']}, {fields['CapBnd']}")
    for kind in ("user", "pid", "net"):
        if machine.run("readlink", f"/proc/{page}/ns/{kind}") == machine.run("readlink", f"/proc/1/ns/{kind}"):
            raise Fault(f"the browser's pages are not in a {kind} namespace of their own")
    strays = machine.run("pgrep", "--uid", "countenance-kiosk", check=False).split()
    if missing := {int(n) for n in strays} - set(machine.processes()):
        strays = [n for n in missing if machine.run("sh", "-c", f"cat /proc/{n}/cmdline 2>/dev/null || true")]
        if strays:
            raise Fault(f"{len(strays)} processes of the kiosk are outside of the unit")


def exposure(machine: Machine) -> None:
    """As `systemd-analyze security` counts it, 0 to 10."""
    said = machine.run("systemd-analyze", "security", "--no-pager", UNIT)
    level = float(re.search(r"exposure level for \S+: ([0-9.]+)", said).group(1))
    if level > 3.0:
        raise Fault(f"systemd-analyze security: {level}")
    print(f"kiosk: systemd-analyze security: {level}")


def restarts_when_stuck(machine: Machine) -> None:
    before = restarts(machine)
    stuck = [n for n, line in machine.processes().items() if "countenance kiosk" in line and "cage" not in line]
    began = time.monotonic()
    machine.run("kill", "-STOP", *map(str, stuck))
    until(lambda: restarts(machine) > before, "the watchdog", WATCHDOG + 10)
    if machine.run("journalctl", "--quiet", f"--unit={UNIT}", "--grep=Failed with result 'watchdog'", "--output=cat") == "":
        raise Fault("it was not the watchdog that ended the kiosk")
    up(machine)
    print(f"kiosk: stuck; up again after {time.monotonic() - began:.1f} s")


def restarts_after_kill(machine: Machine) -> None:
    """Whichever process is killed, the kiosk comes back."""
    for what, is_meant in (("the compositor", lambda line: "cage -d" in line),
                           ("the kiosk", lambda line: "countenance kiosk" in line and "cage" not in line)):
        before, began = restarts(machine), time.monotonic()
        killed = [n for n, line in machine.processes().items() if is_meant(line)]
        machine.run("kill", "-KILL", *map(str, killed))
        until(lambda: restarts(machine) > before, f"a start after {what} was killed")
        up(machine)
        print(f"kiosk: {what} killed; up again after {time.monotonic() - began:.1f} s")


def restarts(machine: Machine) -> int:
    return int(machine.show("NRestarts"))


def up(machine: Machine) -> None:
    until(lambda: machine.show("ActiveState") == "active", "the unit to be active")
    browser(machine)


def stops(machine: Machine) -> None:
    began = time.monotonic()
    machine.run("systemctl", "stop", UNIT)
    took = time.monotonic() - began
    if took > STOP:
        raise Fault(f"the stop took {took:.1f} s")
    if machine.run("pgrep", "--uid", "countenance-kiosk", check=False):
        raise Fault("processes outlive the stop")
    if machine.run("sh", "-c", f"ls -A {RUNTIME} 2>/dev/null || true"):
        raise Fault("something is left in memory after the stop")
    if machine.show("Result") != "success":
        raise Fault(f"the stop counts as a failure: {machine.show('Result')}")
    print(f"kiosk: stopped after {took:.1f} s")


def heeds_exit_codes(machine: Machine) -> None:
    """What follows the exit codes of src/kiosk/exit.rs, with a program that does nothing but exit."""
    # After those of the tests, whose program it replaces.
    folder, file = f"etc/systemd/system/{UNIT}.d", "zz-exits.conf"

    def exits(code: int) -> None:
        machine.run("systemctl", "stop", UNIT)
        machine.add(f"{folder}/{file}", f"""[Service]
ExecStart=
ExecStart=/usr/lib/countenance-kiosk/session /usr/bin/cage -d -- /bin/sh -c 'systemd-notify --ready; sleep 1; exit {code}'
""")
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "start", UNIT)

    exits(71)
    until(lambda: restarts(machine) > 0, "a start after the exit code 71")
    exits(73)
    until(lambda: machine.show("ActiveState") == "inactive", "the kiosk to stay down after the exit code 73")
    time.sleep(3)
    if machine.show("ActiveState") != "inactive":
        raise Fault("the exit code 73 does not leave the kiosk down")
    exits(72)
    # The container's exit code when its computer restarts.
    if (code := machine.nspawn.wait(timeout=30)) != 133:
        raise Fault(f"the computer did not restart, but ended with {code}")
    (machine.root / folder / file).unlink()
    machine.start()


def writes_only_its_own(machine: Machine) -> None:
    """On disk there is nothing of the kiosk's user but in its own folder."""
    found = machine.run("find", "/", "-xdev", "-user", "countenance-kiosk", "-not", "-path", "/var/lib/countenance-kiosk*",
                        "-not", "-path", "/proc/*").split()
    if found:
        raise Fault(f"the kiosk wrote {found[:5]}")


def removed(machine: Machine) -> None:
    """After a purge, with the computer off, nothing is left but the users and groups, as Debian's policy has it."""
    machine.stop()
    # Before: a folder with a file of ours in it stays, as one with a file of the owner's does.
    machine.take_back()
    machine.install("apt-get", "purge", "-y", "-q", "countenance-kiosk", "countenance")
    ours = [path for path in machine.files() - machine.before if "countenance" in path or path.startswith(("etc/chromium", "usr/"))]
    if left := [path for path in ours if not path.endswith((".cache", ".pyc", "mimeinfo.cache"))]:
        raise Fault(f"the package leaves {sorted(left)[:5]}")


CHECKS = [("the unit starts", starts), ("the processes are confined", is_confined), ("exposure", exposure),
          ("a killed process", restarts_after_kill), ("a stuck kiosk", restarts_when_stuck),
          ("what is written", writes_only_its_own), ("the unit stops", stops),
          ("exit codes", heeds_exit_codes)]
