"""Files with random changes: read, they end in a sentence, or in something that works.

A worker process tries them one after another. One that takes more than ten seconds of processor
time kills the worker, and the next worker goes on behind it.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.battery.tally import Tally

COUNTS = {"model": 300, "data": 300, "run": 60}
"""Cases of each kind unless another number is asked for. The bar: 10,000, 10,000 and 2,000."""

LINE = "result "


def run(count: int | None, kind: str | None, seed: int) -> Tally:
    """Try mutants of one kind, or of all; ``count`` is that of each kind."""
    tally = Tally()
    for name in COUNTS if kind is None else (kind,):
        with TemporaryDirectory() as folder:
            for number, fault in outcomes(name, count or COUNTS[name], seed, Path(folder)):
                tally.add(name, None if fault is None else f"mutant {number}: {fault}")
    return tally


def outcomes(kind: str, count: int, seed: int, folder: Path) -> Iterator[tuple[int, str | None]]:
    """Yield (number, None or what did not hold) of every mutant."""
    done = 0
    while done < count:
        arguments = [kind, str(seed), str(done), str(count), str(folder)]
        command = [sys.executable, "-m", "benchmarks.battery.mutant_worker", *arguments]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as worker:
            assert worker.stdout is not None
            told = []
            for line in worker.stdout:
                if line.startswith(LINE):
                    number, fault = json.loads(line.removeprefix(LINE))
                    done = number + 1
                    yield number, fault
                else:
                    told.append(line.rstrip())
        if done < count:
            last = told[-1] if told else "without a word"
            yield done, f"the process ended by {worker.returncode} ({last})"
            done += 1


Trial = Callable[[int], None]
"""Tries the mutant of a number; raises what a user would see."""
