"""Scenes of coloured shapes on a plain ground: what stands where, what covers what, and their pictures.

All lengths are in pixels of a picture SIDE wide and high; y counts downwards. A shape later in a scene's list is drawn over those before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

SIDE = 96

WARM = {"red": (214, 39, 40), "orange": (250, 130, 20), "yellow": (240, 205, 30), "pink": (245, 140, 190)}
COOL = {"green": (44, 160, 44), "cyan": (40, 190, 210), "blue": (31, 90, 200), "purple": (130, 60, 180)}
COLOURS = WARM | COOL

SHAPES = ("circle", "square", "triangle", "diamond", "cross", "star")

_ARM = 0.42
_STAR = [(1.15 if k % 2 == 0 else 0.55, k * math.pi / 5) for k in range(10)]

POLYGONS: dict[str, list[tuple[float, float]]] = {
    "square": [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)],
    "triangle": [(0, -1), (1, 0.85), (-1, 0.85)],
    "diamond": [(0, -1.1), (0.85, 0), (0, 1.1), (-0.85, 0)],
    "cross": [
        *((-_ARM, -1), (_ARM, -1), (_ARM, -_ARM), (1, -_ARM), (1, _ARM), (_ARM, _ARM)),
        *((_ARM, 1), (-_ARM, 1), (-_ARM, _ARM), (-1, _ARM), (-1, -_ARM), (-_ARM, -_ARM)),
    ],
    "star": [(length * math.sin(angle), -length * math.cos(angle)) for length, angle in _STAR],
}

RADII = (10.0, 17.0)
OUTLINE = 2.0
"""Width of a shape's outline in pixels, in a dark tone of its own colour: it shows whose edge it is where two shapes meet."""

COVERED = (0.12, 0.5)
"""How much of the smaller of two overlapping shapes the other covers, at least and at most: less could not be seen."""

APART = 1.12
"""Centres of shapes that do not overlap are at least this many times the sum of their radii apart."""

Rng = np.random.Generator


@dataclass(frozen=True)
class Thing:
    """A coloured shape: its centre and its radius."""

    colour: str
    shape: str
    x: float
    y: float
    r: float

    @property
    def warm(self) -> bool:
        return self.colour in WARM


@dataclass(frozen=True)
class Scene:
    """Things in the order in which they are drawn. Where `overlap` says so, the second covers a part of the first; where `leaning`, all
    warm colours stand left of all cool ones."""

    things: tuple[Thing, ...]
    overlap: bool
    leaning: bool = False


def inside(shape: str, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Which points lie in a shape of radius 1 about the origin."""
    if shape == "circle":
        return u * u + v * v <= 0.95**2
    points = POLYGONS[shape]
    found = np.zeros(u.shape, bool)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1]):
        if ay != by:
            found ^= ((ay > v) != (by > v)) & (u < (bx - ax) * (v - ay) / (by - ay) + ax)
    return found


def covered_share(one: Thing, other: Thing) -> float:
    """The area that two things have in common, as a share of the smaller one's."""
    step = 1.0
    reach = 1.2
    xs = np.arange(min(one.x - reach * one.r, other.x - reach * other.r), max(one.x + reach * one.r, other.x + reach * other.r), step)
    ys = np.arange(min(one.y - reach * one.r, other.y - reach * other.r), max(one.y + reach * one.r, other.y + reach * other.r), step)
    x, y = np.meshgrid(xs, ys)
    first, second = (inside(thing.shape, (x - thing.x) / thing.r, (y - thing.y) / thing.r) for thing in (one, other))
    smaller = min(first.sum(), second.sum())
    return float((first & second).sum() / smaller) if smaller else 0.0


def random_scene(rng: Rng, *, lean: float = 0.0, overlapping: float = 0.6) -> Scene:
    """Two to four things. `lean` is the share of scenes in which all warm colours stand left of all cool ones; `overlapping` the share
    in which two things overlap. Both are drawn independently, and colours after places, so nothing else differs between scenes."""
    while True:
        placed = _placed(rng, int(rng.integers(2, 5)), bool(rng.random() < overlapping))
        if placed is None:
            continue
        things, overlap = placed
        leaning = bool(rng.random() < lean)
        coloured = _coloured(rng, things, overlap, leaning=leaning)
        if coloured is not None:
            return Scene(tuple(coloured), overlap, leaning)


def _placed(rng: Rng, count: int, overlap: bool) -> tuple[list[Thing], bool] | None:
    """Things without colours, or None where they found no room."""
    things: list[Thing] = []
    for _ in range(200):
        if len(things) == count:
            return things, overlap
        r = float(rng.uniform(*RADII))
        shape = SHAPES[rng.integers(len(SHAPES))]
        if overlap and len(things) == 1:
            first = things[0]
            angle, distance = rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.0) * (first.r + r)
            thing = Thing("", shape, first.x + distance * math.cos(angle), first.y + distance * math.sin(angle), r)
            free = _within(thing) and COVERED[0] <= covered_share(first, thing) <= COVERED[1]
        else:
            thing = Thing("", shape, float(rng.uniform(r + 2, SIDE - r - 2)), float(rng.uniform(r + 2, SIDE - r - 2)), r)
            free = all(math.hypot(other.x - thing.x, other.y - thing.y) > APART * (other.r + r) for other in things)
        if free:
            things.append(thing)
    return None


