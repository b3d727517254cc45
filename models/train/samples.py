"""Makes labelled crops: python3 samples.py SILENT_FACE_REPOSITORY OUT [--shards 60] [--seed 1] [--cache packages]

Each shard is an .npz of `crops` (N x 80 x 80 x 3, B G R bytes), `odds` (N, the teacher's log odds of live) and
`embeddings` (N x 128, the teacher's). The same arguments give the same shards.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

import media
from scene import Maker, crop
from teacher import SCALE, SIDE, Teacher

SCENES = 100
VARIANTS = 6


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("repository", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--shards", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--cache", type=Path, default=Path("packages"))
    arguments = arguments.parse_args()
    cv2.setNumThreads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    teacher, (faces, backgrounds) = Teacher(arguments.repository), media.load(arguments.cache)
    for shard in range(arguments.shards):
        maker = Maker(faces, backgrounds, [arguments.seed, shard])
        crops = (np.array(list(draw(maker))).clip(0, 1) * 255).round().astype(np.uint8)
        odds, embeddings = teacher(crops)
        path = arguments.out / f"{arguments.seed:03d}-{shard:03d}.npz"
        np.savez(path, crops=crops, odds=odds, embeddings=embeddings.astype(np.float16))
        print(f"{path.name}: {len(crops)} crops, median log odds {np.median(odds):.1f}", flush=True)


def draw(maker):
    """Of each scene its crop, and crops beside it under other light: a crop is cheap, a scene is not."""
    last = None
    for _ in range(SCENES):
        picture, box = maker()
        yield (last := crop(picture, box, SCALE, SIDE))
        for _ in range(VARIANTS - 1):
            part = crop(picture, moved(maker, picture, box), SCALE, SIDE)
            if maker.chance(0.15 * maker.strength):
                share = maker.between(0.1, 0.9)
                part = part * share + last * (1 - share)
            yield (last := relit(maker, part))


def moved(maker, picture, box):
    """The box of another detector, or now and then any box at all."""
    random, centre = maker.random, box[:2] + box[2:] / 2
    if maker.chance(0.1 * maker.strength):
        span = box[2:] * maker.between(0.4, 1)
        centre = random.uniform(0.2, 0.8, 2) * picture.shape[1::-1]
    else:
        span = box[2:] * np.exp(random.normal(0, 0.15))
        centre = centre + random.normal(0, 0.08, 2) * box[2:]
    return np.concatenate([centre - span / 2, span])


def relit(maker, part):
    """Another exposure, colour, sharpness and noise."""
    random, strength = maker.random, maker.strength
    part = part.clip(0, 1) ** np.exp(strength * random.normal(0, 0.2))
    gain = np.exp(strength * (random.normal(0, 0.15) + random.normal(0, 0.06, 3)))
    part = part * gain + strength * random.normal(0, 0.04)
    grey = part.mean(2, keepdims=True)
    part = grey + (part - grey) * np.exp(strength * random.normal(0, 0.2))
    if maker.chance(0.25 * strength):
        part = cv2.GaussianBlur(part, (0, 0), maker.between(0.3, 1.2))
    if maker.chance(0.4 * strength):
        part = part + random.exponential(0.008) * random.standard_normal(part.shape)
    part = part.clip(0, 1)
    return part[:, ::-1] if maker.chance(0.5) else part


if __name__ == "__main__":
    main()
