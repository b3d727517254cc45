#!/usr/bin/python3
"""Camera scenarios, run inside the virtual machine: prints action, observation and duration.

    scenarios.py PROGRAM CLIP WxH [NAME…]    PROGRAM is the built `countenance`; by default every scenario

CLIP is the folder written by `countenance-lab film`, which the machine's webcam plays. Times run from the fault that a
scenario causes to the line in which the program reports it. Exit code 0 if no scenario failed.
"""
import os
import shutil
import sys
import tempfile
import time

import pictures
from program import HERE, PYTHON, Failed, NotRun, Program, another_webcam, await_true, check, restore, send_command

# From the fault to the line that reports it.
LIMIT = float(os.environ.get('CAMERA_LIMIT') or 2)
# The same if the fault exists before the program starts: includes the program's start in this slow machine.
LIMIT_FROM_START = 2 * LIMIT
# Settings of the machine's webcam (packaging/dev/test-camera).
FPS = 15
LOOPBACK_NAME = 'Dummy video device'
REFUSED = 20


class Setting:
    """Shared by the scenarios: the program, the clip, the webcam's identity."""

    def __init__(self, program, clip, size):
        self.program, self.clip, self.size = program, clip, size
        self.laboratory = os.path.join(os.path.dirname(program), 'countenance-lab')
        self.webcam_id = None

    def cameras(self):
        listed = Program(self.program, 'camera', 'list', '--json')
        code = listed.end()
        check(code == 0, f'camera list: exit {code}{listed.tail()}')
        return [line for _, line in listed.lines]

    def camera(self, name):
        """The only listed camera whose name starts with this."""
        found = [line for line in self.cameras() if line['name'].startswith(name)]
        check(len(found) == 1, f'{len(found)} cameras named {name}, not 1: {found}')
        return found[0]

    def webcam(self):
        self.webcam_id = self.webcam_id or self.camera('Test Webcam')['id']
        return self.webcam_id

    def start(self, camera, *options, before=(), program=None, allow=True, env=None):
        allowed = ('--allow-virtual',) if allow else ()
        return Program(*before, program or self.program, 'camera', 'test', '--json', '--camera', camera, *allowed,
                       *options, env=env)

    def test(self, seconds, *options, **more):
        return self.start(self.webcam(), '--seconds', str(seconds), *options, **more)


def streaming(run):
    """Waits for the first frames of a run."""
    run.event('opened')
    return run.wait('frames', lambda line: line.get('event') == 'frames' and line['count'] > 0)


def good_end(run):
    code = run.end()
    check(code == 0, f'exit {code} after a recovery{run.tail()}')


def refused(run, fault, limit=LIMIT_FROM_START):
    took = run.fault(fault, run.began, limit)
    code = run.end()
    check(code == REFUSED, f'exit {code}, not {REFUSED}{run.tail()}')
    return took


# ---------------------------------------------------------------- the scenarios, in order

def listing(s):
    """camera list: one webcam, its metadata node is not a camera"""
    cameras = s.cameras()
    check(len(cameras) == 1, f'{len(cameras)} cameras listed, not 1: {cameras}')
    one = cameras[0]
    check(one['name'].startswith('Test Webcam'), f'its name is {one["name"]!r}')
    check(one['driver'] == 'uvcvideo' and one['vid_pid'] == '1209:0001', f'{one}')
    check(one['kind'] == 'virtual', f'kind {one["kind"]}, although it is connected to the kernel\'s USB/IP controller')
    return f'{one["id"]}: {one["name"]}, {one["driver"]}, {one["vid_pid"]}, {one["kind"]} ({one["because"]})'


def captures(s, asked, shown):
    run = s.test(6, '--format', asked)
    opened = run.event('opened')[1]
    check(shown in opened['format'] and s.size in opened['format'], f'opened as {opened["format"]}')
    code = run.end()
    check(code == 0, f'exit {code}{run.tail()}')
    check(not run.events('fault'), f'a fault{run.tail()}')
    frames = run.events('frames')
    check(frames, f'no frames{run.tail()}')
    last = frames[-1]
    check(last['fps'] >= 10, f'{last["fps"]:.1f} frames per second from a camera that sends {FPS}')
    return (f'{opened["format"]}: {last["fps"]:.1f} frames per second, '
            f'age {last["age_millis_p50"]} ms p50, {last["age_millis_p95"]} ms p95')


def mjpeg(s):
    """camera test --format mjpeg"""
    return captures(s, 'mjpeg', 'MJPG')


def yuyv(s):
    """camera test --format yuyv"""
    return captures(s, 'yuyv', 'YUYV')


