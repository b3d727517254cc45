"""A desktop for one scenario: PipeWire, its session manager, the dialog, and programs that act as cameras."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "camera-vm"))
from program import Failed, Program, check  # noqa: E402

__all__ = ["Desktop", "Failed", "Program", "check"]

RATE = 15
# What a camera's program sends. The last one passes a recorded face on, with noise as a sensor has it, so that no frame comes
# twice.
BARS = "videotestsrc is-live=true ! video/x-raw,format={raw},width=640,height=480,framerate=30/1"
SENDS = {
    "yuyv": BARS.format(raw="YUY2"),
    "nv12": BARS.format(raw="NV12"),
    "rgb": BARS.format(raw="BGRx"),
    # Debian 12's pipewiresink cuts images that are longer than the first, so that is noise.
    "mjpeg": "concat name=both ! jpegenc ! pipewiresink mode=provide stream-properties={properties} "
             "videotestsrc num-buffers=1 pattern=snow ! video/x-raw,format=I420,width=640,height=480,framerate=30/1 ! both. "
             + BARS.format(raw="I420") + " ! both.",
    "unknown": BARS.format(raw="v308"),
    "face": "compositor name=mixed sink_0::zorder=0 sink_1::zorder=1 sink_1::alpha=0.04 "
            "! video/x-raw,format=YUY2,width={width},height={height},framerate={rate}/1 ! pipewiresink mode=provide stream-properties={properties} "
            "multifilesrc location={clip}/%04d.jpg loop=true caps=image/jpeg,framerate={rate}/1 ! jpegdec ! videoconvert "
            "! identity sync=true ! queue ! mixed.sink_0 "
            "videotestsrc is-live=true pattern=snow ! video/x-raw,width={width},height={height},framerate={rate}/1 "
            "! queue ! mixed.sink_1",
}


class Desktop:
    """Services of one session. Ends them all at the end."""

    def __init__(self, answer: str) -> None:
        self.place = Path(os.environ["XDG_RUNTIME_DIR"])
        self.answer = self.place / "answer"
        self.logs = {}
        self.processes = contextlib.ExitStack()
        self.say(answer)

    def __enter__(self) -> "Desktop":
        return self

    def __exit__(self, kind, *error) -> None:
        if kind is not None:
            print(self.told(), file=sys.stderr)
        self.processes.close()

    def say(self, answer: str) -> None:
        """What the person answers to the desktop's question from now on."""
        aside = self.answer.with_suffix(".new")
        aside.write_text(answer, encoding="utf-8")
        aside.rename(self.answer)

    def start(self, name: str, *command: str) -> subprocess.Popen:
        self.logs[name] = self.place / f"{name}.log"
        with self.logs[name].open("ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.callback(ended, process)
        return process

    def services(self) -> subprocess.Popen:
        """Starts PipeWire with its session manager, and the dialog; returns PipeWire."""
        self.start("dialog", "/usr/bin/python3", str(HERE / "dialog.py"), str(self.answer))
        return self.pipewire()

    def pipewire(self) -> subprocess.Popen:
        pipewire = self.start("pipewire", "pipewire")
        until("PipeWire's socket", lambda: (self.place / "pipewire-0").is_socket())
        self.start("wireplumber", "wireplumber")
        return pipewire

    def camera(self, sends: str, name: str = "test_camera", clip: Path | None = None, size: str = "") -> subprocess.Popen:
        """Starts a program that acts as a camera, and waits until PipeWire lists it."""
        properties = f"props,media.class=Video/Source,media.role=Camera,node.name={name},node.description=Camera-{sends}"
        width, _, height = size.partition("x")
        line = SENDS[sends].format(properties=properties, clip=clip, width=width, height=height, rate=RATE)
        if "pipewiresink" not in line:
            line += f" ! pipewiresink mode=provide stream-properties={properties}"
        process = self.start(name, "gst-launch-1.0", "-q", *line.split())
        until(f"{name} in PipeWire", lambda: f'"{name}"' in nodes())
        return process

    def questions(self) -> list[str]:
        return self.logs["dialog"].read_text(encoding="utf-8").splitlines()

    def told(self) -> str:
        """What the services logged, for a failure."""
        shown = [f"-- {name}\n{log.read_text(encoding='utf-8', errors='replace')[-600:]}" for name, log in self.logs.items()]
        return "\n".join(shown)


def nodes() -> str:
    listed = subprocess.run(["pw-cli", "ls", "Node"], capture_output=True, text=True, timeout=10, check=False)
    return listed.stdout


def until(what: str, holds, within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise Failed(f"no {what} within {within:g} s")
        time.sleep(0.05)


def ended(process: subprocess.Popen) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
