"""Scenes and their questions as arrays, made by seeds: the same for any number of processes."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass

import numpy as np

from questions import CLASSES, LENGTH, REWORDED, TEMPLATES, Question, random_question, tokens
from scenes import SIDE, Scene, Thing, draw_boxes, picture, random_scene

CHUNK = 1000
"""Scenes made from one seed."""

BOXED = 0.15
"""Share of training pictures with red boxes round some of their things, so that boxed pictures are nothing new."""


@dataclass(frozen=True)
class Dataset:
    """Pictures [S, SIDE, SIDE, 3] as bytes, and Q questions of each: tokens [S, Q, LENGTH], answers [S, Q], relations
    [S, Q] (the class that holds, also where the answer is yes or no), boxes of subject and reference [S, Q, 2, 3] (centre and radius, the
    picture being 2 wide and high about the origin)."""

    pictures: np.ndarray
    tokens: np.ndarray
    answers: np.ndarray
    relations: np.ndarray
    boxes: np.ndarray
    questions: list[list[Question]]
    scenes: list[Scene]


def training_set(count: int, seed: int, *, lean: float, each: int = 6) -> Dataset:
    """`count` scenes with `each` questions, `lean` of them leaning (scenes.random_scene)."""
    return _made([(seed, at, min(CHUNK, count - at), lean, each, False, True) for at in range(0, count, CHUNK)])


def held_out_set(count: int, seed: int, *, reworded: bool = False, each: int = 3) -> Dataset:
    """`count` scenes that lean to no side, without boxes; in words that were not trained where `reworded`."""
    return _made([(seed, at, min(CHUNK, count - at), 0.0, each, reworded, False) for at in range(0, count, CHUNK)])


Task = tuple[int, int, int, float, int, bool, bool]


def _made(tasks: list[Task]) -> Dataset:
    with multiprocessing.Pool(min(len(tasks), multiprocessing.cpu_count())) as pool:
        parts = pool.map(_chunk, tasks, chunksize=1)
    return Dataset(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("pictures", "tokens", "answers", "relations", "boxes")),
        [questions for part in parts for questions in part.questions],
        [scene for part in parts for scene in part.scenes],
    )


def _chunk(task: Task) -> Dataset:
    seed, at, count, lean, each, reworded, boxed = task
    rng = np.random.default_rng([seed, at])
    pictures = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    scenes: list[Scene] = []
    asked: list[list[Question]] = []
    while len(scenes) < count:
        scene = random_scene(rng, lean=lean)
        questions = _questions(scene, rng, each, reworded)
        if len(questions) < each:
            continue
        image = picture(scene, rng)
        if boxed and rng.random() < BOXED:
            draw_boxes(image, list(scene.things[: int(rng.integers(1, 3))]))
        pictures[len(scenes)] = (image * 255 + 0.5).astype(np.uint8)
        scenes.append(scene)
        asked.append(questions)
    numbers = np.array([[tokens(question.text) for question in questions] for questions in asked], np.int64)
    answers, relations = (
        np.array([[CLASSES.index(getattr(question, name)) for question in questions] for questions in asked], np.int64)
        for name in ("answer", "relation")
    )
    boxes = [
        [[_box(scene.things[question.subject]), _box(scene.things[question.reference])] for question in questions]
        for scene, questions in zip(scenes, asked)
    ]
    assert numbers.shape[2] == LENGTH
    return Dataset(pictures, numbers, answers, relations, np.array(boxes, np.float32), asked, scenes)


def _questions(scene: Scene, rng: np.random.Generator, each: int, reworded: bool) -> list[Question]:
    """Different questions, fewer than `each` where a scene gives no more."""
    found: dict[str, Question] = {}
    for _ in range(10 * each):
        if len(found) == each:
            break
        question = random_question(scene, rng, REWORDED if reworded else TEMPLATES)
        if question is not None:
            found[question.text] = question
    return list(found.values())


def _box(thing: Thing) -> tuple[float, float, float]:
    return (thing.x * 2 / SIDE - 1, thing.y * 2 / SIDE - 1, thing.r * 2 / SIDE)
