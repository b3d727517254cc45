#!/usr/bin/python3
"""An emulated USB webcam (USB Video Class 1.0, bulk transfer). Python's standard library only.

It speaks the USB/IP protocol to this kernel's virtual host controller (module vhci-hcd): one end of a socket pair is
handed to the controller through sysfs, the device is emulated on the other end. The kernel then sees a connected USB
camera, and its uvcvideo driver creates /dev/video0 (video) and /dev/video1 (metadata), as for a real one. It needs root
and the modules vhci-hcd and uvcvideo; the guest of camera-vm has both.

    uvc_webcam.py                                   built-in color bars, MJPEG and YUYV
    uvc_webcam.py face.avi                          an AVI with MJPEG video, looped
    uvc_webcam.py photos/                           a folder of .jpg files in name order

All images must have the same size, which is the only one offered. MJPEG is sent as stored, without decoding. Raw YUYV
frames are taken from face.yuyv next to face.avi, or from frames.yuyv in the folder; without them the camera offers only
MJPEG. --formats selects what is offered: mjpeg,yuyv or one of them.

--control FIFO: read commands, one per line:
    stall     stop sending frames, still answer control requests
    freeze    stop answering entirely: even closing it blocks
    resume    end both
    unplug    pull the plug
    replug    plug it in again
SIGTERM unplugs and exits. Log lines go to standard output.
"""
import argparse
import errno
import os
import re
import select
import signal
import socket
import struct
import sys
import time

from pictures import load
from usb_descriptors import Descriptors, desc, u16

ATTACH = '/sys/devices/platform/vhci_hcd.0/attach'
HIGH_SPEED = 3
MAX_PAYLOAD = 16384
CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4


class Closed(Exception):
    """The host controller released the device."""


class Webcam:
    def __init__(self, args):
        size, self.streams = load(args.frames, args.formats)
        self.usb = Descriptors(size, [name for name, _ in self.streams], args.fps,
                               args.vendor, args.product, args.maker, args.name)
        self.fps, self.port = args.fps, args.port
        self.sock, self.stalled, self.frozen, self.number = None, False, False, 0
        self.probe = bytearray(26)
        self.reset()
        counts = ', '.join(f'{len(pictures)} {name}' for name, pictures in self.streams)
        log(f'{size[0]}x{size[1]}, {counts} images, {args.fps:g} frames per second')

    def reset(self):
        self.waiting = []  # (sequence number, length) of bulk requests not yet answered
        self.picture, self.offset, self.toggle = b'', 0, 0
        self.due = time.monotonic()
        self.format = 1
        self.set_probe(1)

    def set_probe(self, fmt):
        struct.pack_into('<HBBIHHHHHII', self.probe, 0, 1, fmt, 1, self.usb.interval, 0, 0, 0, 0, 0,
                         self.usb.frame_bytes, MAX_PAYLOAD)

    # ---- plug

    def plug(self):
        if self.sock:
            return
        kernel, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.reset()
        with kernel:
            for attempt in range(50):  # right after an unplug the port is busy for a moment
                try:
                    with open(ATTACH, 'w') as f:
                        f.write(f'{self.port} {kernel.fileno()} {0x10001 + self.port} {HIGH_SPEED}')
                    break
                except OSError as e:
                    if attempt == 49 or e.errno not in (errno.EBUSY, errno.EINVAL):
                        raise
                    time.sleep(0.1)
        self.sock, self.stalled, self.frozen = ours, False, False
        log('plugged in')

    def unplug(self):
        if self.sock:
            self.sock.close()
            self.sock = None
            log('unplugged')

    def command(self, word):
        if word == 'replug':
            self.plug()
        elif word == 'unplug':
            self.unplug()
        elif word in ('stall', 'freeze', 'resume'):
            self.stalled, self.frozen = word != 'resume', word == 'freeze'
            self.due = time.monotonic()
            log(word)
        elif word:
            log(f'unknown command {word!r}')

    # ---- USB/IP

    def receive(self, count):
        data = b''
        while len(data) < count:
            part = self.sock.recv(count - len(data))
            if not part:
                raise Closed
            data += part
        return data

    def answer(self, seq, status, data=b'', length=None):
        self.sock.sendall(struct.pack('>5I5iQ', RET_SUBMIT, seq, 0, 0, 0, status,
                                      len(data) if length is None else length, 0, 0, 0, 0) + data)

    def request(self):
        head = self.receive(48)
        command, seq, _, to_host, endpoint = struct.unpack_from('>5I', head)
        if command == CMD_SUBMIT:
            length = struct.unpack_from('>i', head, 24)[0]
            data = self.receive(length) if not to_host and length else b''
            if endpoint:
                self.waiting.append((seq, length))
                return
            reply = self.control(head[40:48], data)
            if reply is None:
                self.answer(seq, -errno.EPIPE)
            elif to_host:
                self.answer(seq, 0, reply)
            else:
                self.answer(seq, 0, length=length)
        elif command == CMD_UNLINK:
            victim = struct.unpack_from('>I', head, 20)[0]
            left = [w for w in self.waiting if w[0] != victim]
            status = -errno.ECONNRESET if len(left) < len(self.waiting) else 0
            self.waiting = left
            self.sock.sendall(struct.pack('>5Ii24x', RET_UNLINK, seq, 0, 0, 0, status))
            if not left:
                self.picture, self.offset = b'', 0

    def control(self, setup, data):
        """The response to a control request; None rejects it with a stall."""
        kind, request, value, index, length = struct.unpack('<BBHHH', setup)
        if kind & 0x60 == 0:  # standard
            if request == 6:
                what, i = value >> 8, value & 255
                if what == 1:
                    return self.usb.device[:length]
                if what == 2:
                    return self.usb.config[:length]
                if what == 3 and i < len(self.usb.strings):
                    return desc(3, self.usb.strings[i])[:length]
                return None
            return {0: b'\0\0', 8: b'\x01', 10: b'\0'}.get(request, b'')[:length]
        if kind & 0x1F == 1 and index & 255 == 1 and value >> 8 in (1, 2):  # probe and commit
            if request == 0x01:
                fmt = data[2] if 1 <= data[2] <= len(self.streams) else 1
                self.set_probe(fmt)
                if value >> 8 == 2:
                    self.format, self.due = fmt, time.monotonic()
                    log(f'streaming {self.streams[fmt - 1][0]}')
                return b''
            if request in (0x81, 0x82, 0x83, 0x87):
                return bytes(self.probe)[:length]
            if request == 0x85:
                return u16(26)[:length]
            if request == 0x86:
                return b'\x03'
        return None

    def send_frames(self):
        while self.waiting and not self.stalled and time.monotonic() >= self.due:
            if not self.picture:
                pictures = self.streams[self.format - 1][1]
                self.picture, self.offset = pictures[self.number % len(pictures)], 0
                self.toggle ^= 1
                self.number += 1
            seq, length = self.waiting.pop(0)
            part = self.picture[self.offset:self.offset + min(length, MAX_PAYLOAD) - 2]
            self.offset += len(part)
            last = self.offset >= len(self.picture)
            self.answer(seq, 0, bytes([2, 0x80 | self.toggle | (2 if last else 0)]) + part)
            if last:
                self.picture = b''
                self.due = max(self.due, time.monotonic() - 1 / self.fps) + 1 / self.fps

    def run(self, control):
        left = ''
        while self.sock or control is not None:
            wait = None
            if self.waiting and not self.stalled and self.sock:
                wait = max(0, self.due - time.monotonic())
            heard = None if self.frozen else self.sock
            ready = select.select([f for f in (heard, control) if f is not None], [], [], wait)[0]
            try:
                if heard and heard in ready:
                    self.request()
                if self.sock:
                    self.send_frames()
            except (Closed, BrokenPipeError, ConnectionResetError):
                self.unplug()
            if control in ready:
                *lines, left = (left + os.read(control, 4096).decode(errors='replace')).split('\n')
                for line in lines:
                    self.command(line.strip())


