"""What a column is."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from isthmus.data import dialect
from isthmus.errors import DataError, SettingError
from isthmus.tables import Rules, Schema, infer
from isthmus.tables.inference import recognise
from isthmus.tables.marks import BLANKS
from isthmus.tables.matching import align
from isthmus.tables.sentinels import find_sentinels

N = 60
RNG = np.random.default_rng(0)


def _kind(values, title="x") -> str:
    return recognise(pa.chunked_array([pa.array(values)]), title).name


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (RNG.normal(size=N), "number"),
        (np.exp(2 * RNG.normal(size=N)), "skewed"),
        (RNG.poisson(3, N), "count"),
        (RNG.integers(0, 2, N), "binary"),
        ([1, 2] * 30, "binary"),
        ([True, False, None] * 20, "binary"),
        (["yes", "no"] * 30, "binary"),
        (["a", "b", "c"] * 20, "category"),
        (list("abcdefg"), "category"),
        ([f"user-{i:03}" for i in range(N)], "identifier"),
        ([f"the dog number {i} is here" for i in range(N)], "text"),
        (RNG.permutation(N) + 1, "identifier"),
        (np.arange(1901, 1901 + N), "number"),
        (np.arange(N) * 7.5, "number"),
        ([5] * N, "constant"),
        ([None] * N, "constant"),
        ([["list"]] * N, "other"),
        (["2020-01-01", "2021-05-30", None] * 20, "date"),
        (["3/23/2019", "12/4/2019"] * 30, "date"),
        (["1.5", "2.25", "7", None] * 15, "number"),
        (["54%", "7%", "100%", None] * 15, "quantity"),
        (["$ 1,200", "$ 950.50", "$ 3"] * 20, "quantity"),
        (["1.234,50 €", "0,75 €", "17 €"] * 20, "quantity"),
        (["1248 CC", "998 CC", "1498 CC"] * 20, "quantity"),
        (["C85", "C123", "C7"] * 20, "category"),
        (["-$5", "-$9", "-$17"] * 20, "quantity"),
        (["192.168.100.100", "192.168.100.101", "10.100.100.100"] * 20, "category"),
        (["5 km", "3 miles", "9 km"] * 20, "category"),
        (["1.2.3", "1.2.4", "2.0.1"] * 20, "category"),
        (["2021-03-05T10:12:00Z", "2021-04-06T22:00:30Z", None] * 20, "date"),
        (["2021-03-05 10:12:00.250+02:00", "2021-04-06 22:00:30.500+02:00"] * 30, "date"),
        (["03/01/2022 12:05 AM", "05/23/2022 3:00 PM"] * 30, "date"),
        (["Mar 5, 2021", "Dec 24, 2020"] * 30, "date"),
        (["00123", "10245", "99999"] * 20, "category"),
        (pd.to_datetime(["2020-01-01", "2020-02-02"] * 30), "date"),
        (pd.to_timedelta(["1h", "2h", "5h"] * 20), "date"),
        (pa.array(["a", "b", "c"] * 20).dictionary_encode(), "category"),
    ],
)
def test_a_kind_is_recognised(values, kind):
    assert _kind(values) == kind


@pytest.mark.parametrize("title", ["id", "ID", "user_id", "userId", "customer key", "index", "nr"])
def test_a_title_says_what_identifies(title):
    values = RNG.choice(10**6, N, replace=False)
    assert _kind(values, title) == "identifier"
    assert _kind(values, "income") != "identifier"


def test_an_order_that_the_type_declares_is_kept():
    frame = pd.DataFrame(
        {"size": pd.Categorical(["S", "L", "M"] * 9, ["S", "M", "L"], ordered=True)}
    )
    kind = infer(frame).columns[0].kind
    assert (kind.name, kind.levels) == ("ordered", ("S", "M", "L"))


def test_rare_levels_share_a_column():
    words = ["a"] * 500 + ["b"] * 498 + ["c", "d"]
    kind = recognise(pa.chunked_array([words]))
    assert kind.levels == ("a", "b")
    assert [level for level, _ in kind.rare] == ["c", "d"]


def test_rules_decide():
    table = pa.table(
        {"zip": [10, 20, 30, 10], "y": [1.5, 2.0, 1.0, 4.0], "z": [1.0, 2.0, 3.0, 9.0]}
    )
    rules = Rules(drop=("z",), kinds={"zip": "category"})
    assert [c.kind.name for c in infer(table, rules).columns] == ["category", "number", "dropped"]
    only = infer(table, Rules(columns=("y",)))
    assert only.feature_names == ("y",)


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (Rules(drop=("zp",)), "no column 'zp'; did you mean 'zip'"),
        (Rules(kinds={"zip": "categry"}), "did you mean 'category'"),
        (Rules(kinds={"word": "number"}), 'Column "word" holds no numbers, so it is no number'),
        (Rules(kinds={"zip": "binary"}), 'Column "zip" holds 3 levels'),
        (Rules(kinds={"word": "date"}), "nothing that reads as a date"),
    ],
)
def test_rules_that_do_not_fit_are_refused(rules, sentence):
    table = pa.table({"zip": [10, 20, 30, 10], "word": ["u", "v", "u", "v"]})
    with pytest.raises(SettingError, match=sentence):
        infer(table, rules)


def test_a_table_of_nothing_to_learn_is_refused():
    with pytest.raises(DataError, match=r"no column to learn from.*key: identifier"):
        infer(pa.table({"key": [f"k{i}" for i in range(50)]}))
    with pytest.raises(DataError, match="no rows"):
        infer(pa.table({"a": pa.array([], pa.float64())}))


@pytest.mark.parametrize(
    ("x", "found"),
    [
        ([3.0, 4.0, 5.0, -999.0, -999.0], [(-999.0, 2)]),
        ([3.0, 4.0, 5.0, 9999.0], [(9999.0, 1)]),
        ([3.0, 4.0, 5.0, -1.0], []),
        ([0.0, 50.0, 99.0], []),
        ([np.nan, np.nan], []),
    ],
)
def test_sentinels_are_noticed(x, found):
    assert [(s.value, s.count) for s in find_sentinels(np.array(x)[:, None])] == found


AMOUNTS = {
    "French": (["12\u202f345,67", "1\u202f234,50", "-7,25"], [12345.67, 1234.5, -7.25]),
    "no-break": (["1\xa0234,56\xa0€", "12,00\xa0€", "3,10\xa0€"], [1234.56, 12, 3.1]),
    "spaced": (["1 234,56", "12 345,00", "3,10"], [1234.56, 12345, 3.1]),
    "Indian": (["12,34,567", "81,719", "1,23,45,678"], [1234567, 81719, 12345678]),
    "rupees": (["₹ 1,23,456", "₹ 950", "₹ 12,000"], [123456, 950, 12000]),
    "Rs.": (["Rs. 81,719", "Rs. 1,23,456", "Rs. 5"], [81719, 123456, 5]),
    "Swiss": (["CHF 1'359.57", "CHF 12.00", "CHF 12'000.00"], [1359.57, 12, 12000]),
    "accounts": (["(463.08)", "1,200.50", "7.00"], [-463.08, 1200.5, 7]),
    "dollars": (["($792.26)", "$1,050.00", "($3.10)"], [-792.26, 1050, -3.1]),
    "trailing": (["12.50-", "3.25", "1,000.00-"], [-12.5, 3.25, -1000]),
    "minus": (["\u22125.35", "2.10", "\u22121.00"], [-5.35, 2.1, -1]),
    "outside": (["-$5", "$9", "-$1,700"], [-5, 9, -1700]),
}


@pytest.mark.parametrize("way", AMOUNTS)
def test_amounts_are_read_and_written_as_people_do(way):
    entries, values = AMOUNTS[way]
    table = pa.table({"a": entries * 10})
    schema = infer(table)
    kind = schema.column("a").kind
    assert kind.name == "quantity"
    np.testing.assert_allclose(kind.values(table.column("a")), values * 10)
    assert Schema.from_plain(json.loads(json.dumps(schema.to_plain()))) == schema
    assert schema.decode(schema.encode(table)).column("a").to_pylist() == entries * 10


@pytest.mark.parametrize("entries", [["123 456 789", "987 654 321", "12 345 678"], ["1.234", "5"]])
def test_digits_in_groups_alone_are_no_amount(entries):
    assert _kind(entries * 20) != "quantity"


def test_several_currencies_are_left_out_with_a_word():
    table = pa.table({"a": ["$5.50", "€3.00", "£7.25"] * 20, "x": np.arange(60.0) % 7})
    with pytest.warns(UserWarning, match=r'column "a" holds numbers with several units \(\$, £, €'):
        assert infer(table).column("a").kind.name == "text"


NUMBERS = [f"{i * 1.37:.2f}" for i in range(1, 200)]


@pytest.mark.parametrize(
    "mark", ["n/a", "N/A", "NULL", "#N/A", "nan", "", " ", "-", ".", "None", "?", "NA", "<NA>"]
)
@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        (NUMBERS, "number"),
        ([f"{one} %" for one in NUMBERS], "quantity"),
        ([f"2021-03-{1 + i % 28:02}" for i in range(200)], "date"),
    ],
)
def test_a_mark_of_missing_entries_is_no_word(mark, entries, kind):
    table = pa.table({"a": [*entries, mark], "x": [1.5] * len(entries) + [2.5]})
    schema = infer(table)
    column = schema.column("a")
    assert (column.kind.name, column.missing) == (kind, 1)
    rows = schema.encode(table)
    assert np.isnan(rows[-1, 0])
    assert align(schema, table).notes == ()
    filled = schema.fill(table, np.nan_to_num(rows)).column("a").to_pylist()
    assert filled[:-1] == entries
    assert filled[-1] != mark


def test_the_marks_are_those_of_text_files():
    assert set(dialect.MISSING) <= set(BLANKS)


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        (NUMBERS, "number"),
        ([f"${one}" for one in NUMBERS], "quantity"),
        ([str(dt.date(2021, 1, 1) + dt.timedelta(i)) for i in range(199)], "date"),
    ],
)
def test_words_among_other_entries_are_named(entries, kind):
    table = pa.table({"a": [*entries, "<5"], "x": np.arange(200.0) % 7})
    with pytest.warns(UserWarning, match='column "a" is mostly .* such as "<5"') as said:
        assert infer(table).column("a").kind.parts == ()
    assert len(said) == 1
    column = infer(table, Rules(kinds={"a": kind})).column("a")
    assert (column.kind.name, column.missing) == (kind, 1)


@pytest.mark.parametrize(
    "spelled", [["1.10", "1.1", "2.0"], ["1.0", "2.0"], ["01067", "4103", "99"], ["1_0", "10"]]
)
def test_text_keeps_its_own_spellings(spelled):
    table = pa.table({"ver": spelled * 40, "x": np.arange(40.0 * len(spelled)) % 7})
    schema = infer(table)
    assert schema.column("ver").kind.name in ("category", "binary")
    assert set(schema.column("ver").kind.levels) == set(spelled)
    assert schema.decode(schema.encode(table)).column("ver").to_pylist() == spelled * 40


def test_levels_that_are_numbers_in_text_are_found_among_numbers():
    schema = infer(pa.table({"v": ["1.0", "2.0"] * 30}))
    rows = schema.encode(pa.table({"v": [2.0, 1.0, None, 3.0]}))
    np.testing.assert_array_equal(rows[:, 0], [1, 0, np.nan, np.nan])


def test_eight_digits_are_a_date():
    days = pd.date_range("2021-01-01", periods=60).strftime("%Y%m%d")
    for entries in (days.astype(int), days):
        table = pa.table({"d": entries, "x": np.arange(60.0) % 7})
        schema = infer(table)
        assert schema.column("d").kind.name == "date"
        rows = schema.encode(table)
        np.testing.assert_array_equal(rows, schema.encode(pa.table({"d": days, "x": table["x"]})))
        assert schema.decode(rows).column("d").equals(table.column("d"))
    assert _kind(days.astype(int) + 50) != "date"


def test_doubtful_dates_are_named():
    x = np.arange(40.0) % 7
    with pytest.warns(UserWarning, match=r"such as 03/04/2023, which are read day first.*%m/%d/%Y"):
        infer(pa.table({"d": ["03/04/2023", "05/06/2023"] * 20, "x": x}))
    with pytest.warns(UserWarning, match=r'"d" holds dates of the year 9999 in 20 rows'):
        infer(
            pa.table({"d": ["2023-04-05", "9999-12-31", "2021-04-05", "9999-12-31"] * 10, "x": x})
        )
    zeros = ["2023-04-05", "0000-00-00", "2021-04-05", "0000-00-00"] * 10
    column = infer(pa.table({"d": zeros, "x": x})).column("d")
    assert (column.kind.name, column.missing) == ("date", 20)
    assert _kind(zeros[:2] * 20) == "constant"


@pytest.mark.parametrize("title", ["customer_id", "Kundennummer", "mrn", "kundenNr", "MRN"])
def test_identifiers_may_repeat_where_the_title_says_so(title):
    values = np.repeat(RNG.choice(10**6, N // 2, replace=False), 2)
    assert _kind(values, title) == "identifier"
    assert _kind(values % 7, title) != "identifier"


@pytest.mark.parametrize("title", ["number of rooms", "num_children", "price_index", "paid", "no"])
def test_a_title_of_a_count_says_nothing(title):
    assert _kind(np.repeat(RNG.choice(10**6, N // 2, replace=False), 2), title) != "identifier"


@pytest.mark.parametrize(
    ("entries", "shown"),
    [
        (["1:23:45", "0:15:22", "103:00:01"], "0:15:22 to 103:00:01"),
        (["2:32.4", "1:07.9", "12:00.0"], "1:07.9 to 12:00.0"),
        (["9:54 PM", "12:30 AM", "3:05 AM"], "12:30 AM to 9:54 PM"),
        (["09:30", "23:59", "00:00"], "00:00 to 23:59"),
        (["2021-07", "2022-12", "1999-01"], "1999-01 to 2022-12"),
        (pa.array([120, 84060, 600], pa.time32("s")), "00:02:00 to 23:21:00"),
        (pa.array([120, 184060, 600], pa.duration("s")), "0:02:00 to 2 days, 3:07:40"),
    ],
)
def test_times_come_back_as_they_are_written(entries, shown):
    table = pa.table({"t": pa.concat_arrays([pa.array(entries)] * 10)})
    schema = infer(table)
    assert schema.column("t").kind.summary() == shown
    assert schema.decode(schema.encode(table)).equals(table)


def test_a_ratio_is_no_time():
    assert _kind(["16:9", "4:3", "21:9"] * 20) == "category"
    assert _kind(["10:75", "4:30", "21:20"] * 20) == "category"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (pl.DataFrame({"a": [1]}).lazy(), r"X is a lazy frame: give X\.collect\(\)"),
        (pd.Series([1.0]), r"X is one column: give a table, such as X\.to_frame\(\)"),
        ({"a": [1]}, "X is made of dictionaries: give a data frame"),
        ([{"a": 1}], "X is made of dictionaries: give a data frame"),
        (np.zeros((2, 2)), "X is of type ndarray: give a data frame"),
        ("a.csv", "X is a file's name: give a data frame"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(given, sentence):
    with pytest.raises(DataError, match=sentence):
        infer(given, name="X")


def test_a_left_out_column_of_which_half_is_numbers_is_said():
    entries = ["<0.5" if i % 3 == 0 else f"{i / 7:.3f}" for i in range(60)]
    frame = pa.table({"lead": entries, "site": ["u", "v"] * 30})
    with pytest.warns(UserWarning, match="is mostly numbers, but 20 of 60 .* taken as text"):
        assert not infer(frame).column("lead").used
    weights = [f"{i % 20} g" if i % 2 else f"{i % 20} kg" for i in range(60)]
    with pytest.warns(UserWarning, match=r"several units \(g, kg\), so it is taken as category"):
        assert infer(pa.table({"weight": weights})).column("weight").kind.name == "category"


def test_numbers_of_goods_are_identifiers():
    rng = np.random.default_rng(0)
    frame = pa.table({"EAN": rng.integers(10**12, 10**13, 60), "x": rng.normal(size=60)})
    assert infer(frame).column("EAN").kind.name == "identifier"


def test_ticked_boxes_and_infinite_numbers_are_said():
    ticked = pa.table({"box": ["x" if i % 3 else None for i in range(60)], "a": [1.5, 2.5] * 30})
    with pytest.warns(UserWarning, match='holds "x" or nothing, so it is left out'):
        infer(ticked)
    endless = pa.table({"a": [np.inf, 1.0, 2.5] * 20, "b": ["u", "v"] * 30})
    with pytest.warns(UserWarning, match="is infinite in 20 rows"):
        infer(endless)


def test_a_sentinel_in_a_frame_is_said():
    frame = pa.table({"depth": [3.0, 4.5, 65535.0, 5.0] * 10, "kind": ["u", "v"] * 20})
    with pytest.warns(UserWarning, match="holds 65535 in 10 rows, far from the rest"):
        infer(frame)
    with pytest.raises(DataError, match="one row, and nothing varies"):
        infer(frame.slice(0, 1))
