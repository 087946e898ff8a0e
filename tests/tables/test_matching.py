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
        ({"size": ["ten", "11"]}, '1 entries of column "size" do not read as numbers'),
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
    assert 'has no column "colour", "ok", which counts as missing' in notes[0]
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
