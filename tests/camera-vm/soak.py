#!/usr/bin/python3
"""A long run of `countenance camera test` under random faults, inside the virtual machine: is every fault
reported, does every run recover, does memory grow.

    soak.py PROGRAM MINUTES SEED

Faults come one after another: stall and resume, or unplug and replug, 1 to 4 s long, with 3 to 8 s of video between
them, drawn from SEED. Exit code 0 if each was reported and recovered from and the program exited normally.
"""
import random
import statistics
import sys
import threading
import time

from program import Failed, Program, check, send_command

SAMPLE_EVERY = 5
# A recovery that takes longer counts as lost. Plugging in takes the kernel about 2 s here.
RECOVERY = 30
KINDS = [('stalled', 'stall', 'resume'), ('lost', 'unplug', 'replug')]


def resident_kib(pid):
    with open(f'/proc/{pid}/status') as f:
        for line in f:
            if line.startswith('VmRSS:'):
                return int(line.split()[1])
    raise OSError('no VmRSS')


def sample(run, samples):
    """Samples the resident memory every 5 s until the process ends."""
    while run.process.poll() is None:
        try:
            samples.append(resident_kib(run.process.pid))
        except (OSError, ProcessLookupError):
            return
        time.sleep(SAMPLE_EVERY)


def one_fault(run, draw):
    """Streams, causes a fault and ends it. Returns its name and the seconds until report and until recovery."""
    fault, cause, end = draw.choice(KINDS)
    time.sleep(draw.uniform(3, 8))
    since = send_command(cause)
    named = run.wait(fault, lambda line: line.get('fault') == fault, RECOVERY, since)[0] - since
    time.sleep(draw.uniform(1, 4))
    since = send_command(end)
    return fault, named, run.event('recovered', RECOVERY, since)[0] - since


def main():
    program, minutes, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(seed)
    listed = Program(program, 'camera', 'list', '--json')
    check(listed.end() == 0 and listed.lines, f'no camera{listed.tail()}')
    camera = listed.lines[0][1]['id']
    # The program's own time limit is longer than the soak: it is stopped after the last fault.
    run = Program(program, 'camera', 'test', '--json', '--camera', camera, '--allow-virtual',
                  '--seconds', str(int(minutes * 60) + 45))
    samples, seen, lost = [], [], None
    try:
        run.event('opened')
        threading.Thread(target=sample, args=(run, samples), daemon=True).start()
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            seen.append(one_fault(run, draw))
            print(f'{len(seen):4} {seen[-1][0]:8} reported after {seen[-1][1]:5.2f} s, recovered after {seen[-1][2]:5.2f} s',
                  flush=True)
        code = run.end(120)
        check(code == 0, f'exit {code}{run.tail()}')
    except Failed as why:
        lost = why
    finally:
        run.stop()

    print(f'soak: {minutes:g} min, seed {seed}: {len(seen) + (lost is not None)} faults, {len(seen)} recoveries')
    for fault, *_ in KINDS:
        times = [(named, recovered) for name, named, recovered in seen if name == fault]
        if times:
            named, recovered = zip(*times)
            print(f'  {fault}: {len(times)}; reported after {statistics.median(named):.2f} s (worst {max(named):.2f}), '
                  f'recovered after {statistics.median(recovered):.2f} s (worst {max(recovered):.2f})')
    others = [line['fault'] for line in run.events('fault') if line['fault'] not in ('stalled', 'lost')]
    print(f'  other faults: {", ".join(others) or "none"}')
    quarter = len(samples) // 4
    if quarter:
        first, last = (statistics.mean(part) / 1024 for part in (samples[:quarter], samples[-quarter:]))
        print(f'  resident memory: {first:.1f} MiB in the first quarter, {last:.1f} MiB in the last, '
              f'{max(samples) / 1024:.1f} MiB at most, {len(samples)} samples')
    if lost:
        print(f'  LOST: {lost}')
    return 1 if lost else 0


if __name__ == '__main__':
    sys.exit(main())
