"""Reference values of the metrics over single rows: calibration, pairs, completion bias. See metrics.py."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd


def calibrations(rng):
    smooth = [(rng.random(), None) for _ in range(60)]
    tied = [(rng.choice([0.2, 0.5, 0.9]), None) for _ in range(7)]
    edges = [(i / 10, None) for i in range(11)]
    gaps = [(rng.choice([None, 0.3, 0.8, 1.0, 1.2, -0.1]), None) for _ in range(20)]
    out = []
    for points in (smooth, tied, edges, gaps, [(1.0, None)], [(None, None)]):
        points = [{"confidence": c, "correct": rng.random() < (0.5 if c is None else c)} for c, _ in points]
        out.append({"points": points, "reliability": reliability(points), "riskCoverage": risk_coverage(points)})
    return out


def counted(points):
    rows = pd.DataFrame(points).astype({"confidence": float, "correct": float})
    usable = rows[rows.confidence.between(0, 1)]
    absent = int(rows.confidence.isna().sum())
    return usable, {"n": len(usable), "absent": absent, "outOfRange": len(rows) - absent - len(usable)}


def reliability(points):
    usable, counts = counted(points)
    edges = [Fraction(i, 10) for i in range(11)]
    bins, ece = [], 0.0
    for i in range(10):
        # An edge is the double nearest to i/10, as a confidence written "0.3" is.
        above = usable.confidence > float(edges[i]) if i else usable.confidence >= 0
        inside = usable[above & (usable.confidence <= float(edges[i + 1]))]
        bins.append([len(inside), inside.correct.sum(), inside.correct.mean(), inside.confidence.mean()])
        if len(inside):
            ece += len(inside) / len(usable) * abs(inside.correct.mean() - inside.confidence.mean())
    return {**counts, "bins": bins, "ece": ece if len(usable) else None}


def risk_coverage(points):
    usable, counts = counted(points)
    if usable.empty:
        return {**counts, "curve": [], "aurc": None}
    curve = []
    for threshold in sorted(set(usable.confidence), reverse=True):
        kept = usable[usable.confidence >= threshold]
        curve.append([threshold, len(kept) / len(usable), 1 - kept.correct.mean()])
    return {**counts, "curve": curve, "aurc": aurc(usable)}


def aurc(usable):
    """The mean over all orders that sort by confidence: by enumeration where they are few, else block by block."""
    blocks = [1 - g.correct.to_numpy() for _, g in sorted(usable.groupby("confidence"), reverse=True)]
    orders = math.prod(math.factorial(len(b)) for b in blocks)
    if orders > 50_000:
        # Linearity: the expected error at a place of a block is the block's mean error.
        errors = np.concatenate([np.full(len(b), b.mean()) for b in blocks])
        return (errors.cumsum() / np.arange(1, len(errors) + 1)).mean()
    total = 0.0
    for order in itertools.product(*(itertools.permutations(b) for b in blocks)):
        errors = np.concatenate(order)
        total += (errors.cumsum() / np.arange(1, len(errors) + 1)).mean()
    return total / orders


# --- pairs, completion bias ------------------------------------------------------------------------------------------

SIDES = {
    "left": ("lateral", -1),
    "right": ("lateral", 1),
    "on": ("vertical", 1),
    "under": ("vertical", -1),
    "in-front": ("depth", 1),
    "behind": ("depth", -1),
}


def pair_sets(rng):
    out = []
    for second in (("on", "under"), ("in-front", "behind")):
        for drop in (0.0, 0.2):
            relations = ("left", "right") + second
            grid = {
                f"s{i}": {r: rng.random() < 0.75 for r in relations if rng.random() >= drop or i == 0} for i in range(12)
            }
            rows = [(s, r, ok) for s, answers in grid.items() for r, ok in answers.items()]
            pair_ok = sum(a.get(x, False) and a.get(y, False) for a in grid.values() for x, y in (("left", "right"), second))
            pairs = sum(x in a and y in a for a in grid.values() for x, y in (("left", "right"), second))
            set_ok = sum(sum(a.values()) == 4 for a in grid.values())
            items = [{"set": s, "axis": SIDES[r][0], "sign": SIDES[r][1], "correct": ok} for s, r, ok in rows]
            rng.shuffle(items)
            expected = {
                "pairAccuracy": pair_ok / (len(rows) / 2),
                "setAccuracy": set_ok / (len(rows) / 4),
                "pairs": pairs,
                "sets": sum(len(a) == 4 for a in grid.values()),
            }
            out.append({"items": items, "expected": expected})
    return out


def completion(rng):
    objects = ["car", "truck", "person", "dog", "fork", "knife", "tie", "kite"]
    rows = []
    for image in range(25):
        scene = rng.choice([["car", "truck", "person"], ["fork", "knife", "person"], ["dog", "kite", "person"]])
        present = [o for o in scene if rng.random() < 0.7]
        asked = rng.sample(objects, 4)
        for o in present:
            rows.append((f"i{image}", o, True, rng.random() < 0.9))
        for o in asked:
            if o not in present:
                rows.append((f"i{image}", o, False, rng.random() < 0.3))
    table = pd.DataFrame(rows, columns=["image", "object", "goldYes", "answeredYes"])
    return [{"questions": table.to_dict("records"), "expected": completion_tables(table)}]


def completion_tables(table):
    images = table.image.unique()
    presence = pd.DataFrame(False, index=images, columns=table.object.unique())
    for _, row in table[table.goldYes].iterrows():
        presence.loc[row.image, row.object] = True
    marginal = presence.mean()
    joint = presence.astype(float).T @ presence.astype(float) / len(images)
    absent = table[~table.goldYes].copy()
    lifts = []
    for _, row in absent.iterrows():
        others = [o for o in presence.columns[presence.loc[row.image]] if o != row.object]
        known = others and marginal[row.object] > 0
        lifts.append(max(joint.loc[row.object, o] / marginal[row.object] / marginal[o] for o in others) if known else None)
    absent["lift"] = np.array(lifts, dtype=float)
    positive = absent.lift[absent.lift > 0].round(9)
    cuts = np.quantile(positive, [1 / 3, 2 / 3], method="inverted_cdf")

    def bucket(lift):
        if math.isnan(lift):
            return "undefined"
        return "zero" if lift == 0 else ("low", "middle", "high")[np.searchsorted(cuts, round(lift, 9))]

    absent["bucket"] = absent.lift.map(bucket)
    by_object = absent.groupby("object").answeredYes.agg(["size", "sum", "mean"])
    by_lift = {
        name: [len(part), part.answeredYes.sum(), part.answeredYes.mean(), part.lift.min(), part.lift.max()]
        for name, part in ((n, absent[absent.bucket == n]) for n in ("undefined", "zero", "low", "middle", "high"))
    }
    return {
        "total": [len(absent), absent.answeredYes.sum(), absent.answeredYes.mean()],
        "byObject": {name: list(row) for name, row in by_object.iterrows()},
        "byLift": by_lift,
    }
