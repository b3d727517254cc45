"""Descriptors of the emulated webcam: USB 2.0 and USB Video Class 1.0."""
import struct

YUY2_GUID = bytes.fromhex('5955593200001000800000aa00389b71')


def u16(x):
    return struct.pack('<H', x)


def u32(x):
    return struct.pack('<I', x)


def desc(*parts):
    body = b''.join(bytes([p]) if isinstance(p, int) else p for p in parts)
    return bytes([len(body) + 1]) + body


class Descriptors:
    def __init__(self, size, formats, fps, vendor, product, maker, name):
        self.frame_bytes = size[0] * size[1] * 2
        self.interval = int(1e7 / fps)  # in 100 ns
        self.device = desc(1, u16(0x0200), 0xEF, 2, 1, 64, u16(vendor), u16(product), u16(0x0100), 1, 2, 0, 1)
        self.strings = [b'\x09\x04', maker.encode('utf-16le'), name.encode('utf-16le')]
        bitrate = u32(min(int(self.frame_bytes * 8 * fps), 0xFFFFFFFF))

        def frame(subtype):
            return desc(0x24, subtype, 1, 0, u16(size[0]), u16(size[1]), bitrate, bitrate,
                        u32(self.frame_bytes), u32(self.interval), 1, u32(self.interval))

        colors = desc(0x24, 0x0D, 1, 1, 4)
        fmts = b''
        for i, fmt in enumerate(formats, 1):
            if fmt == 'mjpeg':
                fmts += desc(0x24, 6, i, 1, 0, 1, 0, 0, 0, 0) + frame(7) + colors
            else:
                fmts += desc(0x24, 4, i, 1, YUY2_GUID, 16, 1, 0, 0, 0, 0) + frame(5) + colors
        # video control: a camera terminal (1) wired to a USB output terminal (2), no controls
        terminals = (desc(0x24, 2, 1, u16(0x0201), 0, 0, u16(0), u16(0), u16(0), 3, 0, 0, 0) +
                     desc(0x24, 3, 2, u16(0x0101), 0, 1, 0))
        control = desc(0x24, 1, u16(0x0100), u16(13 + len(terminals)), u32(48000000), 1, 1) + terminals
        n = len(formats)
        stream = desc(0x24, 1, n, u16(13 + n + len(fmts)), 0x81, 0, 2, 0, 0, 0, 1, bytes(n)) + fmts
        body = (desc(0x0B, 0, 2, 0x0E, 3, 0, 2) +
                desc(4, 0, 0, 0, 0x0E, 1, 0, 2) + control +
                desc(4, 1, 0, 1, 0x0E, 2, 0, 0) + stream + desc(5, 0x81, 2, u16(512), 0))
        self.config = bytes([9, 2]) + u16(9 + len(body)) + bytes([2, 1, 0, 0x80, 250]) + body
