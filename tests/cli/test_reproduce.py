import json
import os
from pathlib import Path

import pytest

from isthmus import studies

HAS_DATA = all(
    (Path(os.environ.get("ISTHMUS_DATA", "")) / name).is_dir() for name in ("mnist", "nist-letters")
)
needs_data = pytest.mark.skipif(not HAS_DATA, reason="ISTHMUS_DATA has no mnist and nist-letters")


def test_the_list_names_every_study_with_its_needs(isthmus):
    answer = isthmus("reproduce", "--list")
    assert answer.code == 0
    assert all(name in answer.out for name in studies.names())


@needs_data
@pytest.mark.parametrize("name", ["fully-connected", "joint-classifier"])  # all: minutes each
def test_a_quick_run_does_the_whole_of_a_study(isthmus, name, tmp_path):
    from isthmus.studies.records import read_reported

    out = tmp_path / "out"
    answer = isthmus("reproduce", name, "--quick", "--out", out, "--quiet")
    assert answer.code == 0, answer.err
    assert "quick run" in answer.out
    records = json.loads((out / "records.json").read_text())
    measured = {(r["system"], r["setting"], r["metric"], r["split"]) for r in records}
    assert set(read_reported(name)) <= measured
    assert all(r["quick"] for r in records)
    assert json.loads((out / "claims.json").read_text())
    assert "quick run" in (out / "report.html").read_text()
    assert list((out / "figures").glob("*.png"))


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["reproduce"], "--list"),
        (["reproduce", "convolutional"], "--out"),
        (["reproduce", "convolution", "--out", "x"], "'convolutional'"),
        (["reproduce", "convolution"], "'convolutional'"),
    ],
)
def test_a_mistake_is_one_sentence(isthmus, argv, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = isthmus(*argv)
    assert answer.code == 2
    assert names in answer.err
    assert answer.err.startswith("isthmus: ")
    assert not list(tmp_path.iterdir())


def test_missing_data_are_told_before_anything_is_made(isthmus, tmp_path, monkeypatch):
    monkeypatch.setenv("ISTHMUS_DATA", str(tmp_path / "none"))
    monkeypatch.setattr("isthmus.data.catalogue._places", lambda: [tmp_path / "none"])
    monkeypatch.setattr("isthmus.data.downloads.fetch", _no_network)
    answer = isthmus("reproduce", "joint-classifier", "--quick", "--out", tmp_path / "out")
    assert answer.code == 2
    assert "nist-letters" in answer.err
    assert not (tmp_path / "out").exists()


def _no_network(*_, **__):
    from isthmus.errors import DataError

    raise DataError("no network")


@pytest.mark.parametrize("flags", [(), ("--force",)])
def test_a_folder_of_something_else_is_not_touched(isthmus, tmp_path, monkeypatch, flags):
    monkeypatch.setattr("isthmus.studies.workbench.open_first", lambda _: None)
    (tmp_path / "letter.txt").write_text("dear")
    answer = isthmus("reproduce", "convolutional", "--out", tmp_path, *flags)
    assert answer.code == 2
    assert "--out" in answer.err
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]
