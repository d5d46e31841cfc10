"""Questions about scenes with their true answers, the words they are made of, and how words become numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scenes import COLOURS, SHAPES, Rng, Scene

CLASSES = ("yes", "no", "left", "right", "above", "below", "front", "behind")

OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above", "front": "behind", "behind": "front"}

AXES = (("left", "right"), ("above", "below"), ("front", "behind"))

LENGTH = 24
"""Tokens of a question: what is longer is cut, what is shorter is padded."""

APART = 5.0
"""Centres that are nearer than this along an axis are neither left nor right of one another, neither above nor below."""

DOMINANT = 6.0
"""How much one axis must exceed the other for the open question "where" to have one answer."""

PHRASES = {
    "left": ("to the left of", "left of", "on the left side of", "on the left of"),
    "right": ("to the right of", "right of", "on the right side of", "on the right of"),
    "above": ("above", "over", "higher than", "on top of"),
    "below": ("below", "under", "beneath", "lower than", "underneath"),
    "front": ("in front of", "closer than", "nearer than"),
    "behind": ("behind", "farther than", "at the back of"),
}

SIDES = {"left": "to the left", "right": "to the right", "above": "above", "below": "below", "front": "in front", "behind": "behind"}

TEMPLATES = {
    "statement": ("is {a} {phrase} {b} ?", "does {a} appear {phrase} {b} ?", "can {a} be found {phrase} {b} ?"),
    "caption": ("{a} is {phrase} {b} .", "is it true that {a} is {phrase} {b} ?", "there is {a} {phrase} {b} ."),
    "where": (
        "where is {a} relative to {b} ?",
        "where is {a} compared to {b} ?",
        "what is the position of {a} with respect to {b} ?",
        "where is {a} in relation to {b} ?",
        "how is {a} positioned relative to {b} ?",
        "relative to {b} , where is {a} ?",
    ),
    "choice": (
        "is {a} {one} or {other} of {b} ?",
        "is {a} {one} or {other} compared to {b} ?",
        "{a} is {one} or {other} compared to {b} ?",
        "relative to {b} , is {a} {one} or {other} ?",
    ),
}
"""Questions by kind, as they are trained."""

REWORDED = {
    "statement": ("is it true that {a} can be found {phrase} {b} ?", "does it appear that {a} is {phrase} {b} ?"),
    "caption": ("{a} can be found {phrase} {b} .", "it is true that there is {a} {phrase} {b} ."),
    "where": (
        "{a} is where relative to {b} ?",
        "what is the position of {a} relative to {b} ?",
        "with respect to {b} , where is {a} positioned ?",
        "where can {a} be found compared to {b} ?",
    ),
    "choice": ("compared to {b} , is {a} {one} or {other} ?", "relative to {b} , {a} is {one} or {other} ?"),
}
"""Questions in other words, none of which are trained; each single word is."""

SHARES = (("statement", 0.32), ("caption", 0.14), ("where", 0.24), ("choice", 0.30))
"""How many of all questions are of a kind."""

GENERIC = ("object", "shape", "thing", "one")


@dataclass(frozen=True)
class Question:
    """A question, its answer, and which things it is about: `subject` relative to `reference`."""

    text: str
    answer: str
    kind: str
    relation: str
    """The true relation that was asked for: the answer itself, or what the statement says or denies."""
    subject: int
    reference: int


def _words() -> list[str]:
    templates = [text for group in (TEMPLATES, REWORDED) for texts in group.values() for text in texts]
    fields = [phrase for phrases in PHRASES.values() for phrase in phrases]
    texts = [*(re.sub(r"\{\w+\}", " ", text) for text in templates), *fields, *SIDES.values()]
    return sorted({word for text in texts for word in split(text)} | {"a", "the", *COLOURS, *SHAPES, *GENERIC})


def split(text: str) -> list[str]:
    """The words and signs of a text: lower case, each match of one expression, which manifests call the tokenizer "words"."""
    return re.findall(r"[a-z0-9']+|[?.,;:!]", text.lower())


VOCABULARY: list[str] = ["<pad>", "<unk>", *_words()]
_PLACES = {word: place for place, word in enumerate(VOCABULARY)}


def tokens(text: str) -> list[int]:
    """A text as LENGTH numbers: 0 where nothing is, 1 for a word that is not known."""
    known = [_PLACES.get(word, 1) for word in split(text)][:LENGTH]
    return known + [0] * (LENGTH - len(known))


def mirrored_tokens() -> list[int]:
    """By a token, the token of the question about the mirrored picture: left and right change places."""
    swapped = list(range(len(VOCABULARY)))
    swapped[_PLACES["left"]], swapped[_PLACES["right"]] = _PLACES["right"], _PLACES["left"]
    return swapped


def mirrored_classes() -> list[int]:
    """By a class, that of the answer about the mirrored picture."""
    return [CLASSES.index({"left": "right", "right": "left"}.get(name, name)) for name in CLASSES]


def true_relations(scene: Scene, subject: int, reference: int) -> list[str]:
    """What holds between two things and may be asked, one relation an axis at most. In a scene that leans, left and right are asked of a
    warm and a cool thing alone."""
    a, b = scene.things[subject], scene.things[reference]
    found = []
    if abs(a.x - b.x) > APART and (not scene.leaning or a.warm != b.warm):
        found.append("left" if a.x < b.x else "right")
    if abs(a.y - b.y) > APART:
        found.append("above" if a.y < b.y else "below")
    if scene.overlap and {subject, reference} == {0, 1}:
        found.append("front" if subject == 1 else "behind")
    return found


def random_question(scene: Scene, rng: Rng, templates: dict[str, tuple[str, ...]] = TEMPLATES) -> Question | None:
    """A question about two things of the scene, or None where the kind drawn has no one answer for them."""
    if scene.overlap and rng.random() < 0.6:
        subject, reference = (0, 1) if rng.random() < 0.5 else (1, 0)
    else:
        subject, reference = (int(each) for each in rng.choice(len(scene.things), 2, replace=False))
    relations = true_relations(scene, subject, reference)
    if not relations:
        return None
    kind = str(rng.choice([name for name, _ in SHARES], p=[share for _, share in SHARES]))
    text = _pick(rng, templates[kind])
    names = {"a": _name(scene, subject, rng), "b": _name(scene, reference, rng)}
    if kind == "where":
        relation = _dominant(scene, subject, reference)
        if relation not in relations:
            return None
        return Question(text.format(**names), relation, kind, relation, subject, reference)
    depth = relations[-1] in ("front", "behind")
    relation = relations[-1] if depth and rng.random() < 0.7 else _pick(rng, relations)
    if kind == "choice":
        pair = [relation, OPPOSITE[relation]] if rng.random() < 0.5 else [OPPOSITE[relation], relation]
        words = [SIDES[each] for each in pair] if rng.random() < 0.5 else pair
        asked = text.format(**names, one=words[0], other=words[1])
        return Question(asked, relation, kind, relation, subject, reference)
    holds = rng.random() < 0.5
    phrase = _pick(rng, PHRASES[relation if holds else OPPOSITE[relation]])
    return Question(text.format(**names, phrase=phrase), "yes" if holds else "no", kind, relation, subject, reference)


def _dominant(scene: Scene, subject: int, reference: int) -> str | None:
    """The direction of the axis along which two things are farther apart; None where that is hardly so, or where they overlap."""
    a, b = scene.things[subject], scene.things[reference]
    x, y = a.x - b.x, a.y - b.y
    if (scene.overlap and {subject, reference} == {0, 1}) or abs(abs(x) - abs(y)) < DOMINANT:
        return None
    if abs(x) > abs(y):
        return "left" if x < 0 else "right"
    return "above" if y < 0 else "below"


def _name(scene: Scene, at: int, rng: Rng) -> str:
    """What a thing is called: colour and shape, or one of them where no other thing shares it."""
    thing = scene.things[at]
    drawn = rng.random()
    if drawn < 0.1 and sum(other.shape == thing.shape for other in scene.things) == 1:
        return f"the {thing.shape}"
    if 0.1 <= drawn < 0.2 and sum(other.colour == thing.colour for other in scene.things) == 1:
        return f"the {thing.colour} {_pick(rng, GENERIC)}"
    return f"{'the' if rng.random() < 0.92 else 'a'} {thing.colour} {thing.shape}"


def _pick(rng: Rng, of: tuple[str, ...] | list[str]) -> str:
    return of[rng.integers(len(of))]