def interrupted(s, fault, cause, end, to_the_end=False):
    """Causes a fault and ends it; returns the seconds to the fault's line and to the recovery's."""
    run = s.test(15 if to_the_end else 60)
    streaming(run)
    named = run.fault(fault, send_command(cause), LIMIT)
    time.sleep(1)
    ended = send_command(end)
    recovered = run.event('recovered', since=ended)[0] - ended
    again = run.event('frames')[1]
    check(again['count'] > 0, f'no frames after the recovery{run.tail()}')
    if to_the_end:
        good_end(run)
    return f'{fault} {named:.2f} s after the {cause}, frames again {recovered:.2f} s after the {end}'


def stall(s):
    """the webcam stops sending, then resumes"""
    return interrupted(s, 'stalled', 'stall', 'resume', to_the_end=True)


def hang(s):
    """the webcam stops responding entirely, then resumes"""
    return interrupted(s, 'stalled', 'freeze', 'resume')


def unplug(s):
    """the webcam is unplugged and replugged during one run"""
    return interrupted(s, 'lost', 'unplug', 'replug')


def absent(s):
    """the webcam is absent at the start and plugged in during the run"""
    s.webcam()
    send_command('unplug')
    await_true('the webcam gone', lambda: not os.path.exists('/sys/bus/usb/devices/1-1'))
    run = s.test(8)
    named = run.fault('absent', run.began, LIMIT_FROM_START)
    since = send_command('replug')
    opened = run.event('opened')[0] - since
    good_end(run)
    return f'absent {named:.2f} s after the start, opened {opened:.2f} s after the replug'


def busy(s):
    """a second program opens the webcam while a first one streams, and waits for it"""
    first = s.test(60)
    streaming(first)
    second = s.test(6)
    named = second.fault('busy', second.began, LIMIT_FROM_START)
    first.stop()
    since = time.monotonic()
    opened = second.event('opened')[0] - since
    good_end(second)
    return f'busy {named:.2f} s after its start, opened {opened:.2f} s after the first program ended'


def denied(s):
    """a user without permission for the video node"""
    unprivileged = ('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups')
    program = s.program
    if Program(*unprivileged, 'test', '-x', program).end() != 0:  # built in a folder that other users cannot read
        program = shutil.copy(program, '/run')
    run = s.test(3, before=unprivileged, program=program, env={'HOME': '/tmp', 'XDG_RUNTIME_DIR': '/tmp'})
    return f'denied {refused(run, "denied"):.2f} s after the start, exit {REFUSED}'


def policy(s):
    """camera test of the webcam without --allow-virtual: USB/IP is not a physical bus"""
    run = s.test(3, allow=False)
    return f'virtual {refused(run, "virtual"):.2f} s after the start, exit {REFUSED}'


def loopback(s):
    """v4l2loopback playing the same clip: virtual, rejected by default, allowed for tests"""
    if os.environ.get('LOOPBACK_MISSING'):
        raise NotRun(os.environ['LOOPBACK_MISSING'])
    node = '/dev/video20'
    load('v4l2loopback', 'devices=1', 'exclusive_caps=1', 'video_nr=20', f'card_label={LOOPBACK_NAME}')
    feeder = Program(*PYTHON, os.path.join(HERE, 'feed_loopback.py'), node, os.path.join(s.clip, 'frames.yuyv'), s.size, str(FPS))
    try:
        # With exclusive_caps the node is a camera only while it is being written to.
        await_true('frames on the loopback', lambda: feeder.process.poll() is None and any(
            line['node'] == node for line in s.cameras()))
        one = s.camera(LOOPBACK_NAME)
        check(one['kind'] == 'virtual', f'{one}')
        took = refused(s.start(one['id'], '--seconds', '3', allow=False), 'virtual')
        run = s.start(one['id'], '--seconds', '6')
        streaming(run)
        code = run.end()
        check(code == 0, f'exit {code} with --allow-virtual{run.tail()}')
    finally:
        feeder.stop()
    return f'{one["kind"]} ({one["because"]}); refused {took:.2f} s after the start, exit {REFUSED}; captures when allowed'


def vivid(s):
    """the kernel's own test camera"""
    load('vivid', 'n_devs=1', 'node_types=0x1')
    one = s.camera('vivid')
    check(one['kind'] == 'virtual', f'{one}')
    took = refused(s.start(one['id'], '--seconds', '3', allow=False), 'virtual')
    return f'{one["kind"]} ({one["because"]}); refused {took:.2f} s after the start'


def load(module, *options):
    run = Program('modprobe', module, *options)
    code = run.end()
    check(code == 0, f'modprobe {module}: exit {code}{run.tail()}')


