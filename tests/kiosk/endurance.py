"""Visits back to back: memory, handles, threads and time per visit stay as they are, and nothing of the visitors is left."""

import csv
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import visit
from kiosk import SMALL, Kiosk
from machine import UNIT, Fault, until
from servers import REPOSITORY, Servers

from chromium import redacted
from scenarios import FACE, LINK, SAME_FACE

HERE = Path(__file__).resolve().parent
FIXTURES = REPOSITORY / "tests/fixtures"
VISITS, WARM_UP, COMPARED = 200, 3, 10
# What the last visits may need more than the first: kibibytes of memory, descriptors, threads; and how much longer they may
# take (the machine does other things as well).
ALLOWED = {"memory_kib": 24 * 1024, "descriptors": 0, "threads": 0}
SLOWER = 1.25
# Visits that a busy computer may spoil.
FAILED_MAX = 0.02
# Where the kiosk, or anything on its behalf, could leave something. Files of the system itself are not of visitors.
IN_UNIT = ["/run", "/tmp", "/var/tmp", "/dev/shm", "/var/lib/countenance-kiosk", "/etc/countenance"]
ON_DISK = ["/var/log", "/var/tmp", "/var/lib/countenance-kiosk", "/var/lib/systemd", "/tmp", "/run/log", "/home", "/root", "/srv"]
# Every so many visits begin with a badge.
BADGE, WITH_BADGE = "40071234", 5
# How many of the planted files are longer than a block.
LONG_FILES = 100


def visits(kiosk: Kiosk, servers: Servers, count: int) -> None:
    visit.enrol(kiosk, servers, SMALL)
    kiosk.begin(kiosk.slowly(SAME_FACE), size=SMALL, idle_secs=60)
    until(kiosk.is_ready, "the first screen")
    secrets, rows, failed = Secrets(kiosk), [], 0
    # Such a file ends them early; what was seen until then is evaluated.
    table, stop = kiosk.out / "endurance.csv", kiosk.out / "stop"
    stop.unlink(missing_ok=True)
    with table.open("w", encoding="ascii", newline="") as file:
        writer = csv.DictWriter(file, ["visit", "seconds", "accepted_seconds", "attempts", *ALLOWED, "load"])
        writer.writeheader()
        for number in range(1, count + 1):
            if stop.exists():
                print(f"kiosk: stopped after {number - 1} visits")
                break
            try:
                went = visit.whole(kiosk, secrets.note, "" if number % WITH_BADGE else BADGE)
            except Fault as fault:
                failed += 1
                kiosk.shot(f"visit-{number}-failed")
                print(f"kiosk: visit {number} FAILED: {redacted(str(fault))}", flush=True)
                kiosk.end_now()
                until(kiosk.stays_ready, "the first screen after a visit that failed")
                continue
            row = {"visit": number, "seconds": round(went.seconds, 2), "accepted_seconds": round(went.accepted_seconds, 2),
                   "attempts": went.attempts, **use(kiosk), "load": os.getloadavg()[0]}
            writer.writerow(row)
            file.flush()
            rows.append(row)
            if number % 10 == 0:
                print(f"kiosk: visit {number}: {row}", flush=True)
    plot(rows, kiosk.out / "endurance.svg")
    faults = compare(rows)
    if failed > count * FAILED_MAX:
        faults.append(f"{failed} visits failed")
    found = leftovers(kiosk, secrets)
    kiosk.leave()
    if faults or found:
        raise Fault("; ".join(faults + found))


def use(kiosk: Kiosk) -> dict[str, int]:
    """What the kiosk's own process uses: memory of its own, descriptors, threads."""
    folder = kiosk.machine.file(f"proc/{kiosk.process()}")
    anonymous = re.search(r"^Anonymous:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.MULTILINE)
    return {"memory_kib": int(anonymous.group(1)), "descriptors": len(os.listdir(folder / "fd")),
            "threads": len(os.listdir(folder / "task"))}


def compare(rows: list[dict]) -> list[str]:
    """What the last visits use more than the first."""
    # What a second attempt takes says nothing about the first.
    rows = [row for row in rows[WARM_UP:] if row["attempts"] == 1]
    first, last = rows[:COMPARED], rows[-COMPARED:]
    if len(rows) < 2 * COMPARED:
        print("kiosk: too few visits to compare the first and the last")
        return []
    faults = []
    for what in (*ALLOWED, "seconds", "accepted_seconds"):
        before, after = (middle([row[what] for row in part]) for part in (first, last))
        limit = before + ALLOWED[what] if what in ALLOWED else before * SLOWER
        print(f"kiosk: {what}: {before:g} in the first {COMPARED} visits, {after:g} in the last; allowed {limit:g}")
        if after > limit:
            faults.append(f"{what} grows from {before:g} to {after:g}")
    return faults


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def plot(rows: list[dict], file: Path) -> None:
    """Memory and time by visit."""
    width, height, parts = 900, 200, []
    for place, (what, unit, scale) in enumerate((("memory_kib", "MiB", 1024), ("seconds", "s", 1), ("accepted_seconds", "s", 1))):
        values = [row[what] / scale for row in rows]
        top, base = max(values) * 1.1 or 1, (place + 1) * (height + 40) - 10
        points = " ".join(f"{60 + (width - 80) * at / max(len(values) - 1, 1):.1f},{base - height * value / top:.1f}" for at, value in enumerate(values))
        parts.append(f'<text x="60" y="{base - height - 8}">{what.split("_")[0]}, {unit}: {values[0]:.1f} at first, {values[-1]:.1f} at last, '
                     f'at most {max(values):.1f}</text><polyline fill="none" stroke="#0f6470" stroke-width="1.5" points="{points}"/>'
                     f'<path d="M60 {base - height}V{base}H{width - 20}" fill="none" stroke="#888"/>')
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{3 * (height + 40)}" font-family="sans-serif" '
                    f'font-size="14"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n', encoding="utf-8")


