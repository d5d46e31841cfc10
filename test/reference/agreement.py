"""
Independent reference values for the agreement of annotators: Cohen's kappa with its interval, and Krippendorff's alpha.

Everything is derived from the definitions, with exact fractions and nothing but Python's own library:
- alpha from the coincidence matrix (Krippendorff 2011), one ordered pair of labels after the other;
- kappa from the counts of agreeing answers and of every pair of marginal choices;
- kappa's interval by the delta method over the cells of a multinomial table, whose derivatives are taken numerically
  (central differences of kappa, in fractions), not from a formula for the variance.

Regenerate:
    python3 test/reference/agreement.py && npx prettier --write test/reference/agreement.json
The seed is fixed, so the file changes only with this script.
"""

import itertools
import json
import math
import pathlib
import random
from fractions import Fraction
from statistics import NormalDist

rng = random.Random(20261130)
Z95 = NormalDist().inv_cdf(0.975)
STEP = Fraction(1, 10**8)


def kappa_of_cells(cells, labels):
    """Kappa of a table of shares, (first, second) -> share; None where chance agrees wholly."""
    agreeing = sum(cells.get((label, label), Fraction(0)) for label in labels)
    chance = Fraction(0)
    for (first, _), one in cells.items():
        for (_, second), other in cells.items():
            if first == second:
                chance += one * other
    return None if chance == 1 else (agreeing - chance) / (1 - chance)


def kappa(pairs):
    """Kappa with the interval by the delta method, of (label of the first, label of the second)."""
    n = len(pairs)
    if n == 0:
        return {"value": None, "ci95": None, "items": 0, "observed": None, "expected": None}
    labels = sorted({label for pair in pairs for label in pair})
    cells = {key: Fraction(0) for key in itertools.product(labels, labels)}
    for pair in pairs:
        cells[pair] += Fraction(1, n)
    observed = Fraction(sum(first == second for first, second in pairs), n)
    # Every label of the first against every label of the second, whoever's answer it is of.
    expected = Fraction(sum(first == second for first, _ in pairs for _, second in pairs), n * n)
    value = kappa_of_cells(cells, labels)
    if value is None:
        return {"value": None, "ci95": None, "items": n, "observed": float(observed), "expected": float(expected)}
    gradient = {}
    for key in cells:
        above = kappa_of_cells({**cells, key: cells[key] + STEP}, labels)
        below = kappa_of_cells({**cells, key: cells[key] - STEP}, labels)
        gradient[key] = (above - below) / (2 * STEP)
    # Var = g' (diag(p) - p p') g / n
    mean = sum(cells[key] * gradient[key] for key in cells)
    variance = (sum(cells[key] * gradient[key] ** 2 for key in cells) - mean**2) / n
    reach = Z95 * math.sqrt(max(0.0, float(variance)))
    centre = float(value)
    return {
        "value": centre,
        "ci95": [max(-1.0, centre - reach), min(1.0, centre + reach)],
        "items": n,
        "observed": float(observed),
        "expected": float(expected),
    }


def alpha(units):
    """Alpha of nominal data; a unit is the list of its labels."""
    units = [labels for labels in units if len(labels) > 1]
    coincidences = {}
    for labels in units:
        for one, other in itertools.permutations(range(len(labels)), 2):
            key = (labels[one], labels[other])
            coincidences[key] = coincidences.get(key, Fraction(0)) + Fraction(1, len(labels) - 1)
    margins = {}
    for (one, _), weight in coincidences.items():
        margins[one] = margins.get(one, Fraction(0)) + weight
    n = sum(margins.values())
    disagreeing = sum(weight for (one, other), weight in coincidences.items() if one != other)
    by_chance = sum(margins[one] * margins[other] for one in margins for other in margins if one != other)
    value = None if by_chance == 0 else float(1 - (n - 1) * disagreeing / by_chance)
    return {"value": value, "items": len(units)}


def report(answers, names):
    """Both, of all labels and of each against all others. An answer maps annotators to labels."""

    def both(read):
        pairs = []
        for one, other in itertools.combinations(names, 2):
            labelled = [(read(a[one]), read(a[other])) for a in answers if one in a and other in a]
            pairs.append({"annotators": [one, other], **kappa(labelled)})
        return {"pairs": pairs, "alpha": alpha([[read(label) for label in a.values()] for a in answers])}

    labels = sorted({label for answer in answers for label in answer.values()})
    of_labels = {label: both(lambda each, label=label: str(each == label)) for label in labels}
    return {"answers": answers, **both(lambda label: label), "byLabel": of_labels}


def table(size, names, labels, agreement, missing):
    """Random labels: each annotator sees the same truth with some probability, and passes some answers over."""
    answers = []
    for _ in range(size):
        truth = rng.choice(labels)
        answer = {}
        for name in names:
            if rng.random() >= missing:
                answer[name] = truth if rng.random() < agreement else rng.choice(labels)
        answers.append(answer)
    return answers


ALL = ["depth-flip", "horizontal-flip", "orthogonal", "other", "wrong-object"]
CASES = [
    table(60, ["ann", "ben"], ALL[:2], 0.8, 0.0),
    table(80, ["ann", "ben"], ALL, 0.6, 0.2),
    table(120, ["ann", "ben", "cleo"], ALL, 0.7, 0.3),
    table(40, ["ann", "ben", "cleo"], ALL[:3], 0.0, 0.1),
    table(90, ["ann", "ben", "cleo", "dan"], ALL, 0.9, 0.6),
    table(25, ["ann", "ben", "cleo"], ALL[:2], 1.0, 0.4),
    table(12, ["ann", "ben", "cleo", "dan", "eve"], ALL, 0.4, 0.5),
]

if __name__ == "__main__":
    cases = [report(answers, sorted({name for answer in answers for name in answer})) for answers in CASES]
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps({"cases": cases}, allow_nan=False) + "\n")
