"""Networks as ONNX graphs with manifests, and back: what is checked later is what was shipped."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from network import Network
from questions import CLASSES, LENGTH, VOCABULARY
from scenes import SIDE

OPSET = 14
OUTPUTS = ("logits", "pointers", "boxes")

WORDS = {
    "yes": ["yes", "true", "correct"],
    "no": ["no", "false", "incorrect"],
    "left": ["left", "to the left", "left of", "to the left of", "on the left", "on the left side"],
    "right": ["right", "to the right", "right of", "to the right of", "on the right", "on the right side"],
    "above": ["above", "over", "higher", "on top", "on top of", "up"],
    "below": ["below", "under", "beneath", "underneath", "lower", "down"],
    "front": ["front", "in front", "in front of", "closer", "nearer"],
    "behind": ["behind", "back", "at the back", "at the back of", "in back of", "farther", "further"],
}
"""What an option may say for a class."""


class _Deployed(nn.Module):
    """The network as a graph: the embedded words are an output for the time of the export alone, which gives that tensor its name."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, tokens: Tensor) -> tuple[Tensor, ...]:
        embedded, present = self.network.embed(tokens)
        decided = self.network.decide(self.network.look(image), embedded, present)
        return decided.logits, decided.pointers, decided.boxes, embedded


def write(network: Network, name: str, out: Path, training: dict[str, object]) -> Path:
    """Writes NAME.onnx and NAME.json into a folder; the network is folded by it."""
    example = torch.zeros(2, 3, SIDE, SIDE), torch.ones(2, LENGTH, dtype=torch.int64)
    graph = out / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Deployed(network.fold()),
            example,
            str(graph),
            opset_version=OPSET,
            input_names=["image", "tokens"],
            output_names=[*OUTPUTS, "embedded"],
            dynamic_axes={each: {0: "N"} for each in ("image", "tokens", *OUTPUTS, "embedded")},
        )
    model = onnx.load(str(graph))
    hidden = next(output for output in model.graph.output if output.name == "embedded")
    model.graph.output.remove(hidden)
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, str(graph))
    (out / f"{name}.json").write_text(json.dumps(_manifest(graph, name, training), indent=2) + "\n")
    return graph


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _manifest(graph: Path, name: str, training: dict[str, object]) -> dict[str, object]:
    return {
        "flipside": 1,
        "name": f"Flipside scenes, {name}",
        "graph": graph.name,
        "sha256": digest(graph),
        "license": "MIT",
        "notes": ["Knows synthetic scenes of coloured shapes only."],
        "image": {
            "input": "image",
            "width": SIDE,
            "height": SIDE,
            "fit": "fill",
            "layout": "nchw",
            "mean": [0, 0, 0],
            "std": [1, 1, 1],
        },
        "text": {
            "input": "tokens",
            "length": LENGTH,
            "pad": 0,
            "unknown": 1,
            "tokenizer": "words",
            "vocabulary": VOCABULARY,
            "embedding": "embedded",
        },
        "output": {
            "kind": "classes",
            "logits": "logits",
            "classes": [{"name": each, "words": WORDS[each]} for each in CLASSES],
        },
        "boxes": {"output": "boxes", "form": "centre-radius"},
        "training": {"script": "scripts/train/main.py", **training},
    }


def read(graph: Path) -> Network:
    """The network of a graph that `write` made."""
    network = Network().fold()
    names = network.state_dict().keys()
    weights = {}
    for constant in onnx.load(str(graph)).graph.initializer:
        name = constant.name.removeprefix("network.")
        if name in names:
            weights[name] = torch.from_numpy(numpy_helper.to_array(constant).copy())
    network.load_state_dict(weights, strict=False)
    missing = {name for name, _ in network.named_parameters()} - weights.keys()
    if missing:
        raise ValueError(f"{graph}: no weights {', '.join(sorted(missing))}; expected a graph that this script has written.")
    return network