class Secrets:
    """What nobody may find after the visits."""

    def __init__(self, kiosk: Kiosk) -> None:
        at = kiosk.ready
        self.wanted = {"account name": at.email.encode(), "password": at.user_password.encode(),
                       "badge number": BADGE.encode()}
        for recording in (FACE, SAME_FACE, "person-b.mp4"):
            content = (FIXTURES / recording).read_bytes()
            # Past the boxes at the beginning, which other films have as well.
            self.wanted[f"images of {recording}"] = content[len(content) // 2:len(content) // 2 + 64]
            self.wanted[f"sha256 {recording}"] = hashlib.sha256(content).hexdigest().encode()

    def note(self, kiosk: Kiosk) -> None:
        """In the middle of a visit: the link's secrets, and the cookies."""
        link = kiosk.evaluate(f"document.querySelector({json.dumps(LINK)})?.href") or ""
        cookies = kiosk.cookies()
        number = len(self.wanted)
        for name, value in (*parse_qsl(urlsplit(str(link)).query), *cookies):
            # Addresses are in many places.
            if len(value) >= 16 and "://" not in value:
                self.wanted[f"{name} ({number})"] = value.encode()

    def as_json(self) -> str:
        return json.dumps({name: value.hex() for name, value in self.wanted.items()})


def leftovers(kiosk: Kiosk, secrets: Secrets) -> list[str]:
    """Searches disk, memory and journal, after having shown that the search finds what is planted."""
    if missed := planted(kiosk, secrets):
        return [f"the search does not find {missed}"]
    found = []
    for where, folders, target in (("memory", IN_UNIT, kiosk.process()), ("disk", ON_DISK, 1)):
        *lines, count = search(kiosk, secrets, folders, target)
        print(f"kiosk: {where}, {len(secrets.wanted)} things: {count}; {len(lines)} found")
        found += lines
    journal = kiosk.machine.run("journalctl", "--quiet", "--output=export", "--no-pager").encode()
    named = [name for name, value in secrets.wanted.items() if value in journal]
    print(f"kiosk: journal: {len(journal)} bytes; {len(named)} found")
    # Not the test's own `countenance://end`, which the journal has from the command that it is run with.
    linked = [line for line in journal.decode(errors="replace").splitlines() if "countenance://verify" in line]
    if linked:
        named.append(f"a launch link, {len(linked)} times, as {redacted(linked[0])[:200]}")
    return [f"left: {line}" for line in found[:5]] + [f"in the journal: {name}" for name in named]


def search(kiosk: Kiosk, secrets: Secrets, folders: list[str], process: int) -> list[str]:
    """The lines of leftovers.py among the files that a process sees."""
    command = kiosk.machine.enter("nsenter", f"--target={process}", "--mount", "--", "/usr/bin/python3", "-IB", "-c",
                                  (HERE / "leftovers.py").read_text(encoding="utf-8"), *folders)
    done = subprocess.run(command, input=secrets.as_json(), stdout=subprocess.PIPE, text=True, timeout=300, check=True)
    return done.stdout.splitlines()


def planted(kiosk: Kiosk, secrets: Secrets) -> list[str]:
    """What of all that is wanted the search misses in a folder with each of it, in the middle of other bytes."""
    folder = "tmp/planted"
    place = kiosk.machine.file(folder)
    place.mkdir()
    fill = bytes(range(1, 251)) * 41000
    signs = {"a JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF", "a PNG": b"\x89PNG\r\n\x1a\n", "a WebP": b"RIFF\x10\0\0\0WEBP", "an AVI film":
             b"RIFF\x10\0\0\0AVI ", "an MP4 film": b"\0\0\0\x20ftypisom", "a Matroska film": b"\x1a\x45\xdf\xa3", "a raw film": b"YUV4MPEG2 W4"}
    things = {**signs, **{name: value for name, value in secrets.wanted.items() if not name.startswith("sha256 ")}}
    try:
        for number, value in enumerate(things.values()):
            # The first lie anywhere in or between the blocks that are read; hundreds of such files would fill the memory.
            room = len(fill) if number < LONG_FILES else len(fill) // LONG_FILES
            (place / str(number)).write_bytes(fill[:number * 50021 % room] + value + fill[:1000])
        (place / "wide").write_bytes(fill + kiosk.ready.email.encode("utf-16-le"))
        (place / "copy").write_bytes((FIXTURES / SAME_FACE).read_bytes())
        said = {line.partition(": ")[0].rpartition("/")[2]: line.partition(": ")[2].split(", ")
                for line in search(kiosk, secrets, [f"/{folder}"], 1)}
        missed = [name for number, name in enumerate(things) if name not in said.get(str(number), [])]
        missed += ["a text of two bytes a letter"] * ("account name" not in said.get("wide", []))
        missed += ["a copy of a recording"] * (f"sha256 {SAME_FACE}" not in said.get("copy", []))
    finally:
        for file in place.iterdir():
            file.unlink()
        place.rmdir()
    print(f"kiosk: the search finds {len(things) + 2 - len(missed)} of {len(things) + 2} planted things")
    return missed
