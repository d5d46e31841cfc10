"""The network: question and picture in, one of eight answers out, with where it looked."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from questions import AXES, CLASSES, LENGTH, VOCABULARY

GRID = 24
"""Cells along each side of the map of features: four pixels each."""

POOLED = 12
EMBEDDED, TEXT, FEATURES, FOCUS, RELATION = 48, 64, 48, 24, 48


class Dense(nn.Module):
    """A linear layer over the last axis, whose weights keep their name and shape in an exported graph."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = inputs**-0.5
        self.weight = nn.Parameter(torch.empty(inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.weight) + self.bias


class Block(nn.Module):
    """Convolution, normalisation over the batch and, unless told otherwise, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, *, relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=True)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.conv(x))
        return F.relu(y) if self.relu else y

    def fold(self) -> None:
        """Takes the normalisation, as it is outside of training, into the convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = nn.utils.fusion.fuse_conv_bn_eval(self.conv.eval(), self.norm.eval())
            self.norm = nn.Identity()


class Decided(NamedTuple):
    """Logits [N, classes], pointers [N, 2, GRID, GRID], boxes [N, 2, 3], and by axis whether its first relation holds, [N, axes] logits."""

    logits: Tensor
    pointers: Tensor
    boxes: Tensor
    holds: Tensor


class Network(nn.Module):
    """Words are read by two convolutions; two attentions over them make a query each for subject and reference, and each query an
    attention over the map of the picture (the pointers), whose mean place, with a radius, is that thing's box. A second branch sees the map
    modulated by the question, with the pointers in it, and so what lies between and over the two. Of their places, their features and that
    branch it tells which relations hold, and of these and the question the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(len(VOCABULARY), EMBEDDED)
        self.places = nn.Parameter(torch.randn(1, LENGTH, EMBEDDED) * 0.1)
        self.read1 = nn.Conv1d(EMBEDDED, TEXT, 5, padding=2)
        self.read2 = nn.Conv1d(TEXT, TEXT, 5, padding=2)
        self.find = nn.Conv1d(TEXT, 2, 1)
        self.query = Dense(TEXT, FEATURES)
        self.scale = Dense(3 * TEXT, FOCUS)
        self.shift = Dense(3 * TEXT, FOCUS)
        self.see = nn.Sequential(
            Block(3, 16, 5, 2),
            Block(16, 32, 3, 2),
            Block(32, 48, 3),
            Block(48, FEATURES, 3, relu=False),
        )
        self.focus = nn.Conv2d(FEATURES, FOCUS, 1)
        self.relate = nn.Sequential(Block(FOCUS + 2, 32, 3), Block(32, RELATION, 3, 2), Block(RELATION, RELATION, 3))
        self.radius = Dense(FEATURES, 1)
        self.compare = Dense(6 + 2 * FEATURES + 2 * RELATION, 64)
        self.hold = Dense(64, len(AXES))
        self.think1 = Dense(len(AXES) + 6 + 2 * FEATURES + TEXT + 2 * RELATION, 128)
        self.think2 = Dense(128, 128)
        self.answer = Dense(128, len(CLASSES))
        centres = (torch.arange(GRID).float() + 0.5) / GRID * 2 - 1
        self.register_buffer("across", centres.view(1, 1, 1, GRID).repeat(1, 1, GRID, 1))
        self.register_buffer("down", centres.view(1, 1, GRID, 1).repeat(1, 1, 1, GRID))

    def embed(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens [N, LENGTH] → vectors [N, LENGTH, EMBEDDED], 0 at padding, and where words are, [N, 1, LENGTH]."""
        present = (tokens > 0).float().unsqueeze(1)
        return (self.words(tokens) + self.places) * present.transpose(1, 2), present

    def look(self, image: Tensor) -> Tensor:
        """Pictures [N, 3, SIDE, SIDE] in 0..1 → maps [N, FEATURES, GRID, GRID]."""
        return self.see(image * 2 - 1)

    def decide(self, features: Tensor, embedded: Tensor, present: Tensor) -> Decided:
        """What is decided of maps and questions."""
        h = F.relu(self.read1(embedded.transpose(1, 2))) * present
        h = F.relu(self.read2(h)) * present
        chosen = torch.softmax(self.find(h) - (1 - present) * 1e4, 2)
        about = torch.matmul(chosen, h.transpose(1, 2))
        whole = h.sum(2) / present.sum(2)
        flat = features.reshape(-1, FEATURES, GRID * GRID)
        pointers = torch.softmax(torch.matmul(self.query(about), flat) * FEATURES**-0.5, 2)
        x = (pointers * self.across.reshape(1, 1, GRID * GRID)).sum(2)
        y = (pointers * self.down.reshape(1, 1, GRID * GRID)).sum(2)
        things = torch.matmul(pointers, flat.transpose(1, 2))
        boxes = torch.cat([x.unsqueeze(2), y.unsqueeze(2), torch.sigmoid(self.radius(things))], 2)
        maps = pointers.reshape(-1, 2, GRID, GRID)
        between = self.between(features, maps, torch.cat([about.reshape(-1, 2 * TEXT), whole], 1))
        apart = torch.cat([x[:, :1] - x[:, 1:], y[:, :1] - y[:, 1:]], 1)
        seen = torch.cat([x, y, apart, things.reshape(-1, 2 * FEATURES), between], 1)
        holds = self.hold(F.relu(self.compare(seen)))
        known = torch.cat([torch.tanh(holds), seen, whole], 1)
        return Decided(self.answer(F.relu(self.think2(F.relu(self.think1(known))))), maps, boxes, holds)

    def between(self, features: Tensor, maps: Tensor, question: Tensor) -> Tensor:
        """What the map shows about the two things, [N, 2·RELATION]."""
        scale, shift = (dense(question).reshape(-1, FOCUS, 1, 1) for dense in (self.scale, self.shift))
        seen = F.relu(self.focus(features) * (1 + scale) + shift)
        related = self.relate(torch.cat([seen, maps * 20], 1))
        flat = related.reshape(-1, RELATION, POOLED * POOLED)
        return torch.cat([flat.mean(2), flat.max(2)[0]], 1)

    def forward(self, image: Tensor, tokens: Tensor) -> Decided:
        embedded, present = self.embed(tokens)
        return self.decide(self.look(image), embedded, present)

    def fold(self) -> Network:
        """The same network for use, not for training: normalisation taken into convolutions."""
        self.eval()
        for module in self.modules():
            if isinstance(module, Block):
                module.fold()
        return self
