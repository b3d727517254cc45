"""Reads a weights file of Silent-Face-Anti-Spoofing (MiniFASNet, Minivision) and writes it as an ONNX graph.

The file is PyTorch's, in the format of its first years; the package that has it also has the code that builds the network, which
is not used here. Neither is PyTorch: the weights are plain arrays, and the architecture is a chain of three kinds of blocks.
"""

import io
import pickle
import struct
from collections import OrderedDict

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Added to variances by batch normalization.
EPSILON = 1e-5
# Repetitions of the block between two reductions of the picture.
STAGES = (("conv_23", "conv_3", 4), ("conv_34", "conv_4", 6), ("conv_45", "conv_5", 2))


def read(data):
    """The arrays of a weights file by name. Nothing but arrays of numbers is unpickled."""
    file = io.BytesIO(data)
    # Magic number, version, byte order and sizes.
    for _ in range(3):
        _Numbers(file).load()
    views = _Numbers(file).load()
    stored = {}
    for key in _Numbers(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        kind = _Numbers.kinds[key]
        stored[key] = np.frombuffer(file.read(count * np.dtype(kind).itemsize), kind)
    if file.read(1):
        raise ValueError("something follows the last array")
    return {name.removeprefix("module."): _array(stored, *view) for name, view in views.items()}


class _Numbers(pickle.Unpickler):
    kinds = {}

    def find_class(self, module, name):
        allowed = {("collections", "OrderedDict"): OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): lambda *view: view[:4],
                   ("torch", "FloatStorage"): "<f4", ("torch", "LongStorage"): "<i8"}
        return allowed[module, name]

    def persistent_load(self, place):
        _, kind, key, *_ = place
        self.kinds[key] = kind
        return key


def _array(stored, key, offset, shape, strides):
    flat = stored[key][offset:]
    return np.lib.stride_tricks.as_strided(flat, shape, [stride * flat.itemsize for stride in strides]).copy()


class Graph:
    """Builds the graph. With `folded`, batch normalization becomes part of the weights before it; otherwise it stays, as trained."""

    def __init__(self, weights, folded):
        self.weights, self.folded = weights, folded
        self.nodes, self.constants = [], []

    def constant(self, values):
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    def node(self, kind, *inputs, **attributes):
        output = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def normalized(self, kind, value, name, weight, **attributes):
        """A layer without an offset, and the normalization `name` after it."""
        scale, shift, mean, variance = (self.weights[f"{name}.{part}"].astype(np.float64)
                                        for part in ("weight", "bias", "running_mean", "running_var"))
        if self.folded:
            factor = scale / np.sqrt(variance + EPSILON)
            weight = weight * factor.reshape(-1, *[1] * (weight.ndim - 1))
            return self.node(kind, value, self.constant(weight), self.constant(shift - mean * factor), **attributes)
        plain = self.node(kind, value, self.constant(weight), **attributes)
        return self.node("BatchNormalization", plain, *map(self.constant, (scale, shift, mean, variance)), epsilon=EPSILON)

    def convolution(self, value, name, stride=1, padding=0, groups=1):
        weight = self.weights[f"{name}.conv.weight"].astype(np.float64)
        value = self.normalized("Conv", value, f"{name}.bn", weight, kernel_shape=weight.shape[2:], strides=[stride] * 2,
                                pads=[padding] * 4, group=groups)
        slopes = self.weights.get(f"{name}.prelu.weight")
        return value if slopes is None else self.node("PRelu", value, self.constant(slopes.reshape(-1, 1, 1)))

    def block(self, value, name, stride=1):
        """Widen, look at each channel by itself, narrow; what came in is added unless the picture is reduced."""
        groups = len(self.weights[f"{name}.conv_dw.conv.weight"])
        inner = self.convolution(self.convolution(value, f"{name}.conv"), f"{name}.conv_dw", stride, 1, groups)
        inner = self.convolution(inner, f"{name}.project")
        return inner if stride > 1 else self.node("Add", value, inner)

    def model(self, side):
        value = self.convolution("input", "conv1", 2, 1)
        value = self.convolution(value, "conv2_dw", 1, 1, len(self.weights["conv2_dw.conv.weight"]))
        for reduction, stage, count in STAGES:
            value = self.block(value, reduction, 2)
            for index in range(count):
                value = self.block(value, f"{stage}.model.{index}")
        value = self.convolution(value, "conv_6_sep")
        value = self.convolution(value, "conv_6_dw", groups=len(self.weights["conv_6_dw.conv.weight"]))
        value = self.normalized("Gemm", self.node("Flatten", value), "bn", self.weights["linear.weight"].astype(np.float64), transB=1)
        self.node("Gemm", value, self.constant(self.weights["prob.weight"]), transB=1)
        self.nodes[-1].output[0] = "logits"
        tensor = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, "MiniFASNet", [tensor("input", TensorProto.FLOAT, [1, 3, side, side])],
                                  [tensor("logits", TensorProto.FLOAT, [1, 3])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)])
        model.ir_version = 6
        return model


def onnx_of(data, side, folded=True):
    """The network in a weights file as ONNX, for square pictures of `side` pixels."""
    return Graph(read(data), folded).model(side).SerializeToString(deterministic=True)
