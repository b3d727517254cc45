"""Trains the student on labelled crops: python3 train.py SHARDS OUT.onnx [--steps 20000] [--watch FOLDER]

`--watch` names a folder of real attacks, train/SPECIES/CLIP/frame.jpg with the person in the clip's name (clientNNN);
they are measured on at every checkpoint and never learned from. The first checkpoint at which student and present
network together do worse than the present network alone and than at the checkpoint before ends the training.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from export import write
from student import UNIT, Student
from watch import Watch

SEED = 1
BATCH = 48
HELD = 600
RATE = 2e-3
EMBEDDING_WEIGHT = 0.3


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("shards", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--steps", type=int, default=20_000)
    arguments.add_argument("--every", type=int, default=1_000)
    arguments.add_argument("--watch", type=Path)
    arguments = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    watch = Watch(arguments.watch) if arguments.watch else None
    student = train(Shards(arguments.shards), arguments.steps, arguments.every, watch)
    write(student, arguments.out)


class Shards:
    """All crops, the first HELD of them for checking."""

    def __init__(self, folder):
        files = [np.load(path) for path in sorted(folder.glob("*.npz"))]
        self.crops, self.odds, embeddings = (
            np.concatenate([file[key] for file in files]) for key in ("crops", "odds", "embeddings"))
        embeddings = embeddings.astype(np.float32)
        self.embeddings = (embeddings - embeddings.mean(0)) / (embeddings.std(0) + 1e-3)

    def batch(self, chosen, mirror):
        crops = self.crops[chosen, :, ::-1] if mirror else self.crops[chosen]
        return planes(crops), torch.from_numpy(self.odds[chosen] / UNIT), torch.from_numpy(self.embeddings[chosen])


def planes(crops):
    """N x side x side x 3 bytes to N x 3 x side x side floats."""
    return torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float()


def train(shards, steps, every, watch):
    student = Student().to(memory_format=torch.channels_last)
    average = torch.optim.swa_utils.AveragedModel(
        student, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998), use_buffers=True)
    optimiser = torch.optim.AdamW(student.parameters(), RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps, pct_start=0.02)
    random, before = np.random.default_rng(SEED), None
    for step in range(1, steps + 1):
        crops, odds, embeddings = shards.batch(random.integers(HELD, len(shards.crops), BATCH), random.random() < 0.5)
        with torch.autocast("cpu", torch.bfloat16):
            found, embedded = student(crops)
        loss = F.smooth_l1_loss(found.float(), odds, beta=0.3)
        loss = loss + EMBEDDING_WEIGHT * F.mse_loss(embedded.float(), embeddings)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        average.update_parameters(student)
        if step % every == 0 or step == steps:
            found = answers(average.module, shards.crops[:HELD])
            explained = 1 - ((found - shards.odds[:HELD]) ** 2).mean() / shards.odds[:HELD].var()
            print(f"step {step}: loss {loss.item():.3f}, held-out variance explained {explained:.3f}", flush=True)
            if watch is not None:
                alone, together = watch.measure(lambda crops: answers(average.module, crops))
                if before is not None and together > max(alone, before):
                    raise SystemExit(f"harm on real attacks: EER {together:.3f} with the student, {alone:.3f} without")
                before = together
    return average.module.eval()


@torch.no_grad()
def answers(student, crops):
    """The student's log odds of N crops."""
    student.eval()
    found = [UNIT * student(planes(crops[start : start + 64]))[0] for start in range(0, len(crops), 64)]
    student.train()
    return torch.cat(found).numpy()


if __name__ == "__main__":
    main()
