"""Real attacks, measured on at every checkpoint and never learned from."""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import figures
from detector import Detector
from scene import crop

PRESENT = Path(__file__).resolve().parent.parent / "liveness.onnx"
PRESENT_SCALES, PRESENT_SIDE = (1.0, 1.5, 2.7), 128
SCALE, SIDE = 2.7, 80
MOST = 9.2
# Frames of live clips may lie further apart than those of attacks: the first 12 span what 20 of an attack do.
FRAMES = {figures.BONA_FIDE: 12}
OTHER_FRAMES = 20
# One in this many is enough.
STEP = 4


class Watch:
    """The crops of every watched frame, and what the present network says of its clip."""

    def __init__(self, folder: Path):
        detector, present = Detector(), onnxruntime.InferenceSession(str(PRESENT), providers=["CPUExecutionProvider"])
        crops, self.owner, self.species, self.clips, self.present = [], [], [], [], []
        for clip in sorted(folder.glob("train/*/*")):
            species, scores = clip.parent.name, []
            for path in sorted(clip.glob("*.jpg"))[: FRAMES.get(species, OTHER_FRAMES) : STEP]:
                picture = cv2.imread(str(path))
                if (found := detector(picture)) is None:
                    continue
                crops.append(crop(picture, found[0], SCALE, SIDE))
                self.owner.append(len(self.clips))
                parts = [crop(picture, found[0], scale, PRESENT_SIDE) for scale in PRESENT_SCALES]
                scores.append(np.mean([ask(present, part) for part in parts]))
            if scores:
                self.clips.append(clip.name)
                self.species.append(species)
                self.present.append(np.mean(scores))
        self.crops, self.owner, self.species = np.array(crops), np.array(self.owner), np.array(self.species)
        self.present = np.array(self.present)

    def measure(self, student):
        """EER of the present network alone, and of its logistic fusion with the student; prints both."""
        answered = student(self.crops)
        scores = np.array([answered[self.owner == clip].mean() for clip in range(len(self.clips))])
        live = self.species == figures.BONA_FIDE
        together = figures.fused(np.c_[self.present, scores], live, np.c_[self.present, scores])[0]
        rows = {"present": self.present, "student": scores, "together": together}
        for name, row in rows.items():
            print(figures.line(name, row, self.species, self.clips), flush=True)
        return tuple(figures.eer(row[live], row[~live]) for row in (self.present, together))


def ask(session, part):
    """Log odds of live by the present network."""
    blob = part.transpose(2, 0, 1)[None].astype(np.float32)
    logits = session.run(None, {session.get_inputs()[0].name: blob})[0][0]
    return np.clip(logits[0] - np.logaddexp(logits[1], logits[2]), -MOST, MOST)
