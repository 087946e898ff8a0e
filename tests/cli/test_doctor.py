"""`isthmus doctor` and `isthmus selftest`, through the command line's entry point."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_wine

from isthmus.cli import main


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def noise(here):
    rows = np.random.default_rng(0).normal(size=(60, 5))
    np.save(here / "noise.npy", np.repeat(rows, 4, axis=0))
    return "noise.npy"


@pytest.fixture
def wine(here):
    X, y = load_wine(return_X_y=True)
    header = ",".join([*(f"x{j}" for j in range(13)), "kind"])
    np.savetxt(here / "wine.csv", np.column_stack([X, y]), "%g", ",", header=header, comments="")
    return "wine.csv"


def test_findings_are_printed_and_exit_with_zero(noise, capsys):
    assert main(["doctor", noise]) == 0
    assert "stop: 100.0% of 240 rows occur more than once." in capsys.readouterr().out


def test_strict_exits_with_three(noise, wine):
    assert main(["doctor", noise, "--strict"]) == 3
    assert main(["doctor", wine, "--label", "kind", "--strict"]) == 0


def test_remedies_are_options(wine, capsys):
    main(["doctor", wine, "--label", "kind", "--scaling", "none"])
    out = capsys.readouterr().out
    assert "[dominant-columns]" in out
    assert "--scaling auto" in out


def test_findings_are_records_in_json(wine, capsys):
    main(["doctor", wine, "--label", "kind", "--batch-size", "1000", "--json"])
    found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["batch-size"]["severity"] == "look"
    assert found["batch-size"]["evidence"] == {"batch_size": 1000, "examples": 178}


def test_a_run_is_looked_at_and_new_data_compared(here, wine, capsys):
    fit = ["fit", wine, "--label", "kind", "--epochs", "3", "--hidden", "8", "--out", "run", "-q"]
    assert main(fit) == 0
    metrics = json.loads((here / "run" / "metrics.json").read_text())
    assert {"check", "severity", "sentence", "remedy", "evidence"} == metrics["findings"][0].keys()
    assert "Findings" in (here / "run" / "report.html").read_text()
    capsys.readouterr()
    assert main(["doctor", "run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == metrics["findings"]
    X, _ = load_wine(return_X_y=True)
    header = ",".join(f"x{j}" for j in range(13))
    np.savetxt(here / "new.csv", 3 * X, "%g", ",", header=header, comments="")
    assert main(["doctor", "run", "new.csv"]) == 0
    out = capsys.readouterr().out
    assert "[parts-differ]" in out
    assert "[harder-examples]" in out


def test_new_data_without_a_run_is_refused(wine, capsys):
    assert main(["doctor", wine, "other.csv"]) == 2
    assert "is no run" in capsys.readouterr().err


def test_the_self_test_fails_where_an_identity_does(monkeypatch, capsys):
    from isthmus import selftest

    def half():
        return 0.5

    broken = selftest.Identity("Nothing.", half, 0.4)
    monkeypatch.setattr(selftest, "IDENTITIES", (selftest.IDENTITIES[0], broken))
    assert main(["selftest"]) == 1
    out = capsys.readouterr().out
    assert "1 of 2 identities hold." in out
    assert "FAILS  Nothing." in out


def test_a_table_with_text_is_looked_at_as_it_is_encoded(here, capsys):
    rng = np.random.default_rng(0)
    kinds = rng.choice(["cat", "dog", "horse"], 90)
    weights = rng.normal(np.where(kinds == "cat", 4, 40), 1).round(1)
    lines = [f"{kind},{w:.1f},{2 * w + 1:.1f}" for kind, w in zip(kinds, weights, strict=True)]
    (here / "pets.csv").write_text("kind,weight,double\n" + "\n".join(lines) + "\n")
    assert main(["doctor", "pets.csv"]) == 0
    out = capsys.readouterr().out
    assert '"double"' in out
    assert "[duplicate-columns]" in out
    assert "[one-hot-columns]" not in out  # a category is modelled as one
    fit = ["fit", "pets.csv", "--epochs", "2", "--hidden", "4", "--out", "pets", "-q"]
    assert main(fit) == 0
    written = json.loads((here / "pets" / "metrics.json").read_text())["findings"]
    capsys.readouterr()
    assert main(["doctor", "pets", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == written
    assert main(["doctor", "pets", "pets.csv"]) == 0
    assert "[repeated-rows]" in capsys.readouterr().out