def log(text):
    print(f'webcam: {text}', flush=True)


def usb_id(text):
    match = re.fullmatch(r'([0-9a-fA-F]{4}):([0-9a-fA-F]{4})', text)
    if not match:
        raise argparse.ArgumentTypeError('VVVV:PPPP in hexadecimal')
    return int(match[1], 16), int(match[2], 16)


def format_list(text):
    names = text.split(',')
    if not set(names) <= {'mjpeg', 'yuyv'} or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError('mjpeg, yuyv, or both with a comma')
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('frames', nargs='?', help='an AVI with MJPEG video, or a folder of .jpg files')
    parser.add_argument('--formats', type=format_list, metavar='LIST', help='mjpeg,yuyv (default: all available)')
    parser.add_argument('--fps', type=float, default=10, help='frames per second (default 10)')
    parser.add_argument('--id', type=usb_id, default=(0x1209, 0x0001), metavar='VVVV:PPPP',
                        help='USB vendor and product id (default 1209:0001, a test id)')
    parser.add_argument('--maker', default='Camera VM', help='manufacturer string')
    parser.add_argument('--name', default='Test Webcam', help='product string (default "Test Webcam")')
    parser.add_argument('--port', type=int, default=0, choices=range(8),
                        help='port of the virtual controller, 0 to 7: one per camera')
    parser.add_argument('--control', metavar='FIFO', help='read commands from this FIFO')
    args = parser.parse_args()
    args.vendor, args.product = args.id
    if not 0 < args.fps <= 120:
        parser.error('--fps: more than 0, at most 120')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    camera = Webcam(args)
    control = os.open(args.control, os.O_RDWR | os.O_NONBLOCK) if args.control else None
    camera.plug()
    log('ready')
    camera.run(control)


if __name__ == '__main__':
    main()
