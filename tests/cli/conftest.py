import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from isthmus.cli import main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Isthmus = Callable[..., Answer]


@pytest.fixture
def isthmus(capsys: pytest.CaptureFixture[str]) -> Isthmus:
    """The command line: arguments in; exit code, stdout and stderr out."""

    def call(*argv: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in argv])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def digits_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run on the bundled digits."""
    run = tmp_path_factory.mktemp("runs") / "digits"
    argv = ["fit", "digits", "--out", str(run), "--latent-dim", "2", "--hidden", "16"]
    assert main([*argv, "--epochs", "2", "--quiet", "--json"]) == 0
    return run


@pytest.fixture
def training() -> Callable[[Path], "subprocess.Popen[str]"]:
    """From a run's folder to a process that trains it, without an end of its own."""

    def start(run: Path) -> "subprocess.Popen[str]":
        argv = ["fit", "digits", "--out", str(run), "--latent-dim", "2", "--hidden", "16"]
        process = subprocess.Popen(
            [sys.executable, "-m", "isthmus", *argv, "--epochs", "100000", "--patience", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if line.startswith("scaling "):  # printed once training runs
                return process
        pytest.fail(process.stderr.read())

    return start


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of three numeric columns on a line, and a column of text labels."""
    import numpy as np

    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("tables") / "plants.csv"
    lines = ["height,width,depth,species"]
    for i in range(60):
        t, noise = rng.normal(), rng.normal(size=3) / 10
        a, b, c = t + noise[0], 2 * t + noise[1], noise[2] - t
        lines.append(f"{a:.4f},{b:.4f},{c:.4f},{'oak' if i % 2 else 'elm'}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def table_run(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run on the table, its labels left out of the input."""
    run = tmp_path_factory.mktemp("runs") / "plants"
    argv = ["fit", str(table), "--label", "species", "--out", str(run), "--latent-dim", "1"]
    assert main([*argv, "--hidden", "8", "--epochs", "2", "--quiet", "--json"]) == 0
    return run
