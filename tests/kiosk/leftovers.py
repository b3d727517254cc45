"""What files of a kiosk still have of its visitors. Runs among the files that the kiosk itself sees.

    leftovers.py FOLDER… <WANTED    prints each file below the folders with one of the wanted things, or a picture, anywhere in it

WANTED is a JSON object: what each thing is called, and the thing itself in hexadecimal. A text counts as UTF-16 too.
"""

import hashlib
import json
import os
import re
import stat
import sys

# Beginnings of pictures and films, long enough that other files do not have them by chance.
PICTURES = {
    "a JPEG": re.compile(rb"\xff\xd8\xff[\xe0-\xef\xdb\xc0][\x00-\x0f]"),
    "a PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "a WebP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "an AVI film": re.compile(rb"RIFF.{4}AVI ", re.DOTALL),
    "an MP4 film": re.compile(rb"ftyp(?:isom|iso[2-6]|mp4[12]|avc1|qt  |M4V )"),
    "a Matroska film": re.compile(rb"\x1a\x45\xdf\xa3"),
    "a raw film": re.compile(rb"YUV4MPEG2 "),
}
BLOCK, OVERLAP = 8 << 20, 4096


def main() -> None:
    wanted = {name: bytes.fromhex(value) for name, value in json.load(sys.stdin).items()}
    digests = {value.decode(): name for name, value in wanted.items() if name.startswith("sha256 ")}
    contents = {name: value for name, value in wanted.items() if not name.startswith("sha256 ")}
    files = size = 0
    for folder in sys.argv[1:]:
        for path, _, names in os.walk(folder):
            for name in names:
                read, found = look(os.path.join(path, name), contents, digests)
                files, size = files + (read is not None), size + (read or 0)
                if found:
                    print(f"{os.path.join(path, name)}: {', '.join(sorted(found))}")
    print(f"searched: {files} files, {size} bytes")


def look(file: str, contents: dict[str, bytes], digests: dict[str, str]) -> tuple[int | None, set[str]]:
    """The bytes of a file that were searched, and what was found."""
    found, digest, size, tail = set(), hashlib.sha256(), 0, b""
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return None, found
        with open(file, "rb") as opened:
            while block := opened.read(BLOCK):
                digest.update(block)
                size += len(block)
                part = tail + block
                found |= things(part, contents)
                tail = part[-OVERLAP:]
    except OSError as error:
        # One that has gone meanwhile is no leftover; one that cannot be read may be.
        return None, set() if isinstance(error, FileNotFoundError) else {f"not read: {error.strerror}"}
    if name := digests.get(digest.hexdigest()):
        found.add(name)
    return size, found


def things(part: bytes, contents: dict[str, bytes]) -> set[str]:
    found = {name for name, value in contents.items() if value in part or wide(value) in part}
    return found | {name for name, sign in PICTURES.items() if sign.search(part)}


def wide(value: bytes) -> bytes:
    """A text as UTF-16; anything else as it is."""
    return value.decode("ascii").encode("utf-16-le") if value.isascii() else value


if __name__ == "__main__":
    main()
