#!/usr/bin/env python3
"""What PyTorch makes of a graph that was written: one held-out question, its logits, and the gradients of the likeliest class's logit
by picture and by embedded words, as JSON with base64 of float32. Tests hold the graph to it."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch

from dataset import held_out_set
from export import read

SEED = 31


def main(graph: Path) -> None:
    network = read(graph)
    data = held_out_set(1, SEED)
    image = torch.from_numpy(np.ascontiguousarray(data.pictures[:1].transpose(0, 3, 1, 2))).float() / 255
    tokens = torch.from_numpy(data.tokens[0, :1])
    image.requires_grad_(True)
    embedded, present = network.embed(tokens)
    embedded = embedded.detach().requires_grad_(True)
    logits, _, boxes, _ = network.decide(network.look(image), embedded, present)
    by_image, by_words = torch.autograd.grad(logits.max(), [image, embedded])
    tensors = {"image": image, "logits": logits, "boxes": boxes, "byImage": by_image, "byWords": by_words}
    numbers = {name: _base64(tensor.detach().numpy()) for name, tensor in tensors.items()}
    print(json.dumps({"question": data.questions[0][0].text, "tokens": tokens[0].tolist(), **numbers}))


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
