"""Images for the emulated cameras: from an AVI, a folder of JPEGs, a file of raw frames, or generated here."""
import os
import re
import struct

def avi_frames(path):
    """The JPEG images of an AVI file's first video stream."""
    with open(path, 'rb') as f:
        data = f.read()
    if data[:4] != b'RIFF' or data[8:12] != b'AVI ':
        raise SystemExit(f'{path}: not an AVI file')
    found = []

    def walk(pos, end):
        while pos + 8 <= end:
            tag, size = data[pos:pos + 4], struct.unpack_from('<I', data, pos + 4)[0]
            body = pos + 8
            if tag in (b'RIFF', b'LIST'):
                walk(body + 4, min(body + size, end))
            elif re.fullmatch(rb'\d\dd[cb]', tag) and data[body:body + 2] == b'\xff\xd8':
                found.append((tag, data[body:body + size]))
            pos = body + size + (size & 1)

    walk(0, len(data))
    if not found:
        raise SystemExit(f'{path}: no MJPEG images in it')
    return [jpeg for tag, jpeg in found if tag == found[0][0]]


def folder_frames(path):
    names = sorted(n for n in os.listdir(path) if n.lower().endswith(('.jpg', '.jpeg')))
    if not names:
        raise SystemExit(f'{path}: no .jpg files in it')
    frames = []
    for name in names:
        with open(os.path.join(path, name), 'rb') as f:
            frames.append(f.read())
    return frames


def jpeg_size(data):
    """(width, height) from the frame header."""
    pos = 2
    while pos + 9 < len(data):
        if data[pos] != 0xFF:
            break
        marker = data[pos + 1]
        if marker == 0xFF:
            pos += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from('>HH', data, pos + 5)
            return width, height
        pos += 2 + struct.unpack_from('>H', data, pos + 2)[0]
    raise SystemExit('an image is not a JPEG')


# color bars as (Y, Cb, Cr): white, yellow, cyan, green, magenta, red, blue, black
BARS = [(235, 128, 128), (210, 16, 146), (170, 166, 16), (145, 54, 34),
        (106, 202, 222), (81, 90, 240), (41, 240, 110), (16, 128, 128)]


def bars_row(width, shift):
    """One color per 16 pixels of a row; `shift` moves the bars."""
    cells = width // 16
    return [BARS[((i + shift) * 8 // cells) % 8] for i in range(cells)]


def bars_yuyv(width, height, shift):
    row = b''.join(bytes([y, cb, y, cr]) * 8 for y, cb, cr in bars_row(width, shift))
    return row * height


def bars_jpeg(width, height, shift):
    """A baseline 4:2:2 JPEG of flat blocks: DC coefficients only (quantizer 8 makes them value - 128)."""
    bits = []

    def put(value, count):
        bits.extend((value >> i) & 1 for i in range(count - 1, -1, -1))

    lengths = (2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9)
    codes = (0, 2, 3, 4, 5, 6, 14, 30, 62, 126, 254, 510)
    before = [0, 0, 0]

    def block(component, value):
        diff, before[component] = value - before[component], value
        size = abs(diff).bit_length()
        put(codes[size], lengths[size])
        put(diff if diff > 0 else diff + (1 << size) - 1, size)
        put(0, 1)  # end of block, the only code of the AC table

    cells = bars_row(width, shift)
    for _ in range(height // 8):
        for y, cb, cr in cells:
            block(0, y - 128)
            block(0, y - 128)
            block(1, cb - 128)
            block(2, cr - 128)
    bits.extend([1] * (-len(bits) % 8))
    scan = int(''.join(map(str, bits)), 2).to_bytes(len(bits) // 8, 'big').replace(b'\xff', b'\xff\x00')

    def segment(marker, body):
        return struct.pack('>BBH', 0xFF, marker, len(body) + 2) + body

    return (b'\xff\xd8' + segment(0xDB, b'\0' + bytes([8] * 64)) +
            segment(0xC0, struct.pack('>BHHB', 8, height, width, 3) +
                    bytes([1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0])) +
            segment(0xC4, b'\0' + bytes([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]) + bytes(range(12))) +
            segment(0xC4, b'\x10' + bytes([1] + [0] * 15) + b'\0') +
            segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])) + scan + b'\xff\xd9')


def load(frames, formats):
    """The size and the images by format: ((width, height), [(format, images), ...]). Exits if they are missing or differ in
    size."""
    if frames is None:
        size = 640, 480
        made = {'mjpeg': lambda s: bars_jpeg(*size, s), 'yuyv': lambda s: bars_yuyv(*size, s)}
        return size, [(name, [made[name](s) for s in range(0, 40, 10)]) for name in formats or ['mjpeg', 'yuyv']]
    if os.path.isdir(frames):
        jpegs, beside = folder_frames(frames), os.path.join(frames, 'frames.yuyv')
    else:
        jpegs, beside = avi_frames(frames), os.path.splitext(frames)[0] + '.yuyv'
    size = jpeg_size(jpegs[0])
    for i, jpeg in enumerate(jpegs):
        if jpeg_size(jpeg) != size:
            raise SystemExit(f'image {i + 1} is {jpeg_size(jpeg)}, the first one {size}: all must have one size')
    raws = []
    if os.path.exists(beside):
        with open(beside, 'rb') as f:
            data = f.read()
        step = size[0] * size[1] * 2
        if not data or len(data) % step:
            raise SystemExit(f'{beside}: not whole YUYV frames of {size[0]}x{size[1]} ({step} bytes each)')
        raws = [data[i:i + step] for i in range(0, len(data), step)]
    have = {'mjpeg': jpegs, 'yuyv': raws}
    wanted = formats or [name for name in have if have[name]]
    for name in wanted:
        if not have[name]:
            raise SystemExit('YUYV is requested, but there is no file of YUYV frames')
    return size, [(name, have[name]) for name in wanted]
