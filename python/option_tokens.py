"""Options as tokens: which outputs of a model stand for which option, and what these say."""

from flipside_protocol import Failure


def option_outputs(torch, logits, tokens):
    """One output for each option, as the logarithm of the sum over its tokens; None for an option without a token of its own."""
    if not bool(torch.isfinite(logits).all()):
        raise Failure(
            "failed",
            "the outputs of the model are no numbers (NaN or infinite), as happens in half precision: say --dtype bfloat16 or float32",
        )
    return [None if not ids else torch.logsumexp(logits[sorted(ids)], 0) for ids in tokens]


def own_tokens(candidates):
    """Without the tokens that several options begin with: these tell nothing."""
    return [{token for token in ids if sum(token in others for others in candidates) == 1} for ids in candidates]


def scored(torch, outputs, options):
    """Probabilities over the options that the model can name, and a note on the others."""
    known = [output for output in outputs if output is not None]
    if not known:
        raise Failure("input", "the model has no words that tell these options apart")
    shares = iter(torch.softmax(torch.stack(known).detach().double(), 0).tolist())
    unnamed = [option["label"] for option, output in zip(options, outputs) if output is None]
    notes = ["The model has no token of its own for: %s." % ", ".join(unnamed)] if unnamed else []
    return {"probabilities": [None if output is None else next(shares) for output in outputs], "notes": notes}


def weighted(outputs, target):
    """f = Σ target[i] · output of option i."""
    if any(output is None and weight != 0 for output, weight in zip(outputs, target)):
        raise Failure("input", "the model has no token for the option that is asked about")
    return sum(weight * output for output, weight in zip(outputs, target) if weight != 0)


def map_of(values):
    """A tensor of height × width as the protocol has it."""
    height, width = values.shape
    return {"width": width, "height": height, "values": values.detach().float().cpu().flatten().tolist()}
