"""The line protocol of Flipside's `process` models (docs/process-protocol.md). Only the standard library is needed.

A program makes an object with a method for each method of the protocol that it knows, and hands it to `serve`.
"""

import json
import os
import queue
import sys
import threading
import traceback

PROTOCOL = 1
METHODS = ("probe", "score", "generate", "gradient", "attention", "detect")


class Failure(Exception):
    """What a person should read: what happened, and what to do. `kind` is one of the protocol's."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class Cancelled(Exception):
    """Nobody waits for the answer any longer."""


class Cancellation:
    """Whether a request is still waited for; asked between steps of long work."""

    def __init__(self, request, cancelled):
        self._request = request
        self._cancelled = cancelled

    def __bool__(self):
        return self._request in self._cancelled

    def check(self):
        if self:
            raise Cancelled()


def serve(model):
    """Answers requests until the input ends. `model.probe(params, cancellation)` and the like return results, or raise Failure."""
    out = _own_output()
    requests, cancelled = queue.Queue(), set()
    threading.Thread(target=_read, args=(requests, cancelled), daemon=True).start()
    while True:
        message = requests.get()
        if message is None:
            return
        answer = {"id": message.get("id"), **_answered(model, message, cancelled)}
        try:
            line = json.dumps(answer, allow_nan=False)
        except ValueError:
            line = json.dumps({"id": answer["id"], "error": _error("failed", "the answer holds numbers that are none (NaN)")})
        out.write(line + "\n")
        out.flush()


def _own_output():
    """Standard output for the protocol alone: what libraries print goes to standard error from here on."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return out


def _read(requests, cancelled):
    for line in sys.stdin.buffer:
        try:
            message = json.loads(line)
        except ValueError:
            print("a line that is no JSON was left out: %r" % line[:200], file=sys.stderr)
            continue
        if message.get("method") == "cancel":
            cancelled.add(message.get("params", {}).get("id"))
        else:
            requests.put(message)
    requests.put(None)


def _answered(model, message, cancelled):
    request, method = message.get("id"), message.get("method", "")
    if request in cancelled:
        return {"error": _error("failed", "cancelled")}
    handler = getattr(model, method, None) if method in METHODS else None
    if handler is None:
        return {"error": _error("unsupported", "this model has no method “%s”" % method)}
    try:
        return {"result": handler(message.get("params", {}), Cancellation(request, cancelled))}
    except Cancelled:
        return {"error": _error("failed", "cancelled")}
    except Failure as failure:
        return {"error": _error(failure.kind, str(failure))}
    except MemoryError:
        return {"error": _error("outOfMemory", "the machine has no memory left")}
    except Exception as error:  # The program goes on: another question may be answered.
        if "out of memory" in str(error).lower():
            model.forget_memory()
            return {"error": _error("outOfMemory", str(error).split("\n")[0][:300])}
        traceback.print_exc(file=sys.stderr)
        return {"error": _error("failed", "%s: %s" % (type(error).__name__, str(error)[:300]))}


def _error(kind, message):
    return {"kind": kind, "message": message}
