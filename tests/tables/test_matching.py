"""A later table against a schema."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from isthmus.errors import DataError
from isthmus.tables import infer
from isthmus.tables.matching import align, outside_range
from isthmus.tables.scores import column_scores

RNG = np.random.default_rng(0)
TABLE = pa.table(
    {
        "size": RNG.normal(10, 2, 300).round(2),
        "colour": RNG.choice(["red", "green", "blue"], 300),
        "ok": RNG.choice([True, False], 300),
    }
)
SCHEMA = infer(TABLE)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"colour": ["pink", "red"]}, r'"colour" has levels that the fit did not see \(pink\); 1'),
        ({"size": [1000.0, 1200.0]}, 'size" lie outside the range of the fit, .* the same unit'),
        ({"size": ["ten", "11"]}, '1 entry of column "size" does not read as numbers'),
        ({"more": [1, 2]}, 'column "more" was not fitted on: ignored'),
    ],
)
def test_what_differs_is_said_in_a_sentence(columns, sentence):
    table = pa.table(
        {"size": [10.0, 11.0], "colour": ["red", "blue"], "ok": [True, None]} | columns
    )
    _, notes = align(SCHEMA, table)
    assert len(notes) == 1
    assert pd.Series(notes).str.contains(sentence).all(), notes


def test_an_absent_column_counts_as_missing():
    aligned, notes = align(SCHEMA, pa.table({"size": [10.0], "color": ["red"]}))
    assert np.isnan(SCHEMA.encode(aligned)[0, 1:]).all()
    assert 'has no columns "colour", "ok", which count as missing' in notes[0]
    assert '"color" may be "colour": rename it' in notes[0]


def test_titles_that_differ_in_spelling_alone_are_taken():
    aligned, notes = align(SCHEMA, TABLE.rename_columns(["Size", "colour ", "ok"]))
    np.testing.assert_array_equal(SCHEMA.encode(aligned), SCHEMA.encode(TABLE))
    assert len(notes) == 2


def test_another_table_altogether_is_refused():
    with pytest.raises(DataError, match="none of the columns that the model was fitted on"):
        align(SCHEMA, pa.table({"price": [1.0]}))


def test_types_may_differ_where_entries_agree():
    frame = pd.DataFrame(
        {"size": ["10", "11.5"], "colour": pd.Categorical(["red", "blue"]), "ok": [1, 0]}
    )
    aligned, notes = align(SCHEMA, frame)
    plain = pa.table({"size": [10.0, 11.5], "colour": ["red", "blue"], "ok": [True, False]})
    assert notes == ()
    np.testing.assert_array_equal(SCHEMA.encode(aligned), SCHEMA.encode(plain))


def test_entries_outside_the_range_are_counted():
    table = pa.table({"size": [10.0, 99.0], "colour": ["red", "red"], "ok": [True, True]})
    assert outside_range(SCHEMA, SCHEMA.encode(table)) == {"size": 1}
    assert outside_range(SCHEMA, SCHEMA.encode(TABLE)) == {}


def test_a_constant_guess_scores_as_the_constant():
    rows = SCHEMA.encode(TABLE)
    guess = np.tile(
        np.r_[0.0, np.eye(3)[rows[:, 1:4].sum(0).argmax()], rows[:, 4].mean() > 0.5], (300, 1)
    )
    for score in column_scores(SCHEMA, rows, guess, rows):
        assert score.value == pytest.approx(score.constant, abs=1e-6)
        assert not score.better or score.value == pytest.approx(score.constant, abs=1e-6)
    majority = max(np.unique(TABLE["colour"].to_numpy(), return_counts=True)[1]) / 300
    assert column_scores(SCHEMA, rows, guess, rows)[1].constant == pytest.approx(majority)


def test_numbers_with_a_unit_are_read_from_text_and_from_numbers():
    schema = infer(pa.table({"share": ["10,5%", "20,25%", "40%"] * 9, "x": list(range(27))}))
    kind = schema.column("share").kind
    texts, floats = (pa.chunked_array([one]) for one in (["17,5%", "1,25"], [17.5, 1.25]))
    np.testing.assert_array_equal(kind.encode(texts), kind.encode(floats))
    notes = align(schema, pa.table({"share": ["1000%"] * 9, "x": list(range(9))})).notes
    assert any("lie outside the range of the fit" in note for note in notes)


DATED = pa.table(
    {
        "day": pa.array(pd.date_range("2023-01-01", periods=30).date),
        "when": pa.array(pd.date_range("2023-01-01", periods=30, freq="5h"), pa.timestamp("us")),
        "written": [f"2023-01-{i + 1:02}" for i in range(30)],
        "x": [float(i) for i in range(30)],
    }
)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%b %d, %Y", "%Y-%m-%d %H:%M:%S"])
def test_dates_of_the_fit_are_read_from_text(form):
    schema = infer(DATED)
    days = pd.date_range("2023-01-20", periods=9)
    dates, words = pa.array(days.date), pa.array(days.strftime(form))
    real, text = (
        align(schema, pa.table({"day": one, "when": one, "written": one, "x": np.arange(9.0)}))
        for one in (dates, words)
    )
    assert real.notes == text.notes == ()
    rows = schema.encode(real.table)
    np.testing.assert_array_equal(rows, schema.encode(text.table))
    assert not np.isnan(rows).any()
    filled = schema.fill(real.table, rows)
    assert filled.schema.equals(DATED.schema)
    assert filled.column("written").to_pylist() == days.strftime("%Y-%m-%d").tolist()
    assert filled.equals(schema.fill(text.table, rows))


def test_a_time_zone_in_text_is_read():
    when = pa.array(pd.date_range("2023-01-01", periods=30, freq="W", tz="Europe/Paris"))
    table = pa.table({"when": when, "x": np.arange(30.0)})
    schema = infer(table)
    written = pa.table({"when": [str(one) for one in when.to_pylist()], "x": np.arange(30.0)})
    np.testing.assert_array_equal(schema.encode(table), schema.encode(written))


def test_entries_of_another_type_that_cannot_be_read_are_filled():
    kinds = {"size": "abc", "colour": 7, "ok": "perhaps"}
    schema = infer(TABLE.append_column("key", [list(range(300))]))
    odd = pa.table({name: [value] * 3 for name, value in (kinds | {"key": "k"}).items()})
    aligned, notes = align(schema, odd)
    rows = np.zeros((3, schema.width))
    filled = schema.fill(aligned, rows)
    assert len(notes) == 3
    assert filled.column("size").to_pylist() == schema.decode(rows).column("size").to_pylist()
    assert filled.select(["size", "ok"]).equals(schema.decode(rows).select(["size", "ok"]))


def test_a_table_without_columns_is_refused_in_words():
    with pytest.raises(DataError, match="it has no columns"):
        align(SCHEMA, pd.DataFrame(index=range(3)))


def test_day_and_month_in_another_order_are_read_so():
    days = pd.date_range("2023-01-20", periods=60)
    size = np.arange(60.0)
    schema = infer(pa.table({"day": days.strftime("%m/%d/%Y").tolist(), "size": size}))
    other = pa.table({"day": days.strftime("%d/%m/%Y").tolist(), "size": size})
    aligned = align(schema, other)
    assert "day and month in another order" in aligned.notes[0]
    same = pa.table({"day": days.strftime("%m/%d/%Y").tolist(), "size": size})
    np.testing.assert_array_equal(schema.encode(aligned.table), schema.encode(same))
    assert align(schema, same).notes == ()
