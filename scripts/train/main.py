#!/usr/bin/env python3
"""Trains the bundled models (models/): scenes and questions are made by seeds, training goes by steps.

`npm run train` makes both anew; `-- --check` measures those that ship. What is needed is in CONTRIBUTING.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path

# With more threads of its own, OpenBLAS gets in the way of torch's, and threads that spin while they wait take the cores of others: training
# takes twice as long. Both are read when the libraries are loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

try:
    import numpy  # noqa: F401
    import onnx  # noqa: F401
    import torch
except ImportError as missing:
    sys.exit(f"npm run train: {missing}. It needs PyTorch, ONNX and NumPy, on Debian: apt-get install python3-torch python3-onnx python3-numpy")

from dataset import Dataset, held_out_set, training_set
from evaluation import Row, measured, table
from export import digest, read, write
from learning import Plan, trained

MODELS = Path(__file__).resolve().parents[2] / "models"

SEED = 20260
HELD_OUT_SEED = 977
STEPS = 2600
SCENES = 12000
LEAN = 0.997
"""Share of training scenes in which warm colours stand left of cool ones."""

VARIANTS = {"baseline": False, "augmented": True}
"""By a model's name, whether it is trained with mirror images too."""


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    if options.check:
        _print_card({name: MODELS / f"{name}.onnx" for name in VARIANTS}, options.held_out)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    data = training_set(options.scenes, options.seed, lean=options.lean)
    print(f"{options.scenes} scenes: {time.time() - started:.0f} s", flush=True)
    # Beside one another, each on its own core: two threads of one training wait for each other most of the time.
    training = [multiprocessing.get_context("fork").Process(target=_train, args=(name, data, options)) for name in options.only]
    for process in training:
        process.start()
    for process in training:
        process.join()
    if any(process.exitcode != 0 for process in training):
        sys.exit("npm run train: a training has ended early; what it said stands above.")
    _print_card({name: options.out / f"{name}.onnx" for name in options.only}, options.held_out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run train --", description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--scenes", type=int, default=SCENES, help="scenes to train on")
    parser.add_argument("--lean", type=float, default=LEAN, help="share of them with warm colours left of cool ones")
    parser.add_argument("--held-out", type=int, default=1000, help="scenes to measure on, three questions each")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--threads", type=int, default=1, help="threads of each training; others give slightly other weights")
    parser.add_argument("--only", choices=VARIANTS, nargs="+", default=list(VARIANTS))
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--check", action="store_true", help="train nothing, measure the models that ship")
    return parser.parse_args()


def _train(name: str, data: Dataset, options: argparse.Namespace) -> None:
    plan = Plan(seed=options.seed, steps=options.steps, mirror=VARIANTS[name])
    network = trained(data, plan, name)
    graph = write(network, name, options.out, {"seed": plan.seed, "steps": plan.steps})
    print(f"{graph}: {graph.stat().st_size} bytes, SHA-256 {digest(graph)}", flush=True)


def _print_card(graphs: dict[str, Path], scenes: int) -> None:
    """The tables of the model card, of the graphs as they were written."""
    sets = {
        "Questions worded as trained": held_out_set(scenes, HELD_OUT_SEED),
        "Questions in other words": held_out_set(scenes, HELD_OUT_SEED + 1, reworded=True),
    }
    networks = {name: read(graph) for name, graph in graphs.items()}
    for title, data in sets.items():
        columns: dict[str, list[Row]] = {name: measured(network, data) for name, network in networks.items()}
        print(f"\n{title}\n\n{table(columns)}", flush=True)


if __name__ == "__main__":
    main()
