"""Programs that take turns: each in its own process, only one of them running at a time."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.workloads import Workload


class PeerFailed(Exception):  # noqa: N818
    """The peer's process ended; the message is its last line."""


@dataclass
class Timing:
    """What one peer took.

    Parameters
    ----------
    importing, first
        Seconds: imports and data; building, compiling and the first turn.
    turns
        Seconds of each turn after the first.
    error
        Mean squared error after the last turn.
    peak_mb
        Greatest resident memory, MiB.
    """

    importing: float
    first: float
    turns: list[float] = field(default_factory=list)
    error: float = float("nan")
    peak_mb: float = float("nan")


class Peer:
    """A worker process, paused between turns."""

    def __init__(self, name: str, workload: Workload):
        command = [sys.executable, "-m", "benchmarks.worker", name, workload.to_json()]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.timing = Timing(self._hear()["importing"], self._hear()["seconds"])

    def turn(self) -> None:
        """Let it run one turn."""
        answer = self._ask("go")
        self.timing.turns.append(answer["seconds"])
        self.timing.peak_mb = answer["peak_mb"]

    def measure(self) -> None:
        """Ask for its error."""
        self.timing.error = self._ask("error")["error"]

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def _ask(self, word: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            said = self.process.communicate()[1].strip().splitlines()
            raise PeerFailed(said[-1] if said else "it ended without a word")
        return json.loads(line)


def take_turns(
    peers: Sequence[str], workload: Workload, repetitions: int
) -> dict[str, Timing | PeerFailed]:
    """Run every peer ``repetitions`` times after its first turn, in turn; return its timing."""
    running: dict[str, Peer] = {}
    results: dict[str, Timing | PeerFailed] = {}
    try:
        for name in peers:
            try:
                running[name] = Peer(name, workload)
                results[name] = running[name].timing
            except PeerFailed as failure:
                results[name] = failure
        for _ in range(repetitions):
            for peer in running.values():
                peer.turn()
        for peer in running.values():
            peer.measure()
    finally:
        for peer in running.values():
            peer.end()
    return results
