#!/usr/bin/env python3
"""Serves a vision-language model of Transformers to Flipside, over standard input and output.

    python3 hf_backend.py --model FOLDER_OR_NAME [--device cuda] [--dtype bfloat16]

That line, word by word, is the command of a `process` model in the user settings of Flipside. Models are taken
from the disk alone unless --download is given. `--model tiny-test` is a model of random weights, for tests: it needs torch and
nothing else.
"""

import argparse
import importlib
import os
import sys

# Where this lies may belong to somebody else.
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from flipside_protocol import PROTOCOL, Failure, serve  # noqa: E402

TINY = "tiny-test"


class Backend:
    """The protocol's methods, over a model that is loaded when it is probed."""

    def __init__(self, arguments):
        self._arguments = arguments
        self._loaded = None

    def probe(self, params, cancellation):
        if params.get("protocol") != PROTOCOL:
            raise Failure("unsupported", "this program speaks version %d of the protocol" % PROTOCOL)
        if self._loaded is None:
            self._loaded = load(self._arguments)
        return {"protocol": PROTOCOL, **self._loaded.info()}

    def score(self, params, cancellation):
        scores = []
        for question in params["questions"]:
            cancellation.check()
            scores.append(self._model().score(question))
        return {"scores": scores}

    def generate(self, params, cancellation):
        model, seed, answers = self._model(), params["seed"], []
        sampled = params["temperature"] > 0
        for index in range(params["n"] if sampled else 1):
            own = None if seed is None or not sampled else seed + index
            text = model.generate(params["question"], params["temperature"], own, params["maxTokens"], cancellation)
            cancellation.check()
            answers.append({"text": text, "seed": own})
        return {"answers": answers if sampled else answers * params["n"]}

    def gradient(self, params, cancellation):
        maps, tokens = self._model().gradient(params["question"], params["target"])
        return {"maps": maps, "tokens": tokens}

    def attention(self, params, cancellation):
        return {"maps": self._model().attention(params["question"]), "tokens": None}

    def forget_memory(self):
        """Gives back what a request that ran out of memory has left."""
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _model(self):
        if self._loaded is None:
            self._loaded = load(self._arguments)
        return self._loaded


def load(arguments):
    torch = needed("torch", "torch", "python3-torch")
    device = chosen_device(torch, arguments.device)
    if arguments.model == TINY:
        from tiny_vlm import TinyModel

        return TinyModel(torch, device)
    if not arguments.download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    needed("PIL", "pillow", "python3-pil")
    transformers = needed("transformers", "transformers", None)
    from transformers_vlm import TransformersModel

    return TransformersModel(torch, transformers, device, arguments)


def needed(module, package, debian):
    """A module, or a failure that says how to install it into the Python that runs this."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if getattr(error, "name", None) not in (None, module):
            raise Failure("missing", "%s of this Python (%s) cannot be loaded: %s" % (module, sys.executable, error))
        also = " (on Debian also: apt install %s)" % debian if debian else ""
        raise Failure(
            "missing",
            "this Python (%s) has no %s. Install it: %s -m pip install %s%s; or name another Python in the command"
            % (sys.executable, module, sys.executable, package, also),
        )


def chosen_device(torch, wanted):
    mps = getattr(torch.backends, "mps", None)
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": mps is not None and mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return torch.device(next(name for name, is_there in there.items() if is_there))
    if not there.get(wanted.split(":")[0], True):
        have = ", ".join(name for name, is_there in there.items() if is_there)
        raise Failure("missing", "torch of this Python sees no device %s. It has %s: say --device %s" % (wanted, have, have.split(", ")[0]))
    return torch.device(wanted)


def parsed_arguments():
    parser = argparse.ArgumentParser(description="Serves a vision-language model of Transformers to Flipside.")
    parser.add_argument("--model", required=True, help="folder or name of the model; %s for one of random weights" % TINY)
    parser.add_argument("--device", default="auto", help="auto (default), cuda, cuda:1, mps or cpu")
    parser.add_argument("--dtype", default="auto", help="auto (default), float32, bfloat16 or float16")
    parser.add_argument("--attention", default="eager", help="eager (default, tells attention), sdpa or flash_attention_2")
    parser.add_argument("--download", action="store_true", help="fetch the model where it is not on the disk")
    parser.add_argument("--trust-remote-code", action="store_true", help="run code that comes with the model")
    return parser.parse_args()


if __name__ == "__main__":
    serve(Backend(parsed_arguments()))
