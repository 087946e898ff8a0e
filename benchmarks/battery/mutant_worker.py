"""The process in which mutants are tried."""

import io
import json
import signal
import sys
import traceback
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from benchmarks.battery.mutants import LINE
from benchmarks.battery.trials import TRIALS

from isthmus.errors import IsthmusError

SECONDS = 10
"""Of processor time for one mutant; beyond, the system ends the process."""

MEMORY = 2**30
"""Bytes that one mutant may take."""


def main() -> None:
    """Try mutants ``first`` to ``last`` of a kind; print a line for each."""
    kind, seed, first, last, folder = sys.argv[1:]
    warnings.simplefilter("ignore")
    # One word's output is the sentence of a warning, and of no interest here.
    out, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO()
    trial = TRIALS[kind](Path(folder))
    for number in range(int(first), int(last)):
        random = np.random.default_rng([int(seed), number])
        before = _reset_peak()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            fault = trial(random)
        except IsthmusError as error:
            fault = None if "\n" not in str(error) else f"several lines: {error}"
        except Exception as error:
            fault = _told(error)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.seek(sys.stdout.truncate(0))
        taken = _peak() - before
        if taken > MEMORY:
            fault = f"took {taken / 2**30:.1f} GiB; {fault}"
        out.write(LINE + json.dumps([number, fault]) + "\n")
        out.flush()


def _told(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "isthmus" in Path(frame.filename).parts] or frames
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
    return f"{type(error).__name__} at {place}: {str(error)[:200]!r}"


def _reset_peak() -> int:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
