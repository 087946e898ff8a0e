"""Other people's software on top of isthmus: the tests of ``tests/clients``."""

from typing import Any

import pytest
from benchmarks.battery.tally import Tally


class _Outcomes:
    """What pytest reports of each test, counted; one that is skipped is printed, not counted."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Count a test that ran, or failed before it did."""
        if report.skipped:
            print(f"clients: {report.nodeid} skipped: {report.longrepr[2]}", flush=True)
        elif report.when == "call" or report.failed:
            name = report.nodeid.rpartition("::")[2]
            self.tally.add(
                "clients", f"{name}: {report.longreprtext[-300:]!r}" if report.failed else None
            )

    def pytest_collectreport(self, report: Any) -> None:
        """Print the files that cannot run here, because their library is not installed."""
        if report.skipped:
            print(f"clients: {report.nodeid} skipped: {report.longrepr[2]}", flush=True)


def run(count: int | None, kind: str | None, seed: int) -> Tally:
    """Run the tests of clients, or of the one that ``kind`` names."""
    del count, seed
    tally = Tally()
    chosen = "tests/clients" if kind is None else f"tests/clients/test_{kind}.py"
    pytest.main(["-q", "--no-header", "--no-summary", chosen], plugins=[_Outcomes(tally)])
    return tally
