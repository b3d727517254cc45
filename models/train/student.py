"""The student: 0.32 million parameters, plain convolutions and ReLU, one 80 x 80 crop to one log odds."""

import torch
import torch.nn.functional as F
from torch import nn

SIDE = 80
EMBEDDING = 128
# The net answers in units of this many log odds, so that its outputs are of the order of one.
UNIT = 3.0


def conv(inputs, outputs, kernel=3, stride=1):
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two 3 x 3 convolutions, or, with a neck, 1 x 1 down, 3 x 3, 1 x 1 up; added to their input."""

    def __init__(self, channels, neck=None):
        super().__init__()
        if neck is None:
            self.layers = nn.ModuleList([conv(channels, channels), conv(channels, channels)])
        else:
            self.layers = nn.ModuleList([conv(channels, neck, 1), conv(neck, neck), conv(neck, channels, 1)])

    def forward(self, x):
        y = x
        for index, layer in enumerate(self.layers):
            y = layer(y if index == 0 else F.relu(y))
        return F.relu(x + y)


class Student(nn.Module):
    def __init__(self, widths=(16, 32, 64, 128)):
        super().__init__()
        a, b, c, d = widths
        self.stages = nn.Sequential(
            conv(3, a, stride=2), nn.ReLU(),
            conv(a, b, stride=2), nn.ReLU(), Residual(b),
            conv(b, c, stride=2), nn.ReLU(), Residual(c),
            conv(c, d, stride=2), nn.ReLU(), Residual(d, d // 2), Residual(d, d // 2),
        )
        # One weight per place and channel: where in the crop something is matters.
        self.places = nn.Sequential(nn.Conv2d(d, d, SIDE // 16, groups=d, bias=False), nn.BatchNorm2d(d))
        self.features = nn.Linear(d, d)
        self.odds = nn.Linear(d, 1)
        # Learns the teacher's embedding beside its answer; not exported.
        self.embedding = nn.Linear(d, EMBEDDING)

    def trunk(self, x):
        return F.relu(self.features(self.places(self.stages(x * (2 / 255) - 1)).flatten(1)))

    def forward(self, x):
        """N x 3 x 80 x 80 B G R planes, 0 to 255: N log odds in UNITs, and N embeddings."""
        x = self.trunk(x)
        return self.odds(x)[:, 0], self.embedding(x)


class Exported(nn.Module):
    """What is written to a file: 1 x 3 x 80 x 80 to 1 x 1 log odds of live."""

    def __init__(self, student):
        super().__init__()
        self.student = student

    def forward(self, x):
        return UNIT * self.student.odds(self.student.trunk(x))
