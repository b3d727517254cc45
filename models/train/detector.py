"""YuNet as the repository ships it: the largest face of a picture."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

MODEL = Path(__file__).resolve().parent.parent / "yunet.onnx"
HEIGHT, WIDTH = 256, 320
LEAST_SCORE = 0.5


class Detector:
    def __init__(self, model=MODEL):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.outputs = [output.name for output in self.session.get_outputs()]

    def __call__(self, picture):
        """Box (x, y, width, height) and 5x2 landmarks in pixels, or None."""
        height, width = picture.shape[:2]
        ratio = min(WIDTH / width, HEIGHT / height)
        size = round(width * ratio), round(height * ratio)
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        canvas[: size[1], : size[0]] = cv2.resize(picture, size)
        blob = canvas.transpose(2, 0, 1)[None].astype(np.float32)
        found = dict(zip(self.outputs, self.session.run(None, {self.session.get_inputs()[0].name: blob})))
        best = None
        for stride in (8, 16, 32):
            score = np.sqrt(found[f"cls_{stride}"][0, :, 0].clip(0, 1) * found[f"obj_{stride}"][0, :, 0].clip(0, 1))
            cell = int(score.argmax())
            # Of the best of each stride, the surest.
            if score[cell] < LEAST_SCORE or best is not None and score[cell] <= best[0]:
                continue
            origin = np.array([cell % (WIDTH // stride), cell // (WIDTH // stride)])
            centre = (found[f"bbox_{stride}"][0, cell, :2] + origin) * stride
            size = np.exp(found[f"bbox_{stride}"][0, cell, 2:]) * stride
            points = (found[f"kps_{stride}"][0, cell].reshape(5, 2) + origin) * stride
            best = score[cell], np.concatenate([centre - size / 2, size]) / ratio, points / ratio
        return None if best is None else best[1:]
