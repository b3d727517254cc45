#!/usr/bin/env python3
"""Makes the small networks for tests: python3 tests/nets/make.py (needs models/requirements.txt).

They detect nothing. Each is a mean over the image and one linear layer, so that tests can compute its output in advance.
The output is reproducible byte for byte.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent


def network(name: str, shape: list, weights: list[list[float]], inputs: int = 1) -> None:
    """Weighted mean of each plane: maps an image of this shape to 1xC."""
    matrix = numpy_helper.from_array(np.array(weights, dtype=np.float32), "weights")
    nodes = [
        helper.make_node("GlobalAveragePool", ["picture"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["means"], axis=1),
        helper.make_node("Gemm", ["means", "weights"], ["logits"], transB=1),
    ]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)
    others = [helper.make_tensor_value_info(f"other{i}", TensorProto.FLOAT, [1]) for i in range(1, inputs)]
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [shape[0], len(weights)])
    graph = helper.make_graph(nodes, name, [picture, *others], [logits], [matrix])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], producer_name="tests/nets/make.py")
    model.ir_version = 7
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def main() -> None:
    # Live where red exceeds blue: with planes R, G, B from 0 to 1, the log odds are 20 (R - B).
    warm = [[0, 0, 0], [20, 0, -20]]
    network("warmth", [1, 3, 64, 64], warm)
    # The same with a third output, contrary to a contract for two.
    network("three-answers", [1, 3, 64, 64], [*warm, [0, 0, 0]])
    # The same on a smaller image.
    network("small-picture", [1, 3, 32, 32], warm)
    # The same for any image size and batch size, as many exporters write it.
    network("any-picture", ["batch", 3, "height", "width"], warm)
    # One with further inputs besides the image.
    network("two-inputs", [1, 3, 64, 64], warm, inputs=2)


if __name__ == "__main__":
    main()
