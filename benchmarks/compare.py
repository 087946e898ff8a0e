"""isthmus beside its peers: seconds an epoch, as ratios, in one run.

    pip install -r benchmarks/requirements.txt
    python -m benchmarks.compare [WORKLOAD ...] [--peers NAME,...] [--turns 15]

Every peer is a process of its own; they train in turn, an epoch each, so that a machine that is
now fast, now slow is so for all of them. The table gives the ratio of the least times and the
median of the ratios of turns side by side, with its quartiles; imports and first turns, with
compilation, stand apart: together they are a cold start. A peer whose error after the same number
of epochs is not isthmus's within a fifth has not done the same work, and is marked.
"""

import argparse
import sys

import numpy as np
from benchmarks.peers import PEERS
from benchmarks.turns import PeerFailed, Timing, take_turns
from benchmarks.workloads import WORKLOADS, Workload

TOLERANCE = 0.2
NEGLIGIBLE = 1e-3
"""Errors that differ by a larger share, of these at least, are not of the same training."""

HEADER = (
    "| workload | peer | ms an epoch (least) | isthmus over peer, minima | median of pairs "
    "(quartiles) | imports, s | first turn, s | error | peak MiB |\n" + "| --- " * 9 + "|"
)


def row(workload: Workload, name: str, ours: Timing, peer: Timing) -> str:
    """Return a line of the table."""
    least = 1000 * min(peer.turns) / workload.epochs_a_turn
    pairs = np.array(ours.turns) / np.array(peer.turns)
    low, middle, high = np.quantile(pairs, (0.25, 0.5, 0.75))
    same = abs(peer.error - ours.error) <= TOLERANCE * max(ours.error, NEGLIGIBLE)
    return (
        f"| {workload.name} | {name} | {least:.4g} | {min(ours.turns) / min(peer.turns):.3f} | "
        f"{middle:.3f} ({low:.3f} to {high:.3f}) | {peer.importing:.2f} | {peer.first:.2f} | "
        f"{peer.error:.5f}{'' if same else ' (differs)'} | {peer.peak_mb:.0f} |"
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", choices=[[], *WORKLOADS], metavar="WORKLOAD")
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    peers = [name for name in options.peers.split(",") if name != "isthmus"]
    print(HEADER)
    for workload in (WORKLOADS[name] for name in options.workloads or WORKLOADS):
        results = take_turns(["isthmus", *peers], workload, options.turns)
        ours = results["isthmus"]
        if isinstance(ours, PeerFailed):
            raise ours
        for name, result in results.items():
            if isinstance(result, PeerFailed):
                print(f"{workload.name}: {name}: {result}", file=sys.stderr)
            else:
                print(row(workload, name, ours, result))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