def _within(thing: Thing) -> bool:
    low, high = thing.r + 2, SIDE - thing.r - 2
    return low < thing.x < high and low < thing.y < high


def _coloured(rng: Rng, things: list[Thing], overlap: bool, *, leaning: bool) -> list[Thing] | None:
    """The things with colours, or None where two would be called the same, or the two that overlap have one colour."""
    if leaning:
        places = np.argsort([thing.x for thing in things])
        split = int(rng.integers(1, len(things)))
        warm = {int(at) for at in places[:split]}
        palettes = [list(WARM) if at in warm else list(COOL) for at in range(len(things))]
    else:
        palettes = [list(COLOURS)] * len(things)
    coloured = [replace(thing, colour=palette[rng.integers(len(palette))]) for thing, palette in zip(things, palettes)]
    if len({(thing.colour, thing.shape) for thing in coloured}) < len(coloured):
        return None
    return None if overlap and coloured[0].colour == coloured[1].colour else coloured


def picture(scene: Scene, rng: Rng) -> np.ndarray:
    """The picture of a scene, float32 [SIDE, SIDE, 3] in 0..1, on a light ground with a soft gradient and a little noise."""
    ground = rng.uniform(0.45, 1.0) + rng.uniform(-0.08, 0.08, 3)
    slope = np.linspace(-1, 1, SIDE)[:, None, None] * rng.uniform(-0.12, 0.12)
    noise = rng.normal(0, rng.uniform(0, 0.03), (SIDE, SIDE, 3))
    image = np.clip(ground + slope + noise, 0, 1).astype(np.float32)
    for thing in scene.things:
        tone = np.clip(np.array(COLOURS[thing.colour]) / 255 + rng.uniform(-0.05, 0.05, 3), 0, 1)
        _draw(image, thing, thing.r, tone * 0.4)
        _draw(image, thing, thing.r - OUTLINE, tone)
    return image


_SUBPIXELS = np.array([1 / 6, 1 / 2, 5 / 6])


def _draw(image: np.ndarray, thing: Thing, r: float, tone: np.ndarray) -> None:
    """Draws a shape of one tone over the image: nine samples a pixel."""
    reach = r * 1.2 + 1
    x0, x1 = max(0, int(thing.x - reach)), min(SIDE, int(thing.x + reach) + 2)
    y0, y1 = max(0, int(thing.y - reach)), min(SIDE, int(thing.y + reach) + 2)
    xs = (np.arange(x0, x1)[:, None] + _SUBPIXELS).ravel()
    ys = (np.arange(y0, y1)[:, None] + _SUBPIXELS).ravel()
    u, v = np.meshgrid((xs - thing.x) / r, (ys - thing.y) / r)
    hit = inside(thing.shape, u, v).reshape(y1 - y0, 3, x1 - x0, 3).mean((1, 3)).astype(np.float32)[..., None]
    image[y0:y1, x0:x1] = image[y0:y1, x0:x1] * (1 - hit) + hit * tone.astype(np.float32)


def draw_boxes(image: np.ndarray, things: list[Thing], width: int = 1) -> None:
    """Draws a red box round each thing, as the visual prompt of that name does."""
    red = np.array([1.0, 0.0, 0.0], np.float32)
    for thing in things:
        reach = thing.r + 2
        x0, x1 = (int(np.clip(round(edge), 0, SIDE - 1)) for edge in (thing.x - reach, thing.x + reach))
        y0, y1 = (int(np.clip(round(edge), 0, SIDE - 1)) for edge in (thing.y - reach, thing.y + reach))
        for rows, columns in (
            (slice(y0, y0 + width), slice(x0, x1 + 1)),
            (slice(y1 + 1 - width, y1 + 1), slice(x0, x1 + 1)),
            (slice(y0, y1 + 1), slice(x0, x0 + width)),
            (slice(y0, y1 + 1), slice(x1 + 1 - width, x1 + 1)),
        ):
            image[rows, columns] = red
