"""What files of a kiosk still have of its visitors. Runs among the files that the kiosk itself sees.

    leftovers.py FOLDER… -- TEXT…    prints each file below the folders with one of the texts, or with a picture in it
"""

import os
import stat
import sys

PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n": "PNG", b"RIFF": "WebP or a film", b"ftyp": "a film"}
MAX_BYTES = 256 * 1024 * 1024


def main() -> None:
    at = sys.argv.index("--")
    folders, texts = sys.argv[1:at], [text.encode() for text in sys.argv[at + 1:]]
    for folder in folders:
        for path, _, names in os.walk(folder):
            for name in names:
                look(os.path.join(path, name), texts)


def look(file: str, texts: list[bytes]) -> None:
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return
        with open(file, "rb") as opened:
            content = opened.read(MAX_BYTES)
    except FileNotFoundError:
        return
    found = [f"text {number}" for number, text in enumerate(texts) if text in content or text.decode().encode("utf-16-le") in content]
    found += [kind for signature, kind in PICTURES.items() if signature in content[:16]]
    if found:
        print(f"{file}: {', '.join(found)}")


if __name__ == "__main__":
    main()
