"""What is in front of the kiosk's camera, as a recording: a person, an empty room, nothing that moves on, or no camera.

The kiosk plays one file over and over and opens it anew each time, so that what is in front changes within seconds, while it
runs. Simulated is everything about the device: there is no v4l2 in the container.
"""

import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# Where the kiosk sees it.
INSIDE = "/shared/camera"
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
# Images a second of a film that is a folder of them.
FPS = 12.5
WIDTH, HEIGHT = 400, 300
# Frames of an empty room, after which it repeats. Longer than what counts as frozen.
EMPTY_FRAMES = 10


class Camera:
    """A folder that the kiosk sees at `INSIDE`; the camera is the file `now` in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="countenance-camera-"))
        self.folder.chmod(0o755)
        empty = self.folder / "empty.y4m"
        empty.write_bytes(head() + b"".join(b"FRAME\n" + noise() for _ in range(EMPTY_FRAMES)))
        empty.chmod(0o644)
        os.mkfifo(self.folder / "frozen")
        (self.folder / "frozen").chmod(0o644)
        self.feeds = False

    def close(self) -> None:
        self.feeds = False
        shutil.rmtree(self.folder)

    def show(self, recording: str) -> None:
        """A recording of tests/fixtures, or a film that `slow` made."""
        self.turn_to(recording if (self.folder / recording).is_dir() else f"/shared/recordings/{recording}")

    def slow(self, laboratory: str, recording: str) -> str:
        """Makes a film of a recording that plays at half its pace (`FPS`), and returns its name: a computer that does other
        things as well then sees enough of it."""
        film = Path(recording).stem
        folder = self.folder / film
        if not folder.exists():
            subprocess.run([laboratory, "film", str(FIXTURES / recording), "--out", str(folder), "--frames", "500"],
                           stderr=subprocess.DEVNULL, check=True)
            (folder / "frames.yuyv").unlink()
            folder.chmod(0o755)
            for file in folder.iterdir():
                file.chmod(0o644)
        return film

    def show_nobody(self) -> None:
        self.turn_to("empty.y4m")

    def freeze(self) -> None:
        """A camera that is there and announces images, of which none ever comes."""
        self.turn_to("frozen")
        self.feeds = True
        threading.Thread(target=self.feed, daemon=True).start()

    def unplug(self) -> None:
        self.feeds = False
        (self.folder / "now").unlink(missing_ok=True)

    def turn_to(self, target: str) -> None:
        self.feeds = False
        new = self.folder / "new"
        new.symlink_to(target)
        new.rename(self.folder / "now")

    def feed(self) -> None:
        """Gives whoever opens the camera the beginning of a film, and no more."""
        while self.feeds:
            try:
                end = os.open(self.folder / "frozen", os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.02)
                continue
            try:
                os.write(end, head())
                time.sleep(4)
            except BrokenPipeError:
                pass
            os.close(end)


def head() -> bytes:
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Ip A1:1 C420jpeg\n".encode()


def noise() -> bytes:
    """One image of a wall: gray, with the noise of a sensor."""
    chance = random.Random()
    luma = bytes(110 + value % 12 for value in chance.randbytes(WIDTH * HEIGHT))
    return luma + b"\x80" * (WIDTH * HEIGHT // 2)
