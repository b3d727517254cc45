"""Support for the scenarios: a running `countenance` whose JSON lines are read as they arrive, and webcams to plug in."""
import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = ['/usr/bin/python3', '-E', '-s', '-S', '-B']
# Long enough for anything not measured itself: the guest is many times slower than a computer.
TIMEOUT = 60


class Failed(Exception):
    """The scenario failed."""


class NotRun(Exception):
    """The scenario cannot run here; the text is the reason."""


def check(holds, text):
    if not holds:
        raise Failed(text)


class Program:
    """A started command. Each JSON line of its standard output is recorded with its arrival time."""

    running = []

    def __init__(self, *command, env=None):
        self.command = command
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, errors='replace',
                                        env=dict(os.environ, **env) if env else None)
        self.lines, self.said = [], []  # (time, object), standard error
        self.came = queue.Queue()
        self.readers = [threading.Thread(target=self._read_lines, daemon=True),
                        threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()
        Program.running.append(self)

    def _read_lines(self):
        for line in self.process.stdout:
            now = time.monotonic()
            try:
                self.came.put((now, json.loads(line)))
            except ValueError:
                self.said.append('(output) ' + line)
        self.came.put(None)

    def _read_errors(self):
        self.said.extend(self.process.stderr)

    def wait(self, what, wanted, within=TIMEOUT, since=0):
        """The first new line that satisfies `wanted` and arrived after `since`: (arrival time, object)."""
        deadline = time.monotonic() + within
        while True:
            try:
                came = self.came.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f'no {what} within {within:g} s{self.tail()}') from None
            if came is None:
                self.came.put(None)
                raise Failed(f'ended (exit {self.process.wait()}) without {what}{self.tail()}')
            self.lines.append(came)
            if came[0] >= since and wanted(came[1]):
                return came

    def event(self, name, within=TIMEOUT, since=0):
        return self.wait(f'event "{name}"', lambda line: line.get('event') == name, within, since)

    def fault(self, name, since, limit):
        """Seconds from `since` to the line that reports this fault, which must be the first fault."""
        came, line = self.wait(f'fault "{name}"', lambda line: line.get('event') == 'fault')
        check(line.get('fault') == name, f'fault "{line.get("fault")}" in place of "{name}"{self.tail()}')
        took = came - since
        check(took <= limit, f'{name} only after {took:.2f} s, the limit is {limit:g} s')
        return took

    def end(self, within=TIMEOUT):
        """Waits for the end and returns the exit code. Remaining lines are in `lines`."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise Failed(f'still running after {within:g} s{self.tail()}') from None
        for reader in self.readers:
            reader.join(5)
        while not self.came.empty():
            came = self.came.get()
            if came is not None:
                self.lines.append(came)
        return code

    def events(self, name):
        return [line for _, line in self.lines if line.get('event') == name]

    def tail(self):
        """The end of its output, for failure reports."""
        recent = [f'    {when - self.began:6.2f} s  {json.dumps(line)}' for when, line in self.lines[-6:]]
        return '\n'.join(['', '    ' + ' '.join(self.command)] + recent + ['    ' + line.rstrip() for line in self.said[-6:]])

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @classmethod
    def stop_all(cls):
        for program in cls.running:
            program.stop()
        cls.running.clear()


def send_command(command):
    """Sends a command to the machine's webcam: stall, freeze, resume, unplug, replug. Returns the time of sending."""
    with open(os.environ['CAMERA_CONTROL'], 'w') as fifo:
        fifo.write(command + '\n')
    return time.monotonic()


def await_true(what, condition, within=TIMEOUT):
    deadline = time.monotonic() + within
    while not condition():
        check(time.monotonic() < deadline, f'{what}: not within {within:g} s')
        time.sleep(0.1)


def plugged_in():
    """Whether the machine's webcam (port 0 of the first bus, its device 1-1) has its video nodes."""
    with contextlib.suppress(OSError):
        return len(os.listdir('/sys/bus/usb/devices/1-1:1.0/video4linux')) == 2
    return False


def restore():
    """Plugs the webcam in again and waits until it is ready."""
    send_command('replug')
    await_true('the webcam back', plugged_in)


@contextlib.contextmanager
def another_webcam(name, *options):
    """A temporary second webcam on its own port."""
    webcam = subprocess.Popen([*PYTHON, os.path.join(HERE, 'uvc_webcam.py'), '--port', '1', '--name', name, *options],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        await_true(f'the nodes of {name}', lambda: os.path.isdir('/sys/bus/usb/devices/1-2:1.0/video4linux'))
        yield
    finally:
        webcam.send_signal(signal.SIGTERM)
        webcam.wait()
        await_true(f'{name} gone', lambda: not os.path.exists('/sys/bus/usb/devices/1-2'))
