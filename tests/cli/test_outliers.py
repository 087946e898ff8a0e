"""`isthmus outliers`, through the real entry point."""

import csv
import json

import numpy as np
import pytest


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Return CSV files: usual rows with labels, and new rows of which the last is odd."""
    folder = tmp_path_factory.mktemp("outliers")
    rng = np.random.default_rng(0)

    def write(name, x, last_name, last):
        lines = [",".join(["height", "width", "depth", last_name])]
        lines += [
            ",".join([*(f"{v:.5f}" for v in row), str(w)]) for row, w in zip(x, last, strict=True)
        ]
        (folder / name).write_text("\n".join(lines) + "\n")
        return folder / name

    def draw(n):
        t = rng.normal(size=n)
        return np.stack([t, 2 * t, -t], axis=1) + 0.1 * rng.normal(size=(n, 3))

    x = draw(300)
    x[:6, 1] += 5
    old = write("old.csv", x, "sick", ["yes"] * 6 + ["no"] * 294)
    new = draw(50)
    new[-1] = [0.0, 9.0, 0.0]
    return old, write("new.csv", new, "name", [f"n{i}" for i in range(50)])


@pytest.fixture(scope="module")
def run(tables, tmp_path_factory):
    from isthmus.cli import main

    folder = tmp_path_factory.mktemp("runs") / "odd"
    argv = ["outliers", tables[0], "--label", "sick", "--out", folder, "--top", "6", "--quiet"]
    assert main([str(one) for one in argv]) == 0
    return folder


def test_a_fit_leaves_a_report_and_a_detector(run):
    page = (run / "report.html").read_text()
    assert '<section id="outliers">' in page
    assert "isolation forest" in page
    facts = json.loads((run / "metrics.json").read_text())["outliers"]
    assert facts["comparison"]["isthmus"]["auc"] > 0.95
    assert (run / "detector" / "detector.safetensors").exists()
    assert (run / "figures" / "outlier_scores.png").exists()


def test_new_data_are_scored_with_reasons(isthmus, run, tables, tmp_path):
    out = tmp_path / "flagged.csv"
    answer = isthmus("outliers", run, tables[1], "--id", "name", "--top", "3", "--out", out)
    assert answer.code == 0
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    first = rows[0]
    assert (first["name"], first["row"], first["feature1"]) == ("n49", "49", "width")
    assert float(first["found1"]) == pytest.approx(9.0, abs=1e-3)
    assert float(first["p_value"]) < 0.05


def test_a_column_that_names_the_rows_is_scored_all_the_same(isthmus, run, tables):
    plain = json.loads(isthmus("outliers", run, tables[1], "--label", "name", "--json", "-q").out)
    answer = isthmus("outliers", run, tables[1], "--label", "name", "--id", "width", "--json", "-q")
    named = json.loads(answer.out)
    assert named["drift"] == plain["drift"]
    ids = [one.pop("id") for one in named["outliers"]]
    assert ids[0] == pytest.approx(9)
    assert named["outliers"] == plain["outliers"]


def test_selection_lists_outliers_alone_as_json(isthmus, run, tables):
    answer = isthmus("outliers", run, tables[1], "--id", "name", "--fdr", "0.3", "--json", "-q")
    assert answer.code == 0
    facts = json.loads(answer.out)
    assert facts["examples"] == 50
    assert facts["outliers"][0]["id"] == "n49"
    assert 0 < len(facts["outliers"]) < 20
    assert 0 <= facts["drift"]["p_value"] <= 1


def test_a_fitted_autoencoder_is_used(isthmus, table, table_run, tmp_path):
    out = tmp_path / "run"
    given = ("outliers", table, "--label", "species", "--model", table_run, "--out", out)
    assert isthmus(*given, "--json", "-q").code == 0
    assert (out / "detector" / "autoencoder-0.safetensors").exists()


def test_the_run_of_a_table_with_text_is_of_its_columns(isthmus, tmp_path):
    rng = np.random.default_rng(0)
    kinds = rng.choice(["cat", "dog"], 60)
    weights = np.where(kinds == "cat", 4, 20) * np.exp(0.1 * rng.normal(size=60))
    lines = [f"{kind},{weight:.2f}" for kind, weight in zip(kinds, weights, strict=True)]
    table, out = tmp_path / "pets.csv", tmp_path / "run"
    table.write_text("kind,weight\n" + "\n".join(lines) + "\n")
    assert isthmus("outliers", table, "--out", out, "-q").code == 0
    metrics = json.loads((out / "metrics.json").read_text())
    assert [column["column"] for column in metrics["table"]["columns"]] == ["kind", "weight"]
    codes = tmp_path / "codes.csv"
    assert isthmus("encode", out, table, "--out", codes, "-q").code == 0
    assert len(codes.read_text().splitlines()) == 61


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["{old}", "--label", "sick"], "--out is missing"),
        (["{old}", "--label", "sick", "--out", "{tmp}/r", "--fdr", "0.1"], "--fdr is for new data"),
        (["{tmp}", "{new}", "--id", "name"], "holds no outlier detector"),
        (["{run}", "{new}", "--id", "name", "--out", "{tmp}/x.npy"], "must end in .csv"),
        (["{old}", "--label", "sick", "--out", "{tmp}/r", "--scoring", "knn"], "no score called"),
        (["{old}", "--label", "sick", "--out", "{tmp}/r", "--contamination", "x"], "auto or a num"),
    ],
)
def test_mistakes_end_in_a_sentence(isthmus, argv, words, run, tables, tmp_path):
    places = {"old": tables[0], "new": tables[1], "run": run, "tmp": tmp_path}
    answer = isthmus("outliers", *(one.format(**places) for one in argv), "-q")
    assert answer.code == 2
    assert words in answer.err
    assert "Traceback" not in answer.err
