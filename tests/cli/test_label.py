"""`isthmus fit --labelled`, empty cells of the label column, and `isthmus label`."""

import csv
import json

import pytest

QUICK = ("--classifier", "--hidden", 16, "--epochs", 2, "--quiet")


@pytest.fixture(scope="module")
def partly(tmp_path_factory):
    """A table of 60 plants, of which 20 have a species."""
    path = tmp_path_factory.mktemp("partly") / "plants.csv"
    rows = [(f"p{i}", i % 7, (i % 2) * 3 + i % 5, ("oak", "elm")[i % 2]) for i in range(60)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "height", "width", "species"])
        writer.writerows((*row[:3], row[3] if i < 20 else "") for i, row in enumerate(rows))
    return path


def test_a_fit_keeps_so_many_labels_and_asks_for_more(isthmus, tmp_path):
    run, out, sheet = tmp_path / "run", tmp_path / "ask.csv", tmp_path / "ask.png"
    answer = isthmus("fit", "digits", "--labelled", 40, "--out", run, *QUICK)
    assert answer.code == 0, answer.err
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["labels"]["train"]["labelled"] == 40
    assert metrics["labels"]["validation"]["labelled"] == 0
    assert metrics["few_labels"]["curve"][-1]["labels"] == 40
    assert 0 <= metrics["calibration"]["error"] <= 1
    asked = isthmus("label", run, "--ask", 5, "--out", out, "--pictures", sheet, "--json")
    assert asked.code == 0, asked.err
    rows = [one["row"] for one in asked.json["ask"]]
    assert len({*rows}) == 5
    assert [int(row["row"]) for row in csv.DictReader(out.read_text().splitlines())] == rows
    assert sheet.read_bytes().startswith(b"\x89PNG")
    too_many = isthmus("label", run, "--ask", 5000)
    assert too_many.code == 2
    assert "is more than the" in too_many.err


def test_empty_cells_are_no_labels_and_names_are_kept(isthmus, partly, tmp_path):
    run = tmp_path / "run"
    answer = isthmus("fit", partly, "--label", "species", "--drop", "name", "--out", run, *QUICK)
    assert answer.code == 0, answer.err
    asked = isthmus("label", run, "--source", partly, "--label", "species", "--drop", "name",
                    "--id", "name", "--ask", 3, "--json")  # fmt: skip
    assert asked.code == 0, asked.err
    assert all(one["row"] >= 20 and one["name"] == f"p{one['row']}" for one in asked.json["ask"])
    formulas, out = tmp_path / "formulas.csv", tmp_path / "ask.csv"
    formulas.write_text(partly.read_text().replace("\np", "\n=p"))
    asked = isthmus("label", run, "--source", formulas, "--label", "species", "--drop", "name",
                    "--id", "name", "--ask", 3, "--out", out)  # fmt: skip
    assert asked.code == 0, asked.err
    names = [row["name"] for row in csv.DictReader(out.read_text().splitlines())]
    assert all(name.startswith("'=p") for name in names)  # which no spreadsheet runs
    wrong = isthmus("label", run, "--pictures", "x.csv")
    assert (wrong.code, "--pictures 'x.csv' must end in .png" in wrong.err) == (2, True)


def test_a_model_without_a_classifier_cannot_ask(isthmus, digits_run):
    answer = isthmus("label", digits_run)
    assert answer.code == 2
    assert "fit one with --classifier" in answer.err
