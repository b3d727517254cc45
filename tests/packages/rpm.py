"""The RPM packages in a Debian, by rpm itself: no distribution with RPM is to be had here.

What they require comes from a stand-in package. It provides what rpm's own tool finds in this Debian's libraries, and those of the
few names that a package of Debian's stands for; and it has the folder for licenses, which every distribution with RPM has. So rpm
resolves requirements as it does elsewhere, and nothing is forced. What a distribution's own packages do when files appear (menus,
links) is done by hand, as Fedora's desktop-file-utils does it.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from machine import Fault, Machine, until

CLIENT, VERIFIER, UNIT = "countenance", "countenance-verifier", "countenance-verifier.service"
DATA, SETTINGS = "/var/lib/countenance-verifier", "/etc/countenance/verifier.env"
# What is required beside libraries, and the package of Debian's that has it.
OTHERS = {"/bin/sh": "dash", "desktop-file-utils": "desktop-file-utils", "hicolor-icon-theme": "hicolor-icon-theme",
          "rtld(GNU_HASH)": "libc6", "systemd": "systemd", "util-linux": "util-linux", "xdg-utils": "xdg-utils"}
STAND_IN = """Name: debian
Version: 1
Release: 1
Summary: What this Debian has
License: None
BuildArch: noarch
{provides}
%description
What this Debian has.
%install
mkdir -p %{{buildroot}}/usr/share/licenses
%files
%dir /usr/share/licenses
"""
# The newest glibc that may be needed, as packaging/verifier/README.md and the changelog say.
GLIBC = (2, 35)
# What rpm keeps for itself, where other distributions have it. Debian's rpm uses the home folder.
DATABASE = "/var/lib/rpm"


def rpm(machine: Machine, *arguments: str, check: bool = True) -> str:
    return machine.run("rpm", f"--dbpath={DATABASE}", *arguments, check=check, limit=300.0)


def carried(machine: Machine, folder: Path) -> list[str]:
    """The packages in `folder`, taken into the computer."""
    names = sorted(folder.glob("*.rpm"))
    for package in names:
        (machine.root / "var/tmp" / package.name).write_bytes(package.read_bytes())
    return [f"/var/tmp/{package.name}" for package in names]


def required(machine: Machine, packages: list[str]) -> list[str]:
    """What the packages require of others; not what rpm itself is to know."""
    listed = machine.run("rpm", "--query", "--package", "--requires", *packages).splitlines()
    return sorted({line.strip() for line in listed if line.strip() and not line.startswith(("rpmlib(", "config("))})


def refuses(machine: Machine, packages: list[str]) -> None:
    """Without what they require, nothing is installed, and rpm names all of that."""
    done = subprocess.run(machine.enter("rpm", f"--dbpath={DATABASE}", "--install", *packages), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    missing = set(re.findall(r"^\s*(\S+) is needed by", done.stdout, re.MULTILINE))
    if not done.returncode or missing != set(required(machine, packages)):
        raise Fault(f"rpm ended with {done.returncode} and misses {sorted(missing)}")


def stand_in(machine: Machine, packages: list[str]) -> None:
    """Installs a package that provides what this Debian has of what is required."""
    wanted = required(machine, packages)
    newest = max(tuple(map(int, found.split("."))) for found in re.findall(r"\(GLIBC_([0-9.]+)\)", "".join(wanted)))
    if newest > GLIBC:
        raise Fault(f"glibc {newest} is needed")
    libraries = {line.partition("(")[0] for line in wanted if ".so." in line}
    paths = [found[1] for line in machine.run("ldconfig", "-p").splitlines()
             if (found := re.match(r"\s*\S+ \(.*x86-64.*\) => (\S+)", line)) and Path(found[1]).name in libraries]
    provided = {line for path in paths for line in machine.run("/usr/lib/rpm/elfdeps", "--provides", path).splitlines()}
    for name, package in OTHERS.items():
        machine.run("dpkg-query", "--status", package)
        provided.add(name)
    if missing := set(wanted) - provided:
        raise Fault(f"this Debian does not have {sorted(missing)}")
    provides = "\n".join(f"Provides: {name}" for name in sorted(provided & set(wanted)))
    machine.add("var/tmp/debian.spec", STAND_IN.format(provides=provides))
    machine.run("rpmbuild", "-bb", "--quiet", "--define=_topdir /var/tmp/rpmbuild", "/var/tmp/debian.spec")
    rpm(machine, "--install", "/var/tmp/rpmbuild/RPMS/noarch/debian-1-1.noarch.rpm")


def installed(machine: Machine, packages: list[str]) -> None:
    rpm(machine, "--install", *packages)
    verified(machine)
    machine.run("getent", "passwd", VERIFIER)
    # By the distribution's policy: Debian's enables what is installed.
    if machine.run("systemctl", "is-enabled", UNIT).strip() != "enabled":
        raise Fault("the unit was not preset")
    machine.run("update-desktop-database", "/usr/share/applications")


def verified(machine: Machine, changed: str = "") -> None:
    """Files, owners and modes are as the packages have them, but for the one that is `changed`."""
    said = rpm(machine, "--verify", CLIENT, VERIFIER, check=False)
    if [line.split()[-1] for line in said.splitlines()] != [changed] * bool(changed):
        raise Fault(f"rpm --verify says {said}")


def runs(machine: Machine, healthy: Callable[[], bool], version: str) -> str:
    """Client and verifier are this version; the verifier's unit answers. Returns the number of its process."""
    until(healthy, "the verifier to answer", 60)
    for name in (CLIENT, VERIFIER):
        if (said := rpm(machine, "--query", "--queryformat=%{VERSION}", name)) != version:
            raise Fault(f"{name} is {said}, not {version}")
        if not machine.run(name, "--version").startswith(f"{name} "):
            raise Fault(f"{name} does not run")
    return machine.run("systemctl", "show", UNIT, "--property=MainPID", "--value")


def upgraded(machine: Machine, packages: list[str], healthy: Callable[[], bool], version: str) -> None:
    """Data, key and what the administrator has changed stay; the verifier is restarted."""
    machine.run("sh", "-c", f"echo '# changed' >>{SETTINGS}")
    verified(machine, SETTINGS)
    before = runs(machine, healthy, rpm(machine, "--query", "--queryformat=%{VERSION}", VERIFIER))
    kept = machine.run("sha256sum", f"{DATA}/verifier.key", SETTINGS)
    rpm(machine, "--upgrade", *packages)
    if machine.run("sha256sum", f"{DATA}/verifier.key", SETTINGS) != kept:
        raise Fault("the upgrade changed the key or the settings")
    if runs(machine, healthy, version) == before:
        raise Fault("the verifier was not restarted")
    verified(machine, SETTINGS)


def removed(machine: Machine, left: Callable[[], set[str]], healthy: Callable[[], bool]) -> None:
    """Data, key, changed settings and the user stay, as the guide says; nothing else does."""
    rpm(machine, "--erase", CLIENT, VERIFIER)
    rpm(machine, "--erase", "debian")
    machine.run("update-desktop-database", "/usr/share/applications")
    if healthy():
        raise Fault("the verifier still answers")
    stay = {f"{DATA}/verifier.key", f"{DATA}/verifier.sqlite", f"{SETTINGS}.rpmsave"}
    found = {f"/{path}" for path in left()}
    if not stay <= found:
        raise Fault(f"not left: {sorted(stay - found)}")
    if other := sorted(path for path in found - stay if not path.startswith((DATA, DATABASE)) and path != "/etc/countenance"):
        raise Fault(f"left behind: {other[:8]}")
    machine.run("getent", "passwd", VERIFIER)
