"""The ways out of a browser that a keyboard or a pointer has, each tried: none may change what is on the screen."""

import time

from hands import MIDDLE, RIGHT
from machine import Fault, Hands, Machine, until

COMBINATIONS = [line.split() for line in """
ctrl t|ctrl n|ctrl shift n|ctrl w|ctrl f4|ctrl shift w|ctrl q|ctrl shift q|alt f4|ctrl shift t|ctrl tab|ctrl 1
ctrl l|ctrl e|ctrl k|alt d|f6|ctrl o|ctrl s|ctrl shift s|ctrl p|ctrl shift p|ctrl u|ctrl j|ctrl h|ctrl d|ctrl shift d
ctrl f|ctrl g|f3|ctrl shift i|ctrl shift j|ctrl shift c|f12|ctrl shift m|ctrl shift o|ctrl shift b|ctrl shift a
ctrl shift delete|shift esc|alt esc|ctrl esc|f1|f7|f8|f10|f11|shift f10|menu|alt left|alt home|alt e|alt f|alt tab
alt space|alt enter|alt shift i|alt shift a|altgr left|altgr f4|super|super l|super d|super m|ctrl alt f2
ctrl alt delete|ctrl alt backspace|print|ctrl plus|ctrl minus|ctrl r|ctrl shift r|f5|refresh|homepage|search|mail
favorites|back|forward|www|file|calc|help|config
""".strip().replace("\n", "|").split("|")]
# Address bars to open, and what to type there.
OPENERS = (["ctrl", "l"], ["ctrl", "t"], ["ctrl", "n"], ["alt", "d"], ["f6"])
ADDRESSES = ("file:///etc/passwd", "chrome://settings", "chrome://policy", "view-source:about:blank")
# A page without a field on it stays as it is, but for a mark around what has the focus. A dialog, a menu, a bar or another page
# changes more pixels than this.
FEW = 0.004


def changed(before: bytes, after: bytes) -> float:
    """Share of the pixels that differ."""
    if len(before) != len(after):
        return 1.0
    rows = range(0, len(before), 3 * 256)
    differ = [at for at in rows if before[at:at + 768] != after[at:at + 768]]
    pixels = sum(before[i:i + 3] != after[i:i + 3] for at in differ for i in range(at, min(at + 768, len(before)), 3))
    return pixels / (len(before) / 3)


def are_closed(machine: Machine, start) -> list[str]:
    """Tries all of them on the page that `start` shows in a new kiosk; returns those that do something."""
    hands, before = begin(machine, start)
    found = []

    def attempt(name: str, *doings: tuple) -> None:
        nonlocal hands, before
        try:
            for doing in doings:
                hands.do(*doing)
            time.sleep(0.5)
            # What closes the browser may take a moment.
            if changed(before, machine.pixels()) <= FEW:
                return
        except (Fault, OSError):
            pass
        found.append(name)
        hands.close()
        hands, before = begin(machine, start)

    for keys in COMBINATIONS:
        attempt("+".join(keys), ("press", *keys))
    attempt("right click", ("click", 0.5, 0.8, RIGHT))
    attempt("middle click", ("click", 0.5, 0.8, MIDDLE))
    attempt("pointer at the upper edge", ("move", 0.5, 0.5), ("move", 0.5, 0.0))
    for keys in OPENERS:
        for address in ADDRESSES:
            attempt(f"{'+'.join(keys)}, {address}", ("press", *keys), ("type", f"{address}\n"))
    hands.close()
    return found


def begin(machine: Machine, start) -> tuple[Hands, bytes]:
    start()
    hands = Hands(machine)
    hands.do("move", 0.5, 0.9)
    still = [machine.pixels()]

    def is_still() -> bool:
        time.sleep(0.5)
        still.append(machine.pixels())
        return len(set(still[-1])) > 1 and changed(still[-2], still[-1]) <= FEW / 4

    until(is_still, "the page to be still")
    return hands, still[-1]
