"""Tables of any kinds of columns through the command line, with nothing set but speed."""

import json

import numpy as np
import pyarrow.csv
import pytest

SPEED = ("--epochs", "1", "--hidden", "4", "--quiet")


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """A CSV with an identifier, text, blanks, a decimal comma, dates and a label."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("pets") / "pets.csv"
    lines = ["tag;weight;coat;born;kind"]
    for i in range(80):
        weight = "" if i % 9 == 0 else f"{rng.normal(8, 2):.1f}".replace(".", ",")
        coat = rng.choice(["black", "white", "grey"])
        lines.append(
            f"t-{i:03};{weight};{coat};2020-01-{1 + i % 28:02};{'cat' if i % 3 else 'dog'}"
        )
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def run(pets, tmp_path_factory):
    from isthmus.cli import main

    folder = tmp_path_factory.mktemp("runs") / "pets"
    assert main(["fit", str(pets), "--label", "kind", "--out", str(folder), *SPEED]) == 0
    return folder


def test_data_info_shows_the_columns(isthmus, pets):
    facts = isthmus("data", "info", pets, "--json").json
    kinds = {row["column"]: row["kind"] for row in facts["columns"]}
    assert kinds == {
        "tag": "identifier", "weight": "number", "coat": "category", "born": "date",
        "kind": "binary",
    }  # fmt: skip
    assert "semicolons; decimal comma" in facts["notes"][0]
    shown = isthmus("data", "info", pets, "--kind", "coat=text")
    assert "words that hardly repeat" in shown.out


def test_a_fit_compares_column_by_column(run):
    metrics = json.loads((run / "metrics.json").read_text())
    columns = metrics["table"]["columns"]
    assert [c["column"] for c in columns] == ["weight", "coat", "born"]
    assert {"autoencoder", "pca", "constant"} <= columns[0].keys()
    assert "Columns of the table" in (run / "report.html").read_text()


def test_rows_are_generated_and_can_be_fitted(isthmus, run, tmp_path):
    out = tmp_path / "more.csv"
    assert isthmus("generate", run, "-n", 60, "--out", out).code == 0
    semicolons = pyarrow.csv.ParseOptions(delimiter=";")  # and a decimal comma, as the fit's table
    commas = pyarrow.csv.ConvertOptions(decimal_point=",")
    table = pyarrow.csv.read_csv(out, parse_options=semicolons, convert_options=commas)
    assert table.column_names == ["tag", "weight", "coat", "born"]
    assert table.schema.field("weight").type == pyarrow.float64()
    assert set(table["coat"].to_pylist()) <= {"black", "white", "grey"}
    assert isthmus("fit", out, "--out", tmp_path / "again", *SPEED).code == 0


def test_verbs_read_as_the_fit_did(isthmus, run, pets, tmp_path):
    out = tmp_path / "filled.parquet"
    answer = isthmus("impute", run, pets, "--out", out)
    assert answer.code == 0
    assert "ignored" not in answer.err  # the label of the fit is no superfluous column
    import pyarrow.parquet

    filled = pyarrow.parquet.read_table(out)
    assert filled["weight"].null_count == 0
    assert filled.column_names == ["tag", "weight", "coat", "born", "kind"]
    codes = tmp_path / "codes.csv"
    assert isthmus("encode", run, pets, "--keep", "tag,kind", "--out", codes).code == 0
    names = pyarrow.csv.read_csv(codes).column_names
    assert names == ["tag", "kind", "autoencoder0", "autoencoder1"]
    assert isthmus("evaluate", run).code == 0
    assert isthmus("reconstruct", run, pets).code == 0


def test_mistakes_speak_of_options(isthmus, pets, run, tmp_path):
    answer = isthmus("fit", pets, "--kind", "coat=categry", "--out", tmp_path / "x", *SPEED)
    assert answer.code == 2
    assert "did you mean 'category'" in answer.err
    answer = isthmus("generate", run, "--out", tmp_path / "a.npy")
    assert "end it in .csv or .parquet" in answer.err


def test_a_model_of_numbers_takes_a_table_with_other_columns(isthmus, tmp_path):
    numbers, more = tmp_path / "numbers.csv", tmp_path / "more.csv"
    numbers.write_text("a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(30)))
    more.write_text("name,b,a,nothing\nx,2,3,\ny,5,4,\n")
    run = tmp_path / "run"
    isthmus("fit", numbers, "--out", run, "--epochs", 1, "--latent-dim", 1, "--quiet")
    isthmus("encode", run, more, "--out", tmp_path / "codes.csv")
    assert len((tmp_path / "codes.csv").read_text().splitlines()) == 3
    (tmp_path / "text.csv").write_text("a,b\nx,2\ny,5\n")
    answer = isthmus("encode", run, tmp_path / "text.csv")
    assert answer.code == 2
    assert 'Column "a" of text.csv holds string, and numbers are expected' in answer.err


def test_a_column_of_nothing_is_left_out_and_said(isthmus, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("a,b,nothing\n" + "".join(f"{i % 9},{i % 7},\n" for i in range(30)))
    answer = isthmus("fit", table, "--out", tmp_path / "run", "--epochs", 1, "-d", 1)
    assert answer.code == 0
    assert "left out: nothing (constant)" in answer.out
