"""
Independent reference values for the metrics in src/core/metrics.

Everything here is computed another way than there: with scipy, statsmodels and pandas, with exact fractions, or by
brute force over single rows. Only the bootstrap repeats the generator (it must draw the same numbers).

Regenerate (Debian: apt-get install python3-scipy python3-statsmodels):
    /usr/bin/python3 test/reference/metrics.py && npx prettier --write test/reference/metrics.json
The seed is fixed, so the file changes only with this script or with the last digits of another library version.
"""

import itertools
import json
import math
import pathlib
import random
import sys
import warnings
from fractions import Fraction

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

sys.dont_write_bytecode = True  # keeps __pycache__ out of the working tree
import rowMetrics  # noqa: E402

warnings.filterwarnings("ignore")
rng = random.Random(20240607)


def plain(value):
    """Numbers that JSON can hold: numpy scalars as Python ones, NaN as null."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(entry) for entry in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating, Fraction)):
        return None if math.isnan(float(value)) else float(value)
    return value


def divide(a, b):
    return None if b == 0 else a / b


# --- distributions -------------------------------------------------------------------------------------------------


def distributions():
    zs = [-37.0, -20.5, -8.3, -5.0, -3.6, -2.5, -1.96, -1, -0.3, -1e-9, 0, 0.1, 0.5, 1.2, 2.4999, 2.5, 3.5355, 3.7, 6, 9]
    ps = [1e-300, 1e-100, 1e-20, 1e-9, 0.001, 0.02425, 0.1, 0.25, 0.4999, 0.5, 0.5001, 0.75, 0.9, 0.975, 0.99999, 1 - 1e-12]
    xs = [1e-8, 0.1, 0.5, 1, 1.5, 2, 2.5, 7, 15.9, 16, 16.1, 100, 1234.5, 1e6, 1e12]
    pairs = [(5, 2), (10, 0), (10, 10), (60, 30), (1000, 3), (100000, 5000)]
    binomials = []
    for n, p in [(1, 0.5), (10, 0.25), (15, 0.5), (16, 0.5), (17, 0.9), (40, 1 / 3), (300, 0.01), (858, 0.2541), (5000, 0.5)]:
        mean = n * p
        spread = max(1, math.sqrt(n * p * (1 - p)))
        ks = {0, n} | {min(n, max(0, round(mean + shift * spread))) for shift in (-6, -2, -1, 0, 1, 2, 6)}
        for k in sorted(ks):
            binomials.append(
                {
                    "k": k,
                    "n": n,
                    "p": p,
                    "pmf": exact_tail([k], n, p),
                    "cdf": exact_tail(range(0, k + 1), n, p),
                    "upper": exact_tail(range(k, n + 1), n, p),
                    "test": stats.binomtest(k, n, p).pvalue,
                }
            )
    return {
        "normalCdf": [{"z": z, "value": stats.norm.cdf(z)} for z in zs],
        "normalQuantile": [{"p": p, "value": stats.norm.ppf(p)} for p in ps],
        "logGamma": [{"x": x, "value": special.gammaln(x)} for x in xs],
        "logChoose": [{"n": n, "k": k, "value": math.log(math.comb(n, k))} for n, k in pairs],
        "binomial": binomials,
    }


def exact_tail(ks, n, p):
    """A sum of binomial probabilities in whole numbers: a double p is a fraction with a power of two below."""
    numerator, denominator = Fraction(p).as_integer_ratio()
    rest = denominator - numerator
    total = sum(math.comb(n, k) * numerator**k * rest ** (n - k) for k in ks) if n <= 300 else None
    if total is None:
        return float(stats.binom.pmf(ks[0], n, p)) if isinstance(ks, list) else scipy_tail(ks, n, p)
    return float(Fraction(total, denominator**n))


def scipy_tail(ks, n, p):
    return float(stats.binom.cdf(ks[-1], n, p) if ks[0] == 0 else stats.binom.sf(ks[0] - 1, n, p))


# --- proportions, chance, rates ------------------------------------------------------------------------------------


def wilson():
    cases = [(0, 0), (0, 1), (1, 1), (0, 50), (50, 50), (1, 2), (299, 858), (547, 858), (1, 100000), (223, 370), (12.5, 40)]
    out = []
    for k, n in cases:
        for z in (stats.norm.ppf(0.975), stats.norm.ppf(0.995)):
            ci = None if n == 0 else proportion_confint(k, n, alpha=2 * stats.norm.sf(z), method="wilson")
            out.append({"successes": k, "n": n, "z": z, "ci": ci})
    return out


def chance():
    of = [{"m": m, "k": k, "value": 1 - (1 - Fraction(1, m)) ** k} for m in (1, 2, 4, 7, 26, 1000) for k in (1, 2, 4, 100)]
    below = []
    cases = [
        (180, [(4, 858)]),
        (0, [(4, 3)]),
        (5, [(2, 5)]),
        (3, [(4, 10), (2, 5)]),
        (0, [(3, 7), (4, 9), (2, 4)]),
        (20, [(3, 7), (4, 9), (2, 4)]),
        (9, [(8, 20), (2, 20), (5, 20)]),
        (520, [(4, 1000), (2, 300), (6, 700), (3, 0)]),
        (1600, [(4, 5000), (2, 1000)]),
        (1750, [(4, 5000), (2, 1000)]),
    ]
    for successes, groups in cases:
        groups = [{"chance": 1 / m, "units": n} for m, n in groups]
        below.append({"successes": successes, "groups": groups, **below_chance(successes, groups)})
    return {"of": of, "below": below}


def below_chance(successes, groups):
    units = sum(g["units"] for g in groups)
    mean = sum(g["units"] * g["chance"] for g in groups) / units
    used = [g for g in groups if g["units"] > 0]
    if len(used) == 1:
        return {"mean": mean, "p": stats.binom.cdf(successes, units, used[0]["chance"]), "method": "binomial"}
    if units <= 5000:
        # The groups' binomials convolved, in exact fractions where that is quick.
        pmf = [Fraction(1)] if units <= 100 else np.array([1.0])
        for g in used:
            if units <= 100:
                c = Fraction(g["chance"])
                part = [math.comb(g["units"], j) * c**j * (1 - c) ** (g["units"] - j) for j in range(g["units"] + 1)]
                new = [Fraction(0)] * (len(pmf) + g["units"])
                for (i, a), (j, b) in itertools.product(enumerate(pmf), enumerate(part)):
                    new[i + j] += a * b
                pmf = new
            else:
                pmf = np.convolve(pmf, stats.binom.pmf(np.arange(g["units"] + 1), g["units"], g["chance"]))
        return {"mean": mean, "p": sum(pmf[: successes + 1]), "method": "poisson-binomial"}
    chances = np.concatenate([np.full(g["units"], g["chance"]) for g in used])
    normal = stats.norm(chances.sum(), math.sqrt((chances * (1 - chances)).sum()))
    return {"mean": mean, "p": normal.cdf(successes + 0.5), "method": "normal"}


def rates():
    macro = []
    for size in (0, 1, 5, 14):
        tallies = [{"units": (n := rng.choice([0, 1, 30, 143])), "correct": rng.randint(0, n)} for _ in range(size)]
        shares = [Fraction(t["correct"], t["units"]) for t in tallies if t["units"]]
        macro.append({"tallies": tallies, "value": sum(shares) / len(shares) if shares else None})
    adjusted = []
    for _ in range(5):
        rows = pd.DataFrame([(rng.choice([2, 3, 4, 8]), rng.random() < 0.5) for _ in range(40)], columns=["m", "x"])
        inverse = (1 / rows.m).sum()
        value = (rows.x.sum() - inverse) / (len(rows) - inverse)
        adjusted.append({"correct": int(rows.x.sum()), "units": 40, "chanceSum": inverse, "value": value})
    adjusted.append({"correct": 3, "units": 3, "chanceSum": 3, "value": None})
    return {"macro": macro, "adjusted": adjusted}


# --- yes/no --------------------------------------------------------------------------------------------------------


def yes_no():
    cases = [(0, 0, 0, 0, 0, 0), (5, 0, 5, 0, 0, 0), (0, 0, 5, 5, 0, 0), (0, 3, 4, 0, 0, 2), (7, 0, 0, 2, 1, 0)]
    cases += [(1200, 90, 1380, 270, 30, 30), (0, 0, 0, 0, 4, 5), (0, 6, 0, 0, 0, 0), (1500, 1500, 0, 0, 0, 0)]
    cases += [tuple(rng.randint(0, 200) for _ in range(6)) for _ in range(8)]
    names = ("tp", "fp", "tn", "fn", "unparsedYes", "unparsedNo")
    return [{"counts": dict(zip(names, case)), "metrics": yes_no_rows(case)} for case in cases]


def yes_no_rows(case):
    """From single rows of (gold, answer); answer None is unparsed."""
    kinds = [(1, 1), (0, 1), (0, 0), (1, 0), (1, None), (0, None)]
    rows = [kind for kind, count in zip(kinds, case) for _ in range(count)]
    said_yes = [gold for gold, answer in rows if answer == 1]
    gold_yes = [answer for gold, answer in rows if gold == 1]
    gold_no = [answer for gold, answer in rows if gold == 0]
    precision = divide(sum(said_yes), len(said_yes))
    recall = divide(sum(a == 1 for a in gold_yes), len(gold_yes))
    both = (precision or 0) + (recall or 0)
    f1 = (2 * precision * recall / both) if both and precision is not None and recall is not None else 0.0
    if not said_yes and not gold_yes:
        f1 = None
    d_prime = criterion = None
    if gold_yes and gold_no:
        hit = stats.norm.ppf((sum(a == 1 for a in gold_yes) + 0.5) / (len(gold_yes) + 1))
        alarm = stats.norm.ppf((sum(a == 1 for a in gold_no) + 0.5) / (len(gold_no) + 1))
        d_prime, criterion = hit - alarm, -0.5 * (hit + alarm)
    return {
        **dict(zip(("tp", "fp", "tn", "fn"), case)),
        "accuracy": divide(sum(gold == answer for gold, answer in rows), len(rows)),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "yesRatio": divide(len(said_yes), len(rows)),
        "dPrime": d_prime,
        "criterion": criterion,
    }


# --- pass@k --------------------------------------------------------------------------------------------------------


def pass_at_k():
    cases = [(1, 0, 1), (1, 1, 1), (4, 2, 4), (4, 0, 4), (3, 1, 4), (0, 0, 1), (10, 3, 1), (200, 7, 100), (200, 1, 1)]
    cases += [(1000, 1, 999), (1000, 500, 400), (5000, 2, 3), (100000, 1, 2)]
    cases += [((n := rng.randint(1, 64)), rng.randint(0, n), rng.randint(1, 16)) for _ in range(12)]
    values = [{"n": n, "c": c, "k": k, "value": pass_exact(n, c, k)} for n, c, k in cases]
    means = []
    for k in (1, 4, 8):
        units = [{"samples": (n := rng.choice([1, 4, 4, 4, 8, 10])), "correct": rng.randint(0, n)} for _ in range(25)]
        entered = [v for u in units if (v := pass_exact(u["samples"], u["correct"], k)) is not None]
        means.append(
            {
                "k": k,
                "units": units,
                "passAtK": {"value": sum(entered) / len(entered), "units": len(entered), "excluded": 25 - len(entered)},
            }
        )
    return {"values": values, "means": means}


def pass_exact(n, c, k):
    return None if n < k else 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


# --- opportunity and differences -----------------------------------------------------------------------------------


def ratios():
    out = []
    for clusters, size in [(2, 3), (5, 4), (40, 3), (150, 2)]:
        rows = []
        for cluster in range(clusters):
            lean = rng.random()
            for _ in range(rng.randint(1, size)):
                expected = rng.choice([1 / 3, 2 / 3, 1, 0.5, 1 / 7])
                rows.append((cluster, float(rng.random() < lean or cluster == 0), expected))
        out.append(ratio_case(pd.DataFrame(rows, columns=["cluster", "observed", "expected"])))
    return out


def ratio_case(rows):
    model = sm.GLM(rows.observed, np.ones(len(rows)), family=sm.families.Poisson(), offset=np.log(rows.expected))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": rows.cluster}, tol=1e-15, maxiter=200)
    low, high = np.exp(fit.conf_int().iloc[0])
    sums = rows.groupby("cluster")[["observed", "expected"]].sum()
    return {
        "clusters": sums.to_dict("records"),
        "ratio": math.exp(fit.params.iloc[0]),
        "ci95": [low, high],
        "logStandardError": fit.bse.iloc[0],
    }


def differences():
    out = []
    for clusters, size, drift in [(2, 4, 0.5), (6, 5, 0.3), (60, 3, 0.1), (200, 2, 0.0), (1, 6, 0.4), (12, 1, -0.9)]:
        rows = []
        for cluster in range(clusters):
            lean = rng.gauss(drift, 0.5)
            for _ in range(rng.randint(1, size)):
                rows.append((cluster, int(np.sign(round(rng.gauss(lean, 0.7))))))
        rows = pd.DataFrame(rows, columns=["cluster", "d"])
        groups = rows.groupby("cluster").d
        tallies = [{"units": len(d), "fixed": (d > 0).sum(), "broken": (d < 0).sum()} for _, d in groups]
        case = {"clusters": tallies, "difference": rows.d.mean(), "ci95": None, "standardError": None}
        if clusters > 1:
            fit = sm.OLS(rows.d.astype(float), np.ones(len(rows))).fit(
                cov_type="cluster", cov_kwds={"groups": rows.cluster}, use_t=False
            )
            low, high = fit.conf_int().iloc[0]
            case |= {"ci95": [max(-1, low), min(1, high)], "standardError": fit.bse.iloc[0]}
        out.append(case)
    return out


def mcnemars():
    cases = [(0, 0), (0, 1), (1, 1), (0, 10), (3, 12), (25, 17), (60, 60), (61, 60), (130, 90), (0, 1000), (480, 620)]
    out = [{"b": b, "c": c, "p": mcnemar([[0, b], [c, 0]], exact=True).pvalue if b + c else 1.0} for b, c in cases]
    big = [(49500, 50500), (498500, 501500), (495000, 505000), (490000, 510000), (499999, 500001)]
    return out + [{"b": b, "c": c, "p": mcnemar_exact(b, c)} for b, c in big]


def mcnemar_exact(b, c):
    """Whole numbers only, down to terms 1e-40 of the first."""
    n, j = b + c, min(b, c)
    term = math.comb(n, j)
    total, least = 0, term // 10**40
    while term > least and j >= 0:
        total += term
        term = term * j // (n - j + 1)
        j -= 1
    return min(1.0, float(Fraction(2 * total, 2**n)))


MASK = 0xFFFFFFFF


def xoshiro(seed):
    def mix(z):
        z &= MASK
        z = ((z ^ (z >> 16)) * 0x21F0AAAD) & MASK
        z = ((z ^ (z >> 15)) * 0x735A2D97) & MASK
        return z ^ (z >> 15)

    def rotate(x, bits):
        return ((x << bits) | (x >> (32 - bits))) & MASK

    s = [mix(seed + i * 0x9E3779B9) for i in (1, 2, 3, 4)]
    while True:
        yield (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)


def bootstraps():
    out = []
    for size, replicates, seed in [(7, 999, 0), (30, 500, 7), (120, 200, MASK)]:
        clusters = [{"sum": rng.randint(-n, n), "n": n} for n in (rng.randint(1, 6) for _ in range(size))]
        sums, ns = (np.array([c[key] for c in clusters]) for key in ("sum", "n"))
        draw = xoshiro(seed)
        means = []
        for _ in range(replicates):
            picked = [next(draw) * size // 2**32 for _ in range(size)]
            means.append(sums[picked].sum() / ns[picked].sum())
        ci = np.quantile(means, [0.025, 0.975])
        out.append({"clusters": clusters, "replicates": replicates, "seed": seed, "difference": sums.sum() / ns.sum(), "ci95": ci})
    return {"cases": out, "draws": {"seed": 42, "values": list(itertools.islice(xoshiro(42), 8))}}


def holms():
    families = [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.9], [0.0, 1.0, 0.02, 0.02], [rng.random() ** 3 for _ in range(20)]]
    return [{"p": family, "adjusted": multipletests(family, method="holm")[1]} for family in families]


# --- mirror or rotation --------------------------------------------------------------------------------------------


def mirrors():
    out = []
    for mo, me, ro, re in [(30, 12.5, 10, 25.0), (5, 5.0, 5, 5.0), (0, 3.2, 4, 1.1), (120, 110.4, 100, 109.6), (0, 2.0, 0, 1.0)]:
        p = stats.binomtest(mo, mo + ro, me / (me + re)).pvalue if mo + ro else None
        out.append({"mirror": {"observed": mo, "expected": me}, "rotation": {"observed": ro, "expected": re}, "p": p})
    return out


if __name__ == "__main__":
    reference = {
        "distributions": distributions(),
        "wilson": wilson(),
        "chance": chance(),
        "rates": rates(),
        "yesNo": yes_no(),
        "passAtK": pass_at_k(),
        "ratios": ratios(),
        "differences": differences(),
        "mcnemar": mcnemars(),
        "bootstrap": bootstraps(),
        "holm": holms(),
        "calibration": rowMetrics.calibrations(rng),
        "pairs": rowMetrics.pair_sets(rng),
        "completionBias": rowMetrics.completion(rng),
        "mirrorOrRotation": mirrors(),
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(plain(reference), allow_nan=False) + "\n")
