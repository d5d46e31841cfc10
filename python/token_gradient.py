"""How much each token of the prompt matters: the gradient by its embedding."""

import os


class EmbeddingGradient:
    """While it is entered, keeps what the embedding of the text gives, so that a gradient by it can be asked for."""

    def __init__(self, embedding):
        self._embedding = embedding
        self._hook = None
        self._given = None

    def __enter__(self):
        if self._embedding is not None:
            self._hook = self._embedding.register_forward_hook(self._keep)
        return self

    def __exit__(self, *failure):
        if self._hook is not None:
            self._hook.remove()

    def _keep(self, module, inputs, output):
        # Models may look words up again later; the first time, it is the prompt.
        if self._given is not None:
            return None
        self._given = output.detach().requires_grad_(True)
        # A copy: models write features of images over the places that stand for them, which a leaf does not allow.
        return self._given.clone()

    def lengths(self, tokens):
        """The length of the gradient by the vector of each token; None where the outputs depend on no such vectors."""
        gradient = None if self._given is None else self._given.grad
        if gradient is None or gradient.numel() == 0:
            return None
        vectors = gradient.float().reshape(-1, gradient.shape[-1])
        return vectors.norm(dim=1).tolist() if len(vectors) == tokens else None


def prompt_weights(decode, ids, prompt, lengths):
    """
    A weight for each token of the prompt, in order, as the protocol has them; None without lengths. `decode` turns a list of ids into their
    text. What a template puts around the prompt is left out, where the prompt is found in the text.
    """
    if lengths is None:
        return None
    pieces, before, squares = [], "", 0.0
    for end, length in enumerate(lengths, 1):
        # Decoded from the beginning: alone, a token loses the blank before it. One that ends within a character counts with the next.
        text = decode(ids[:end]).rstrip("\ufffd")
        new = text[len(os.path.commonprefix([before, text])) :]
        squares += length * length
        if new:
            pieces.append((new, squares**0.5))
            before, squares = text, 0.0
    whole, words = "".join(text for text, _ in pieces), prompt.strip()
    start = whole.rfind(words)
    first, last = (start, start + len(words)) if words and start >= 0 else (0, len(whole))
    weights, at = [], 0
    for text, weight in pieces:
        if at < last and at + len(text) > first:
            weights.append({"text": text, "weight": weight})
        at += len(text)
    return weights
