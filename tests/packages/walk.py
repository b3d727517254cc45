#!/usr/bin/python3
"""Tests the packages of client and verifier in one Debian: as root, with mounts and a network of its own. test-packages starts it.

    walk.py --root FOLDER --now FOLDER --next FOLDER --out FOLDER --laboratory PROGRAM

FOLDERs with the Debian, with the packages, and with those of a higher version; PROGRAM is countenance-lab.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/kiosk"))

import proxies  # noqa: E402
import rpm  # noqa: E402
from machine import Fault, Machine, until  # noqa: E402
from web import CLAIM, Browser, SignIn  # noqa: E402

CLIENT, VERIFIER, UNIT = "countenance", "countenance-verifier", "countenance-verifier.service"
ORIGIN, TENANT = "http://verifier.localhost:8480", "http://tenant.localhost:8481"
# For the walk in the container: display, accessibility, screenshots; reverse proxies.
TOOLS = ("xvfb", "dbus-daemon", "at-spi2-core", "python3", "python3-dbus", "imagemagick", "nginx-light", "caddy")
RPM_TOOLS = ("rpm", "hicolor-icon-theme")
USER, HOME = "ada", "/home/ada"
DATA, KEY = "/var/lib/countenance-verifier", f"{HOME}/.local/share/countenance/device.key"
# The only configuration of the client's package: dpkg keeps it until it is purged.
AUTOSTART = "etc/xdg/autostart/countenance.desktop"
SETTINGS = f"{HOME}/.config/countenance/settings.toml"
LIMIT = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("root", "now", "next", "out", "laboratory"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    return 0 if all([passes(walk, given) for walk in (alone, whole, by_rpm)]) else 1


def passes(walk: Callable[[Machine, argparse.Namespace], None], given: argparse.Namespace) -> bool:
    work = Path(tempfile.mkdtemp(prefix="countenance-packages-"))
    shared = {"tests": REPOSITORY / "tests", "assets": REPOSITORY / "assets"}
    with closing(Machine(given.root.resolve(), work, shared, given.out / f"{walk.__name__}.log")) as machine:
        try:
            machine.start()
            walk(machine, given)
        except (Fault, OSError, subprocess.SubprocessError) as fault:
            print(f"packages: {given.root.name}: FAILED: {fault}", flush=True)
            return False
    return True


def told(given: argparse.Namespace, title: str, check: Callable[[], object]) -> object:
    began = time.monotonic()
    try:
        result = check()
    except (Fault, OSError, subprocess.SubprocessError) as fault:
        raise Fault(f"{title}: {fault}") from fault
    print(f"packages: {given.root.name}: {time.monotonic() - began:5.1f} s  {title}", flush=True)
    return result


# The client alone, where nothing else was installed

def alone(machine: Machine, given: argparse.Namespace) -> None:
    told(given, "the client's package is installed, with nothing but what it depends on", lambda: install(machine, given.now, CLIENT))
    told(given, "links are the client's, for a person without settings", lambda: is_registered(machine))
    told(given, "the client finds the libraries that it loads by name", lambda: has_libraries(machine))
    told(given, "man pages and completions are where shells look", lambda: is_documented(machine))


def is_registered(machine: Machine) -> None:
    machine.run("useradd", "--create-home", USER)
    if (found := as_user(machine, "xdg-mime", "query", "default", "x-scheme-handler/countenance").strip()) != "countenance.desktop":
        raise Fault(f"the default is “{found}”")


def has_libraries(machine: Machine) -> None:
    findings = json.loads(as_user(machine, "countenance", "doctor", "--json", check=False))
    found = {finding["check"]: finding for finding in findings}
    if found["doctor-libraries"]["detail"] != "X11: all found; Wayland: all found" or found["doctor-link"]["state"] != "good":
        raise Fault(f"doctor says {found['doctor-libraries']}, {found['doctor-link']}")
    # It does not look for OpenGL's drivers.
    machine.run("sh", "-c", "ls /usr/lib/*/dri/swrast_dri.so")


def is_documented(machine: Machine) -> None:
    listed = machine.run("dpkg", "-L", CLIENT).split()
    for path in ("/usr/share/man/man1/countenance.1.gz", "/usr/share/man/man1/countenance-camera-list.1.gz",
                 "/usr/share/bash-completion/completions/countenance", "/usr/share/zsh/vendor-completions/_countenance",
                 "/usr/share/fish/vendor_completions.d/countenance.fish", "/usr/share/doc/countenance/copyright"):
        if path not in listed:
            raise Fault(f"{path} is missing")
    completion = "/usr/share/bash-completion/completions/countenance"
    script = f"source {completion}; COMP_WORDS=(countenance cam); COMP_CWORD=1; _countenance countenance cam countenance; echo ${{COMPREPLY[@]}}"
    if machine.run("bash", "-c", script).strip() != "camera":
        raise Fault("bash does not complete `countenance cam`")


# Everything

def whole(machine: Machine, given: argparse.Namespace) -> None:
    with ExitStack() as stack:
        depended = [name for package in (CLIENT, VERIFIER) for name in depends(deb(given.now, package))]
        told(given, "tools of the test and what the packages depend on are installed", lambda: prepare(machine, depended))
        before = files(machine)
        told(given, "both packages are installed", lambda: [install(machine, given.now, name) for name in (VERIFIER, CLIENT)])
        told(given, "the verifier's unit runs, answers and is confined", lambda: serves(machine))
        told(given, "an operator is added as README.Debian has it, and can sign in", lambda: has_operator(machine))
        tenant = told(given, "an integration and its tenant", lambda: Tenant(stack, machine, given))
        told(given, "a link opens the client; the person says that it is not theirs", lambda: not_theirs(machine, given, tenant))
        told(given, "a whole sign-in that enrolls a face", lambda: signs_in(machine, given, tenant, "enrol"))
        kept = {path: digest(machine, path) for path in (KEY, SETTINGS, f"{DATA}/verifier.key")}
        told(given, "both packages are upgraded", lambda: upgraded(machine, given))
        if changed := [path for path, was in kept.items() if digest(machine, path) != was]:
            raise Fault(f"the upgrade changed {changed}")
        told(given, "a whole sign-in after the upgrade, with the same key and face", lambda: signs_in(machine, given, tenant, "verify"))
        told(given, "a backup, and the master key as a credential", lambda: has_credential(machine))
        told(given, "nginx in front, as the example has it", lambda: proxies.nginx(machine))
        told(given, "Caddy in front, as the example has it", lambda: proxies.caddy(machine))
        told(given, "both packages are removed", lambda: removed(machine, before))
        told(given, "both are purged", lambda: purged(machine, before))


def prepare(machine: Machine, depended: list[str]) -> None:
    apt(machine, "install", *TOOLS, *depended)
    machine.run("systemctl", "disable", "--now", "nginx", "caddy")
    # A root without an installer has no names; Caddy wants this one.
    machine.run("sh", "-c", "echo '127.0.0.1 localhost' >>/etc/hosts")
    machine.run("useradd", "--create-home", USER)
    # The administrator's, or the person's own.
    machine.run("install", "-d", "-o", USER, f"{HOME}/.config", f"{HOME}/.config/countenance")
    machine.run("sh", "-c", f"echo 'verifiers = [\"{ORIGIN}\"]' >{SETTINGS}; chown {USER} {SETTINGS}")


def serves(machine: Machine, start: bool = False) -> None:
    # A distribution with RPM leaves that to the administrator.
    if start:
        machine.run("systemctl", "start", UNIT)
    until(healthy, "the verifier to answer", 60)
    if machine.run("systemctl", "is-enabled", UNIT).strip() != "enabled":
        raise Fault("it does not start with the computer")
    process = machine.run("systemctl", "show", UNIT, "--property=MainPID", "--value").strip()
    status = dict(re.findall(r"^(\w+):\s*(.*)$", machine.run("cat", f"/proc/{process}/status"), re.MULTILINE))
    own = machine.run("id", "-u", VERIFIER).strip()
    if status["Uid"].split()[0] != own or status["NoNewPrivs"] != "1" or status["Seccomp"] != "2" or int(status["CapBnd"], 16):
        raise Fault(f"the service has rights: {status['Uid']}, {status['NoNewPrivs']}, {status['Seccomp']}, {status['CapBnd']}")
    if (mode := machine.run("stat", "-c", "%a %U", DATA, f"{DATA}/verifier.key").split()) != ["700", VERIFIER, "600", VERIFIER]:
        raise Fault(f"data and key belong to {mode}")


def healthy() -> bool:
    browser = Browser()
    try:
        browser.open(f"{ORIGIN}/healthz")
    except OSError:
        return False
    return browser.page == "ok\n"


def has_operator(machine: Machine) -> None:
    said = machine.run("cat", f"/usr/share/doc/{VERIFIER}/README.Debian")
    command = re.search(r"^ +(countenance-verifier-admin add-operator \w+)$", said, re.MULTILINE)[1].split()
    password, browser = machine.run(*command).strip(), Browser()
    for tried, is_in in (("guessed", False), (password, True)):
        browser.open(f"{ORIGIN}/portal/sign-in")
        browser.submit("password", name=command[-1], password=tried)
        if ("authenticator-key" in browser.page) != is_in:
            raise Fault(f"the portal answers {browser.status} to a password that is {'right' if is_in else 'wrong'}")


class Tenant:
    """An integration of the installed verifier, and the Auth0 stand-in with the Action that customers deploy."""

    def __init__(self, stack: ExitStack, machine: Machine, given: argparse.Namespace) -> None:
        said = machine.run("countenance-verifier-admin", "add-integration", "--name", "Payroll", "--tenant", "tenant.localhost",
                           "--enrolment-flow", "inline", "--allow-virtual-cameras")
        integration, secret = (re.search(rf"{name} +(\S+)", said)[1] for name in ("Integration Id", "Session Secret"))
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "secret"
        file.write_text(secret, encoding="utf-8")
        server = subprocess.Popen(
            [given.laboratory, "tenant", f"--integration={integration}", "--session-secret-file", file, "--mode", "always",
             "--action", REPOSITORY / "packaging/auth0/actions/verified-post-login.js", "--verifier", ORIGIN],
            stdout=subprocess.PIPE, text=True)
        stack.callback(server.wait)
        stack.callback(server.terminate)
        line = server.stdout.readline()
        if not (account := re.search(r"sign in as (\S+) with password (\S+)", line)):
            raise Fault(f"the tenant ended with {server.wait()}, after “{line}”")
        self.email, self.password = account.groups()
        until(self.answers, "the tenant")

    def answers(self) -> bool:
        try:
            Browser().open(f"{TENANT}/.well-known/openid-configuration")
        except OSError:
            return False
        return True

    def sign_in(self) -> SignIn:
        return SignIn(TENANT, self.email, self.password)


def not_theirs(machine: Machine, given: argparse.Namespace, tenant: Tenant) -> None:
    begun = tenant.sign_in()
    answer = begun.back(at_desk(machine, given, begun.link))
    if answer.get("error") != "access_denied":
        raise Fault(f"the application gets {answer}")


def signs_in(machine: Machine, given: argparse.Namespace, tenant: Tenant, how: str) -> None:
    titles = {"enrol": ("consent-title-enroll", "done-title-enroll"), "verify": ("consent-title-verify", "done-title")}[how]
    begun = tenant.sign_in()
    claims = begun.back(at_desk(machine, given, begun.link, f"/shared/tests/fixtures/person-a-{how}.mp4", *titles))
    if "mfa" not in claims.get(CLAIM, []):
        raise Fault(f"the ID token has {claims}")


def at_desk(machine: Machine, given: argparse.Namespace, *arguments: str) -> str:
    try:
        said = as_user(machine, "dbus-run-session", "--", "python3", "-B", "/shared/tests/packages/desk.py", *arguments,
                       LC_ALL="en_US.UTF-8", LANGUAGE="en")
    finally:
        for shot in (machine.file("tmp").glob("desk*.png")):
            (given.out / shot.name).write_bytes(shot.read_bytes())
            shot.unlink()
    return said.splitlines()[-1]


def upgraded(machine: Machine, given: argparse.Namespace) -> None:
    process = machine.run("systemctl", "show", UNIT, "--property=MainPID", "--value")
    for name in (VERIFIER, CLIENT):
        install(machine, given.next, name)
        if not (version := machine.run("dpkg-query", "-W", "-f=${Version}", name)).startswith("9999"):
            raise Fault(f"{name} is still {version}")
    until(healthy, "the verifier to answer again", 60)
    if machine.run("systemctl", "show", UNIT, "--property=MainPID", "--value") == process:
        raise Fault("the verifier was not restarted")


def has_credential(machine: Machine) -> None:
    """The steps of README.md, without an editor."""
    admin = ("countenance-verifier-admin", "audit", "verify")
    machine.run("countenance-verifier-admin", "backup", f"{DATA}/verifier.backup")
    machine.run("systemctl", "stop", UNIT)
    machine.run("mkdir", "-p", "/etc/credstore.encrypted")
    machine.run("systemd-creds", "encrypt", "--name=verifier.key", f"{DATA}/verifier.key", "/etc/credstore.encrypted/verifier.key")
    machine.add(f"etc/systemd/system/{UNIT}.d/override.conf",
                "[Service]\nLoadCredentialEncrypted=verifier.key:/etc/credstore.encrypted/verifier.key\n")
    machine.run("mv", f"{DATA}/verifier.key", "/root/verifier.key")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", UNIT)
    until(healthy, "the verifier to answer with its key as a credential", 60)
    if "Log intact" not in machine.run(*admin):
        raise Fault("the command has no key")
    # Without the credential nothing opens: it was not another copy of the key that did.
    machine.run("rm", "-r", "/etc/credstore.encrypted", f"/etc/systemd/system/{UNIT}.d")
    machine.run("systemctl", "daemon-reload")
    if "Log intact" in machine.run(*admin, check=False):
        raise Fault("the database opens without the key")
    machine.run("mv", "/root/verifier.key", f"{DATA}/verifier.key")
    machine.run("systemctl", "restart", UNIT)
    until(healthy, "the verifier to answer with its key as a file", 60)


def removed(machine: Machine, before: set[str]) -> None:
    apt(machine, "remove", CLIENT, VERIFIER)
    if healthy():
        raise Fault("the verifier still answers")
    left = files(machine) - before
    if not {"var/lib/countenance-verifier/verifier.sqlite", "var/lib/countenance-verifier/verifier.key",
            "etc/countenance/verifier.env"} <= left:
        raise Fault("a removal must keep data, key and settings")
    if other := [path for path in left if not path.startswith(("var/lib/countenance-verifier", "etc/countenance", "etc/systemd/system/", AUTOSTART))]:
        raise Fault(f"left behind: {sorted(other)[:8]}")
    machine.run("getent", "passwd", VERIFIER)


def purged(machine: Machine, before: set[str]) -> None:
    apt(machine, "purge", CLIENT, VERIFIER)
    if left := files(machine) - before:
        raise Fault(f"left behind: {sorted(left)[:8]}")
    if machine.run("getent", "passwd", VERIFIER, check=False) or machine.run("getent", "group", VERIFIER, check=False):
        raise Fault("the user is left behind")


# The RPM packages

def by_rpm(machine: Machine, given: argparse.Namespace) -> None:
    depended = [name for package in (CLIENT, VERIFIER) for name in depends(deb(given.now, package))]
    told(given, "rpm, and what the packages depend on, are installed", lambda: apt(machine, "install", *RPM_TOOLS, *depended))
    machine.run("useradd", "--create-home", USER)
    before = files(machine)
    now, then = rpm.carried(machine, given.now), rpm.carried(machine, given.next)
    told(given, "rpm refuses its packages without what they require", lambda: rpm.refuses(machine, now))
    told(given, "this Debian has what they require", lambda: rpm.stand_in(machine, now))
    told(given, "both are installed by rpm, with nothing forced, and verified", lambda: rpm.installed(machine, now))
    told(given, "the client finds its libraries, and links are its own", lambda: has_libraries(machine))
    told(given, "the verifier's unit runs, answers and is confined", lambda: serves(machine, start=True))
    told(given, "both are upgraded by rpm", lambda: rpm.upgraded(machine, then, healthy, "9999.0"))
    told(given, "both are removed by rpm", lambda: rpm.removed(machine, lambda: files(machine) - before, healthy))


# What the walks use

def as_user(machine: Machine, *command: str, check: bool = True, **variables: str) -> str:
    return machine.run("runuser", "-u", USER, "--", *command, check=check, limit=LIMIT, HOME=HOME, USER=USER, **variables)


def apt(machine: Machine, *arguments: str) -> None:
    machine.log.write(machine.run("apt-get", "-y", "-q", "--no-install-recommends", *arguments, limit=LIMIT,
                                  DEBIAN_FRONTEND="noninteractive"))
    machine.log.flush()


def install(machine: Machine, folder: Path, name: str) -> None:
    """As a person would, while the computer runs."""
    package = deb(folder, name)
    inside = machine.root / "var/tmp" / package.name
    inside.write_bytes(package.read_bytes())
    apt(machine, "install", f"/var/tmp/{package.name}")
    inside.unlink()


def deb(folder: Path, name: str) -> Path:
    return next(folder.glob(f"{name}_*.deb"))


def depends(package: Path) -> list[str]:
    """What a package depends on; of alternatives, the first."""
    listed = subprocess.run(["dpkg-deb", "-f", package, "Depends"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [re.match(r"\s*([a-z0-9.+-]+)", part)[1] for part in listed.split(",")]


def files(machine: Machine) -> set[str]:
    """The computer's files, without the person's own."""
    return {path for path in machine.files() if not path.startswith(("home/", "root/"))}


def digest(machine: Machine, path: str) -> str:
    return hashlib.sha256(machine.file(path.lstrip("/")).read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
