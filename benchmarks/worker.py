"""One peer in a process of its own: it trains when told to, and says how long that took.

    python -m benchmarks.worker PEER WORKLOAD

The workload comes as JSON. Answers are lines of JSON on standard output. After every turn it waits
for a line: ``go`` for another turn, ``error`` for the reconstruction error so far, anything else
to stop.
"""

import json
import sys
import time

BEGUN = time.perf_counter()

import contextlib  # noqa: E402
import resource  # noqa: E402
from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402
from benchmarks.peers import PEERS, Stop  # noqa: E402
from benchmarks.workloads import Workload  # noqa: E402


class Turns:
    """What a peer calls after every turn: reports it, and waits for the word to go on.

    Parameters
    ----------
    x : (n, D)
        Examples to measure the error on.
    """

    def __init__(self, x: np.ndarray):
        self.x = x
        self.count = 0
        self.since = time.perf_counter()

    def __call__(self, reconstruct: Callable[[np.ndarray], np.ndarray]) -> None:
        """Report a turn; return when the next one is wanted, else raise `Stop`."""
        seconds = time.perf_counter() - self.since
        self.count += 1
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(seconds=seconds, peak_mb=peak)
        while (word := sys.stdin.readline().strip()) == "error":
            gap = np.asarray(reconstruct(self.x)).reshape(self.x.shape) - self.x
            say(error=float(np.mean(gap**2)), turns=self.count)
        if word != "go":
            raise Stop
        self.since = time.perf_counter()


def say(**facts: float) -> None:
    """Write one answer."""
    print(json.dumps(facts), file=OUT, flush=True)


OUT = sys.stdout


def main() -> None:
    """Train the peer that the command line names."""
    sys.stdout = sys.stderr  # some peers talk
    peer, workload = PEERS[sys.argv[1]], Workload.from_json(sys.argv[2])
    x, judged = workload.load(), workload.load_judged()
    train = peer()
    say(importing=time.perf_counter() - BEGUN)
    with contextlib.suppress(Stop):
        train(workload, x, Turns(judged))


if __name__ == "__main__":
    main()
