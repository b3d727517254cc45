#!/usr/bin/python3
"""Feeds a v4l2loopback device with raw YUYV frames, looped, until SIGTERM. Python's standard library only.

    feed_loopback.py /dev/video7 face.yuyv 400x300 10        device, frames, size, frames per second
"""
import fcntl
import struct
import sys
import time

# linux/videodev2.h, 64 bit: struct v4l2_format is a type, padding to 8 bytes and a union of 200 bytes.
VIDIOC_S_FMT = 0xC0D05605
V4L2_BUF_TYPE_VIDEO_OUTPUT = 2
V4L2_FIELD_NONE = 1
V4L2_COLORSPACE_SRGB = 8


def set_format(device, width, height):
    """Sets the device's format, which it then offers to readers."""
    pix = struct.pack('<II4sIIIII', width, height, b'YUYV', V4L2_FIELD_NONE, width * 2, width * height * 2,
                      V4L2_COLORSPACE_SRGB, 0)
    asked = bytearray(struct.pack('<I4x200s', V4L2_BUF_TYPE_VIDEO_OUTPUT, pix))
    fcntl.ioctl(device, VIDIOC_S_FMT, asked)
    got = struct.unpack_from('<II4s', asked, 8)
    if got != (width, height, b'YUYV'):
        raise SystemExit(f'feed_loopback: the device takes {got} only')


def main():
    path, frames, size, fps = sys.argv[1:]
    width, height = map(int, size.split('x'))
    with open(frames, 'rb') as f:
        data = f.read()
    step = width * height * 2
    if not data or len(data) % step:
        raise SystemExit(f'feed_loopback: {frames} has no whole frames of {size}')
    with open(path, 'r+b', buffering=0) as device:
        set_format(device, width, height)
        due = time.monotonic()
        while True:
            for start in range(0, len(data), step):
                device.write(data[start:start + step])
                due = max(due + 1 / float(fps), time.monotonic())
                time.sleep(max(0, due - time.monotonic()))


if __name__ == '__main__':
    main()
