"""isthmus's own history: the workloads by pytest-benchmark, kept and compared between commits.

pytest benchmarks/test_history.py --benchmark-autosave
pytest benchmarks/test_history.py --benchmark-compare
"""

import pytest
from benchmarks.turns import Peer
from benchmarks.workloads import WORKLOADS


@pytest.mark.parametrize("name", WORKLOADS)
def test_an_epoch(benchmark, name):
    """Time turns of a workload after the first, which compiles."""
    peer = Peer("isthmus", WORKLOADS[name])
    try:
        benchmark.pedantic(peer.turn, rounds=7)
    finally:
        peer.end()
