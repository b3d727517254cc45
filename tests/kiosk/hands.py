"""A keyboard and a pointer for a Wayland compositor, as a person at a kiosk has them: keys by their place, not by what they
mean. What the compositor would make of a key on real hardware is worked out with its own library and settings
(libxkbcommon, XKB_*), so a key or modifier that the kiosk's layout leaves out is left out here.

Speaks the protocols `virtual-keyboard-unstable-v1` and `wlr-virtual-pointer-unstable-v1` without other packages.
"""

import ctypes
import json
import os
import socket
import struct
import sys
import tempfile
import time

# Linux's numbers of keys (input-event-codes.h), on an American keyboard.
ROWS = {1: "\x1b1234567890-=\b\tqwertyuiop[]\n", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./", 57: " "}
SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./"))
CODES = {sign: first + place for first, signs in ROWS.items() for place, sign in enumerate(signs)}
CODES |= {
    "esc": 1, "backspace": 14, "tab": 15, "enter": 28, "ctrl": 29, "shift": 42, "alt": 56, "space": 57, "f1": 59, "f3": 61,
    "f4": 62, "f5": 63, "f6": 64, "f7": 65, "f8": 66, "f10": 68, "f11": 87, "f12": 88, "f2": 60, "print": 99, "altgr": 100,
    "home": 102, "up": 103, "left": 105, "right": 106, "end": 107, "down": 108, "delete": 111, "super": 125, "menu": 127,
    "mail": 155, "back": 158, "homepage": 172, "refresh": 173, "search": 217, "www": 150, "file": 144, "calc": 140,
    "favorites": 156, "forward": 159, "help": 138, "plus": 13, "minus": 12, "comma": 51, "config": 171, "camera": 212,
}
LEFT, MIDDLE, RIGHT = 0x110, 0x112, 0x111


class Keymap:
    """The compositor's keyboard map and which modifiers are held, from XKB_* in the environment."""

    def __init__(self) -> None:
        self.xkb = xkb = ctypes.CDLL("libxkbcommon.so.0")
        for name in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_state_new"):
            getattr(xkb, name).restype = ctypes.c_void_p
        xkb.xkb_keymap_get_as_string.restype = ctypes.c_char_p
        context = ctypes.c_void_p(xkb.xkb_context_new(0))
        keymap = ctypes.c_void_p(xkb.xkb_keymap_new_from_names(context, None, 0))
        if not keymap.value:
            raise OSError("the keyboard's layout cannot be compiled")
        self.text = xkb.xkb_keymap_get_as_string(keymap, 1)
        self.state = ctypes.c_void_p(xkb.xkb_state_new(keymap))

    def update(self, code: int, down: bool) -> tuple[int, int, int, int]:
        """Modifiers held, latched and locked, and the group, after this key."""
        self.xkb.xkb_state_update_key(self.state, code + 8, int(down))
        return tuple(self.xkb.xkb_state_serialize_mods(self.state, 1 << part) for part in range(3)) + (
            self.xkb.xkb_state_serialize_layout(self.state, 1 << 6),)


class Hands:
    """Keyboard and pointer at a compositor's socket."""

    def __init__(self, display: str) -> None:
        self.wire = socket.socket(socket.AF_UNIX)
        self.wire.connect(display)
        self.wire.settimeout(10)
        self.next, self.globals = 2, {}
        registry = self.new()
        self.send(1, 1, struct.pack("<I", registry))
        self.round_trip(registry)
        seat, keyboards, pointers = (self.bind(registry, name) for name in (
            "wl_seat", "zwp_virtual_keyboard_manager_v1", "zwlr_virtual_pointer_manager_v1"))
        self.keyboard, self.pointer = self.new(), self.new()
        self.send(keyboards, 0, struct.pack("<II", seat, self.keyboard))
        self.send(pointers, 0, struct.pack("<II", seat, self.pointer))
        self.keymap = Keymap()
        with tempfile.TemporaryFile() as text:
            text.write(self.keymap.text + b"\0")
            text.flush()
            self.send(self.keyboard, 0, struct.pack("<II", 1, len(self.keymap.text) + 1), text.fileno())
            self.round_trip(registry)

    def close(self) -> None:
        self.wire.close()

    # The wire

    def new(self) -> int:
        self.next += 1
        return self.next - 1

    def send(self, target: int, request: int, body: bytes = b"", file: int | None = None) -> None:
        message = struct.pack("<II", target, (8 + len(body)) << 16 | request) + body
        if file is None:
            self.wire.sendall(message)
        else:
            socket.send_fds(self.wire, [message], [file])

    def round_trip(self, registry: int) -> None:
        """Waits until the compositor has done everything so far, and notes what it announces."""
        callback = self.new()
        self.send(1, 0, struct.pack("<I", callback))
        while True:
            target, event, body = self.receive()
            if target == callback:
                return
            if target == registry and event == 0:
                name, length = struct.unpack_from("<II", body)
                self.globals[body[8:8 + length - 1].decode()] = name
            if target == 1 and event == 0:
                why = body[12:].rstrip(b"\0").decode(errors="replace")
                raise OSError(f"the compositor refuses: {why}")

    def receive(self) -> tuple[int, int, bytes]:
        target, head = struct.unpack("<II", self.exactly(8))
        return target, head & 0xFFFF, self.exactly((head >> 16) - 8)

    def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.wire.recv(count - len(data))
            if not piece:
                raise OSError("the compositor has gone")
            data += piece
        return data

    def bind(self, registry: int, name: str) -> int:
        if name not in self.globals:
            raise OSError(f"the compositor has no {name}")
        bound, text = self.new(), name.encode() + b"\0"
        padded = text + b"\0" * (-len(text) % 4)
        self.send(registry, 0, struct.pack("<II", self.globals[name], len(text)) + padded + struct.pack("<II", 1, bound))
        return bound

    # What a person does

    def key(self, code: int, down: bool) -> None:
        self.send(self.keyboard, 1, struct.pack("<III", now(), code, int(down)))
        self.send(self.keyboard, 2, struct.pack("<IIII", *self.keymap.update(code, down)))
        time.sleep(0.015)

    def press(self, *keys: str) -> None:
        """Presses keys one after another, and releases them in the opposite order."""
        codes = [CODES[key] for key in keys]
        for code in codes:
            self.key(code, True)
        for code in reversed(codes):
            self.key(code, False)

    def type(self, text: str) -> None:
        """Types text and signs of an American keyboard; \\t and \\n are Tab and Enter."""
        for sign in text:
            plain = SHIFTED.get(sign, sign.lower())
            self.press(*(["shift"] if plain != sign else []), plain)

    def move(self, x: float, y: float) -> None:
        """Moves the pointer; 0, 0 is the top left corner of the screen, 1, 1 the bottom right."""
        size = 1 << 16
        self.send(self.pointer, 1, struct.pack("<IIIII", now(), round(x * size), round(y * size), size, size))
        self.send(self.pointer, 4)
        time.sleep(0.05)

    def click(self, x: float, y: float, button: int = LEFT) -> None:
        self.move(x, y)
        for down in (1, 0):
            self.send(self.pointer, 2, struct.pack("<III", now(), button, down))
            self.send(self.pointer, 4)
            time.sleep(0.05)


def now() -> int:
    return time.monotonic_ns() // 1_000_000 & 0xFFFFFFFF




def main() -> None:
    """Does what each line of standard input says, a JSON list such as ["press", "ctrl", "t"], and answers with an empty line."""
    hands = Hands(os.path.join(os.environ["XDG_RUNTIME_DIR"], os.environ["WAYLAND_DISPLAY"]))
    for line in sys.stdin:
        what, *how = json.loads(line)
        {"press": hands.press, "type": hands.type, "click": hands.click, "move": hands.move, "key": hands.key}[what](*how)
        print(flush=True)


if __name__ == "__main__":
    main()
