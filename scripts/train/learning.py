"""The training loop: by steps, never by the clock, so that the same seed gives the same weights on the same machine."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dataset import Dataset
from network import GRID, Network
from questions import mirrored_classes, mirrored_tokens

RATE = 3e-3
WARM_UP = 150


@dataclass(frozen=True)
class Plan:
    """How a network is trained."""

    seed: int
    steps: int
    mirror: bool
    """Whether every scene that is drawn is, one time in two, its mirror image instead, with left and right swapped in words."""
    scenes: int = 32
    """Pictures a step."""
    questions: int = 3
    """Questions of each picture a step: the picture is looked at once for all of them."""


@dataclass(frozen=True)
class Batch:
    image: Tensor
    tokens: Tensor
    answers: Tensor
    relations: Tensor
    boxes: Tensor
    each: int
    """Questions of each picture."""


def trained(data: Dataset, plan: Plan, name: str) -> Network:
    """A network trained by the plan; prints its progress beside the name."""
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    network = Network().train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    order = np.empty(0, np.int64)
    started, mean = time.time(), 0.0
    for step in range(plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = _rate(step, plan.steps)
        if len(order) < plan.scenes:
            order = np.concatenate([order, rng.permutation(len(data.scenes))])
        chosen, order = order[: plan.scenes], order[plan.scenes :]
        loss, crossed = _losses(network, _batch(data, chosen, plan, rng))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        mean = crossed if step == 0 else 0.98 * mean + 0.02 * crossed
        if (step + 1) % 200 == 0:
            print(f"{name}, step {step + 1} of {plan.steps}: cross-entropy {mean:.4f}, {time.time() - started:.0f} s", flush=True)
    return network


def _rate(step: int, steps: int) -> float:
    """Up in a line, then down along half a cosine."""
    warm = min(1.0, (step + 1) / min(WARM_UP, max(1, steps // 4)))
    return RATE * warm * (0.5 * (1 + math.cos(math.pi * step / steps)) + 0.005)


def _batch(data: Dataset, chosen: np.ndarray, plan: Plan, rng: np.random.Generator) -> Batch:
    count, each = len(chosen), min(plan.questions, data.answers.shape[1])
    asked = np.stack([rng.permutation(data.answers.shape[1])[:each] for _ in range(count)])
    rows = np.arange(count)[:, None]
    images = data.pictures[chosen].astype(np.float32) / 255
    tokens, answers, relations = (of[chosen][rows, asked] for of in (data.tokens, data.answers, data.relations))
    boxes = data.boxes[chosen][rows, asked].copy()
    if plan.mirror:
        turned = rng.random(count) < 0.5
        images[turned] = images[turned][:, :, ::-1]
        tokens[turned] = np.array(mirrored_tokens())[tokens[turned]]
        for classes in (answers, relations):
            classes[turned] = np.array(mirrored_classes())[classes[turned]]
        boxes[turned, :, :, 0] *= -1
    # Words go unread, light and tint change: what is learnt does not hang on one word or one shade.
    tokens[(rng.random(tokens.shape) < 0.01) & (tokens > 0)] = 1
    light = 1 + rng.uniform(-0.1, 0.1, (count, 1, 1, 1)).astype(np.float32)
    tint = rng.uniform(-0.03, 0.03, (count, 1, 1, 3)).astype(np.float32)
    images = np.clip(images * light + tint, 0, 1)
    return Batch(
        torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))),
        torch.from_numpy(tokens.reshape(count * each, -1)),
        torch.from_numpy(answers.reshape(-1)),
        torch.from_numpy(relations.reshape(-1)),
        torch.from_numpy(boxes.reshape(-1, 2, 3)),
        each,
    )


def _losses(network: Network, batch: Batch) -> tuple[Tensor, float]:
    """The loss to go down along, and the answers' part of it."""
    embedded, present = network.embed(batch.tokens)
    features = network.look(batch.image).unsqueeze(1).expand(-1, batch.each, -1, -1, -1).flatten(0, 1)
    logits, pointers, boxes, holds = network.decide(features, embedded, present)
    crossed = F.cross_entropy(logits, batch.answers)
    cells = ((batch.boxes[:, :, :2] + 1) * GRID / 2).long().clamp(0, GRID - 1)
    at = (cells[:, :, 1] * GRID + cells[:, :, 0]).unsqueeze(2)
    pointed = -(pointers.reshape(len(at), 2, -1).gather(2, at) + 1e-6).log().mean()
    boxed = F.smooth_l1_loss(boxes, batch.boxes, beta=0.1)
    # Classes 2 and 3 are the first axis, and so on: of each question the axis that it asks about, and nothing of the others.
    axis, second = (batch.relations - 2) // 2, (batch.relations - 2) % 2
    held = F.binary_cross_entropy_with_logits(holds.gather(1, axis.unsqueeze(1)).squeeze(1), 1 - second.float())
    return crossed + 0.3 * pointed + 2 * boxed + held, crossed.item()
