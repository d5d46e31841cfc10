"""What a network gets right on questions that it was not trained on: the numbers of the model card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from dataset import Dataset
from network import Network
from questions import CLASSES, OPPOSITE, mirrored_classes, mirrored_tokens

BATCH = 64


@dataclass(frozen=True)
class Answers:
    """What a network says to each question [S, Q], with its boxes [S, Q, 2, 3]."""

    classes: np.ndarray
    boxes: np.ndarray


def answers(network: Network, data: Dataset, *, mirrored: bool = False) -> Answers:
    """Answers to a data set, or to its mirror image: pictures turned, left and right swapped in words."""
    classes, boxes = [], []
    with torch.no_grad():
        for at in range(0, len(data.scenes), BATCH):
            pictures, tokens = data.pictures[at : at + BATCH].astype(np.float32) / 255, data.tokens[at : at + BATCH]
            if mirrored:
                pictures, tokens = pictures[:, :, ::-1], np.array(mirrored_tokens())[tokens]
            count, each, length = tokens.shape
            features = network.look(torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))))
            embedded, present = network.embed(torch.from_numpy(tokens.reshape(-1, length)))
            repeated = features.unsqueeze(1).expand(-1, each, -1, -1, -1).flatten(0, 1)
            decided = network.decide(repeated, embedded, present)
            classes.append(decided.logits.argmax(1).numpy().reshape(count, each))
            boxes.append(decided.boxes.numpy().reshape(count, each, 2, 3))
    return Answers(np.concatenate(classes), np.concatenate(boxes))


Row = tuple[str, int, float]
"""What is measured, of how many, and the share in 0..1 (or the mean)."""


def measured(network: Network, data: Dataset) -> list[Row]:
    """Accuracies over all, by kind, relation and answer, flips, agreement with the mirror image, and boxes."""
    given = answers(network, data)
    right = given.classes == data.answers
    kinds = np.array([[question.kind for question in questions] for questions in data.questions])
    relations = np.array([[question.relation for question in questions] for questions in data.questions])
    rows: list[Row] = [_share("accuracy", right)]
    rows += [_share(f"accuracy, {kind}", right[kinds == kind]) for kind in sorted(set(kinds.ravel()))]
    rows += [_share(f"accuracy, about {name}", right[relations == name]) for name in CLASSES[2:]]
    rows += [_share(f"accuracy, answer {name}", right[data.answers == at]) for at, name in enumerate(CLASSES)]
    rows += _flips(given.classes, data.answers, relations)
    turned = np.array(mirrored_classes())[answers(network, data, mirrored=True).classes]
    rows.append(_share("same answer for the mirror image", turned == given.classes))
    overlaps = _overlaps(given.boxes, data.boxes)
    rows.append(("boxes, mean intersection over union", overlaps.size, float(overlaps.mean())))
    rows.append(_share("boxes, over union at least 0.5", overlaps >= 0.5))
    return rows


def _share(name: str, of: np.ndarray) -> Row:
    return name, int(of.size), float(of.mean()) if of.size else float("nan")


def _flips(given: np.ndarray, true: np.ndarray, relations: np.ndarray) -> list[Row]:
    """How often the opposite of the right answer was given: of directions, and of yes and no."""
    opposite = {**OPPOSITE, "yes": "no", "no": "yes"}
    flipped = given == np.array([CLASSES.index(opposite[name]) for name in CLASSES])[true]
    direct = true >= 2
    axes = {"left or right": ("left", "right"), "above or below": ("above", "below"), "front or behind": ("front", "behind")}
    return [
        row
        for name, axis in axes.items()
        for about in [np.isin(relations, axis)]
        for row in (
            _share(f"flips, {name}, directions", flipped[direct & about]),
            _share(f"flips, {name}, yes and no", flipped[~direct & about]),
        )
    ]


def _overlaps(found: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes that are squares about centres, [..., 3] each."""
    low = np.maximum(found[..., :2] - found[..., 2:], true[..., :2] - true[..., 2:])
    high = np.minimum(found[..., :2] + found[..., 2:], true[..., :2] + true[..., 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    return shared / ((2 * found[..., 2]) ** 2 + (2 * true[..., 2]) ** 2 - shared)


def table(columns: dict[str, list[Row]]) -> str:
    """Rows of several measurements side by side, as a Markdown table."""
    names = list(columns)
    lines = ["| | " + " | ".join(["questions", *names]) + " |", "| --- |" + " ---: |" * (len(names) + 1)]
    for cells in zip(*columns.values()):
        label, count, _ = cells[0]
        values = [f"{value:.3f}" if "mean" in label else f"{100 * value:.1f} %" for _, _, value in cells]
        lines.append("| " + " | ".join([label, str(count), *values]) + " |")
    return "\n".join(lines)
