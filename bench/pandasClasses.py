"""What a researcher would write instead: python3 pandasClasses.py PREDICTIONS.jsonl prints the classes of errors as JSON.

Reads the rows of bench/rows.ts with pandas and classifies each wrong answer by the axes on which it is reversed, as the lens
`axes` does. Nothing is kept for later questions, and only this one layout is understood.
"""
import json
import sys

import pandas

AXES = {
    "left": (-1, 0), "right": (1, 0), "front": (0, 1), "back": (0, -1),
    "front-left": (-1, 1), "front-right": (1, 1), "back-left": (-1, -1), "back-right": (1, -1),
}


def class_of(gold: str, predicted: str) -> str:
    pairs = list(zip(AXES[gold], AXES[predicted]))
    if AXES[gold] == AXES[predicted]:
        return "same-direction"
    reversed_axes = [axis for axis, (one, other) in zip(("horizontal-flip", "depth-flip"), pairs) if one * other == -1]
    if len(reversed_axes) == 2:
        return "opposite"
    if reversed_axes:
        return reversed_axes[0]
    return "adjacent" if any(one != 0 and one == other for one, other in pairs) else "orthogonal"


rows = pandas.read_json(sys.argv[1], lines=True)
rows["gold"] = [options["ABCD".index(letter)] for options, letter in zip(rows["options"], rows["answer"])]
rows["predicted"] = [options["ABCD".index(letter)] for options, letter in zip(rows["options"], rows["prediction"])]
wrong = rows[rows["gold"] != rows["predicted"]]
classes = pandas.Series([class_of(gold, predicted) for gold, predicted in zip(wrong["gold"], wrong["predicted"])])
print(json.dumps({"rows": len(rows), "correct": len(rows) - len(wrong), "classes": classes.value_counts().to_dict()}))
