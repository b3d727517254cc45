"""What a screen reader sees of a window and can do with it: AT-SPI over D-Bus, with deadlines.

A `Desktop` switches accessibility on and finds `Node`s in the windows of all programs. Needs Debian's at-spi2-core and
python3-dbus, a session bus (`dbus-run-session`), and programs started after the `Desktop` was made.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

import dbus

ACCESSIBLE = "org.a11y.atspi.Accessible"
ACTION = "org.a11y.atspi.Action"
REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")

# AtspiRole by number; unlisted roles are shown as numbers.
ROLES = {7: "check box", 11: "combo box", 23: "frame", 27: "image", 29: "label", 33: "list item", 37: "panel",
         42: "progress bar", 43: "button", 44: "radio button", 49: "scroll pane", 51: "slider", 54: "status bar",
         61: "text", 62: "toggle button", 75: "application", 79: "entry", 83: "heading", 85: "section"}

POLL_SECONDS = 0.05


class Missing(AssertionError):
    """Something did not appear in time; the text lists what was there."""


@dataclass(frozen=True)
class Node:
    """A snapshot of a window's element."""

    bus: dbus.bus.BusConnection
    owner: str
    path: str
    name: str
    role: str
    depth: int

    def press(self) -> None:
        """Activates the element, like a click."""
        if not _object(self.bus, self.owner, self.path).DoAction(dbus.Int32(0), dbus_interface=ACTION):
            raise Missing(f"{self} cannot be activated")

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


class Desktop:
    """All accessible windows."""

    def __init__(self) -> None:
        # Called repeatedly while waiting: returns why waiting is pointless, if it is.
        self.given_up: Callable[[], str | None] = lambda: None
        session = dbus.SessionBus()
        status = dbus.Interface(session.get_object("org.a11y.Bus", "/org/a11y/bus"), dbus.PROPERTIES_IFACE)
        for name in ("IsEnabled", "ScreenReaderEnabled"):
            status.Set("org.a11y.Status", name, dbus.Boolean(True))
        address = session.get_object("org.a11y.Bus", "/org/a11y/bus").GetAddress(dbus_interface="org.a11y.Bus")
        self.bus = dbus.bus.BusConnection(address)
        self.headings: list[str] = []

    def nodes(self) -> Iterator[Node]:
        """Every element of every window, parents before children. Elements that disappear meanwhile are skipped."""
        for owner, path in self._children(*REGISTRY):
            yield from self._below(owner, path, 0)

    def find(self, name: str, role: str | None = None) -> Node | None:
        """The element with this name, and this role if given."""
        return next((n for n in self._look() if n.name == name and role in (None, n.role)), None)

    def wait(self, name: str, role: str | None = None, seconds: float = 15.0) -> Node:
        """Waits for the element with this name."""
        return self.wait_for_any([name], role, seconds)

    def wait_for_any(self, names: list[str], role: str | None = None, seconds: float = 15.0) -> Node:
        """Waits for the first element with one of these names."""
        matching = lambda: next((n for n in self._look() if n.name in names and role in (None, n.role)), None)
        wanted = " or ".join(f"“{name}”" for name in names)
        return self._until(matching, f"{role or 'anything'} called {wanted}", seconds)

    def wait_for_window(self, seconds: float) -> None:
        """Waits until any program shows a window."""
        self._until(lambda: next((node for node in self.nodes() if node.role == "frame"), None), "a window", seconds)

    def wait_until_gone(self, name: str, seconds: float = 15.0) -> None:
        """Waits until no element has this name."""
        self._until(lambda: self.find(name) is None or None, f"the end of “{name}”", seconds)

    def tree(self) -> str:
        """All elements, one per line, indented by depth."""
        lines = [f"{'  ' * node.depth}{node}" for node in self.nodes()]
        return "\n".join(lines) or "(no window)"

    def _look(self) -> list[Node]:
        found = list(self.nodes())
        for node in found:
            if node.role == "heading" and node.name not in self.headings[-1:]:
                self.headings.append(node.name)
        return found

    def _until(self, look: Callable[[], object], wanted: str, seconds: float) -> object:
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            if why := self.given_up():
                raise Missing(f"{why} before {wanted}")
            if time.monotonic() > deadline:
                raise Missing(f"timed out after {seconds:g} s waiting for {wanted}; found:\n{self.tree()}")
            time.sleep(POLL_SECONDS)
        return found

    def _below(self, owner: str, path: str, depth: int) -> Iterator[Node]:
        node = _object(self.bus, owner, path)
        try:
            name = str(node.Get(ACCESSIBLE, "Name", dbus_interface=dbus.PROPERTIES_IFACE, timeout=2))
            role = int(node.GetRole(dbus_interface=ACCESSIBLE, timeout=2))
        except dbus.DBusException:
            return
        yield Node(self.bus, owner, path, name, ROLES.get(role, str(role)), depth)
        for child in self._children(owner, path):
            yield from self._below(*child, depth + 1)

    def _children(self, owner: str, path: str) -> list[tuple[str, str]]:
        try:
            children = _object(self.bus, owner, path).GetChildren(dbus_interface=ACCESSIBLE, timeout=2)
        except dbus.DBusException:
            return []
        return [(str(child), str(at)) for child, at in children]


def screenshot(path: Path) -> None:
    """A screenshot of the whole display, with ImageMagick."""
    run(["import", "-window", "root", str(path)], check=False)


def _object(bus: dbus.bus.BusConnection, owner: str, path: str) -> dbus.proxies.ProxyObject:
    return bus.get_object(owner, path, introspect=False)
