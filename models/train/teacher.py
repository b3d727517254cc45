"""The teacher: MiniFASNetV2 of Silent-Face-Anti-Spoofing (Minivision, Apache-2.0), from a copy that the reader brings.

Neither its code nor its weights are part of this repository: both are read from `repository` at run time.
"""

import importlib.util
from pathlib import Path

import torch

from media import check

CODE = (
    "src/model_lib/MiniFASNet.py",
    "e498c4ec5e1ddfaba62b941a126c19d65aa564999f3309661fe43ee8bf38acd7",
)
WEIGHTS = (
    "resources/anti_spoof_models/2.7_80x80_MiniFASNetV2.pth",
    "a5eb02e1843f19b5386b953cc4c9f011c3f985d0ee2bb9819eea9a142099bec0",
)
# Face boxes the crop spans, its side in pixels, and the most that a log odds counts.
SCALE, SIDE = 2.7, 80
MOST = 9.2


class Teacher:
    def __init__(self, repository: Path):
        for path, sha256 in (CODE, WEIGHTS):
            check(repository / path, sha256)
        spec = importlib.util.spec_from_file_location("silent_face", repository / CODE[0])
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.net = module.MiniFASNetV2(conv6_kernel=(5, 5))
        saved = torch.load(repository / WEIGHTS[0], map_location="cpu", weights_only=True)
        self.net.load_state_dict({name.removeprefix("module."): value for name, value in saved.items()})
        self.net.eval().to(memory_format=torch.channels_last)
        self.net.drop.register_forward_hook(lambda _module, _inputs, output: setattr(self, "embedding", output))

    @torch.no_grad()
    def __call__(self, crops):
        """Log odds of live and the 128 numbers before the last layer, of N crops (N x 80 x 80 x 3, B G R bytes)."""
        odds, embeddings = [], []
        for start in range(0, len(crops), 16):
            batch = torch.from_numpy(crops[start : start + 16]).permute(0, 3, 1, 2).float()
            logits = self.net(batch)
            # Class 1 is live; 0 and 2 are kinds of attack.
            rest = torch.logaddexp(logits[:, 0], logits[:, 2])
            odds.append((logits[:, 1] - rest).clamp(-MOST, MOST))
            embeddings.append(self.embedding)
        return torch.cat(odds).numpy(), torch.cat(embeddings).numpy()
