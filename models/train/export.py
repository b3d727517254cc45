"""Writes a student as ONNX: static shape, normalisation folded into the convolutions, operators that tract runs."""

import copy

import numpy as np
import onnx
import onnxruntime
import torch

from student import SIDE, Exported

OPSET = 13
TOLERANCE = 2e-4


def write(student, path):
    net = Exported(copy.deepcopy(student).float()).eval()
    example = torch.randint(0, 256, (1, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(1)).float()
    names = {"input_names": ["crop"], "output_names": ["odds"]}
    torch.onnx.export(net, (example,), str(path), opset_version=OPSET, dynamo=False, **names)
    model = onnx.load(str(path))
    model.producer_name, model.producer_version = "countenance models/train", "1"
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        difference = np.abs(session.run(None, {"crop": example.numpy()})[0] - net(example).numpy()).max()
    if difference > TOLERANCE:
        raise SystemExit(f"the exported network differs by {difference}")