def second(s):
    """a second webcam beside the first, MJPEG only: both listed, the first stays first; YUYV is not available"""
    before = s.cameras()[0]['id']
    with another_webcam('Second Webcam', '--formats', 'mjpeg', '--fps', str(FPS), s.clip):
        ids = [line['id'] for line in s.cameras()]
        check(len(ids) == 2 and len(set(ids)) == 2, f'listed: {ids}')
        other = s.camera('Second Webcam')['id']
        run = s.start(other, '--seconds', '3', '--format', 'yuyv')
        took = refused(run, 'unsupported')
    check(before in ids, f'{before} has a different id now: {ids}')
    return f'{", ".join(ids)}; unsupported {took:.2f} s after the start'


def shows(s, fault, jpegs, fps=str(FPS)):
    """Runs a second webcam on these images; returns the seconds from the first frames to the fault."""
    with tempfile.TemporaryDirectory() as folder:
        for i, jpeg in enumerate(jpegs):
            with open(os.path.join(folder, f'{i:03}.jpg'), 'wb') as f:
                f.write(jpeg)
        with another_webcam('Odd Webcam', '--fps', fps, folder):
            run = s.start(s.camera('Odd Webcam')['id'], '--seconds', '10')
            since = run.event('opened')[0]
            named = run.wait(f'fault "{fault}"', lambda line: line.get('event') == 'fault' and line['fault'] == fault)[0]
            run.stop()
    return f'{fault} {named - since:.2f} s after it was opened'


def black(s):
    """a webcam whose image is black"""
    pictures.BARS[:] = [(17, 128, 128), (16, 128, 128)] * 4
    return shows(s, 'black', [pictures.bars_jpeg(320, 240, shift) for shift in (0, 1, 2)])


def frozen(s):
    """a webcam that repeats the same image forever"""
    return shows(s, 'frozen', pictures.folder_frames(s.clip)[:1])


def slow(s):
    """a webcam with 4 frames per second"""
    return shows(s, 'too_slow', pictures.folder_frames(s.clip), fps='4')


def infrared(s):
    """a webcam whose images have no color, as an infrared sensor sends them"""
    pictures.BARS[:] = [(40 + 24 * i, 128, 128) for i in range(8)]
    return shows(s, 'monochrome', [pictures.bars_jpeg(320, 240, shift) for shift in range(8)])


def login(s):
    """a complete sign-in from the webcam, including enrollment, with tenant and verifier in the same machine"""
    run = Program(s.laboratory, 'demo', '--headless', '--logins', '1', '--camera', s.webcam(), '--allow-virtual',
                  '--keep-frames', '60')
    code = run.end(600)
    check(code == 0, f'exit {code}{run.tail()}')
    return f'exit 0; {len(run.lines)} lines, the last: {str(run.lines[-1][1] if run.lines else "")[:160]}'


SCENARIOS = [listing, mjpeg, yuyv, stall, hang, unplug, absent, busy, denied, policy, second, black, frozen, slow,
             infrared, loopback, vivid, login]


def once(scenario, setting):
    """Runs the scenario, prints the result and restores the webcam; `ok`, `FAILED` or `NOT RUN`."""
    began = time.monotonic()
    try:
        verdict, seen = 'ok', scenario(setting)
    except NotRun as why:
        verdict, seen = 'NOT RUN', why
    except (Failed, OSError, KeyError) as why:
        verdict, seen = 'FAILED', repr(why) if isinstance(why, KeyError) else why
    took = time.monotonic() - began
    print(f'{verdict:7} {scenario.__name__:9} {took:5.1f} s  {scenario.__doc__}: {seen}', flush=True)
    send_command('resume')  # first: a camera that does not respond cannot be closed
    Program.stop_all()
    restore()
    return verdict


def main():
    program, clip, size, *names = sys.argv[1:]
    without = {name[1:] for name in names if name.startswith('-')}
    names = [name for name in names if not name.startswith('-')]
    unknown = (set(names) | without) - {scenario.__name__ for scenario in SCENARIOS}
    if unknown:
        raise SystemExit(f'scenarios: unknown: {", ".join(sorted(unknown))}')
    setting = Setting(program, os.path.abspath(clip), size)
    failed = not_run = ran = 0
    for scenario in SCENARIOS:
        if scenario.__name__ in without or names and scenario.__name__ not in names:
            continue
        verdict = once(scenario, setting)
        if verdict == 'FAILED' and scenario is not login:
            # The host is shared and this machine many times slower than the host: only a second failure counts.
            print('retrying:', flush=True)
            verdict = once(scenario, setting)
        ran, failed, not_run = ran + (verdict == 'ok'), failed + (verdict == 'FAILED'), not_run + (verdict == 'NOT RUN')
    print(f'{ran} scenarios passed, {failed} failed, {not_run} not run; '
          f'{time.clock_gettime(time.CLOCK_BOOTTIME):.0f} s since boot')
    return 1 if failed or not ran else 0


if __name__ == '__main__':
    sys.exit(main())
