"""A virtual display as a person uses it: reads words off the screen, clicks on them, keeps pictures of what was seen.

Wine's windows have no accessible names that this machine could ask for, so text recognition reads them.
"""

import csv
import io
import os
import subprocess
import time
from pathlib import Path

# Maximum wait for words, seconds.
SLOW = 60.0
# The picture is enlarged by this factor, for the recognition.
SCALE = 2
# Its threads only wait for one another on a machine that has other work.
RECOGNITION = os.environ | {"OMP_THREAD_LIMIT": "1"}


class Unseen(Exception):
    """The words did not appear in time."""


class Screen:
    """The display of DISPLAY. Pictures go to `folder`, numbered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str) -> Path:
        """Saves a picture of the screen."""
        number = len(list(self.folder.glob("*.png"))) + 1
        path = self.folder / f"{number:02}-{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], check=True)
        return path

    def words(self) -> list[tuple[str, int, int]]:
        """The words on the screen in reading order, each with its middle in pixels."""
        grey = ["-colorspace", "Gray", "-resize", f"{SCALE * 100}%", "-threshold", "70%", "-negate"]
        seen = subprocess.run(["import", "-window", "root", "png:-"], stdout=subprocess.PIPE, check=True).stdout
        picture = subprocess.run(["convert", "png:-", *grey, "png:-"], input=seen, stdout=subprocess.PIPE, check=True)
        found = []
        command = ["tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng", "tsv"]
        read = subprocess.run(
            command, input=picture.stdout, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=RECOGNITION, check=True
        )
        for row in csv.DictReader(io.StringIO(read.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
            text = row["text"] or ""
            if text.strip() and float(row["conf"]) > 30:
                left, top, width, height = (int(row[side]) for side in ("left", "top", "width", "height"))
                found.append((text.strip(), (left + width // 2) // SCALE, (top + height // 2) // SCALE))
        return found

    def find(self, text: str) -> tuple[int, int] | None:
        """Where `text` begins; a few letters of it may be misread."""
        wanted = [plain(word) for word in text.split() if plain(word)]
        seen = self.words()
        letters = [plain(word) for word, _, _ in seen]
        for at in range(len(seen)):
            if all(at + i < len(seen) and is_like(letters[at + i], word) for i, word in enumerate(wanted)):
                return seen[at][1], seen[at][2]
        return None

    def wait(self, *texts: str, seconds: float = SLOW) -> tuple[str, tuple[int, int]]:
        """Waits for one of these texts; which it is, and where."""
        ends = time.monotonic() + seconds
        while True:
            for text in texts:
                if place := self.find(text):
                    return text, place
            if time.monotonic() > ends:
                self.keep("unseen")
                raise Unseen(f"none of {texts} within {seconds} s; seen: {' '.join(word for word, _, _ in self.words())}")

    def has_window(self, title: str) -> bool:
        """Whether a window with this title is visible."""
        command = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def wait_for_window(self, title: str, seconds: float = SLOW) -> None:
        """Waits until a window with this title is visible."""
        ends = time.monotonic() + seconds
        while not self.has_window(title):
            if time.monotonic() > ends:
                raise Unseen(f"no window {title!r} within {seconds} s")
            time.sleep(0.1)

    def click(self, text: str, below: int = 0) -> None:
        """Clicks on a text, or so many pixels below it."""
        _, (x, y) = self.wait(text)
        y += below
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)


def plain(word: str) -> str:
    return "".join(c for c in word.lower() if c.isalnum())


def is_like(seen: str, word: str) -> bool:
    """Whether at most one letter in four differs."""
    if abs(len(seen) - len(word)) > len(word) // 4:
        return False
    before = list(range(len(word) + 1))
    for i, a in enumerate(seen, 1):
        row = [i]
        for j, b in enumerate(word, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1] <= len(word) // 4
