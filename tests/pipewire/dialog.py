#!/usr/bin/python3
"""Stands in for the desktop's dialog "May this app use the camera?": the backend that xdg-desktop-portal asks.

The person's answer is the word in the file named on the command line: allow, deny, or wait, which is no answer yet. Each
question is a line on standard output.
"""

import sys
from pathlib import Path

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

NAME = "org.freedesktop.impl.portal.desktop.countenance_test"
RESPONSES = {"allow": 0, "deny": 1}
LOOKS_AFTER_MILLIS = 50


class Dialog(dbus.service.Object):
    """The interface org.freedesktop.impl.portal.Access."""

    def __init__(self, bus: dbus.Bus, answer: Path) -> None:
        super().__init__(bus, "/org/freedesktop/portal/desktop")
        self.answer = answer

    @dbus.service.method("org.freedesktop.impl.portal.Access", in_signature="osssssa{sv}", out_signature="ua{sv}",
                         async_callbacks=("reply", "error"))
    def AccessDialog(self, handle, app, parent, title, subtitle, body, options, reply, error):  # noqa: N802
        print(f"asked for {app or 'an app without a name'}: {title}", flush=True)

        def look() -> bool:
            answer = self.answer.read_text(encoding="utf-8").strip()
            if answer in RESPONSES:
                reply(RESPONSES[answer], {})
            return answer not in RESPONSES

        if look():
            GLib.timeout_add(LOOKS_AFTER_MILLIS, look)


if __name__ == "__main__":
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    session = dbus.SessionBus()
    owned = dbus.service.BusName(NAME, session)
    dialog = Dialog(session, Path(sys.argv[1]))
    GLib.MainLoop().run()
