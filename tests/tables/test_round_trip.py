"""Whatever table comes in comes back: kinds, types, levels, order, missing entries."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.tables import Schema, frame_like, infer, to_arrow
from isthmus.tables.matching import align

pytestmark = pytest.mark.filterwarnings("ignore::isthmus.errors.DoubtWarning")

LEVELS = st.sampled_from(["red", "green", "blue", "", "naïve, «quoted»"])
TYPES: dict[str, tuple[pa.DataType, st.SearchStrategy]] = {
    "real": (pa.float64(), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))),
    "skewed": (pa.float64(), st.floats(0, 12).map(lambda x: round(float(np.exp(x)), 2))),
    "offset": (pa.int64(), st.integers(0, 1000).map(lambda x: 1_600_000_000_000 + x)),
    "whole": (pa.int32(), st.integers(-500, 500)),
    "count": (pa.uint8(), st.integers(0, 255)),
    "truth": (pa.bool_(), st.booleans()),
    "priced": (pa.string(), st.floats(0, 1e5).map(lambda x: f"${x:,.2f}")),
    "share": (pa.string(), st.integers(-300, 300).map("{} %".format)),
    "written": (
        pa.string(),
        st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(1990, 1, 2)).map(
            lambda t: t.strftime("%b %d, %Y %I:%M:%S %pZ")
        ),
    ),
    "level": (pa.string(), LEVELS),
    "large": (pa.large_string(), LEVELS),
    "categorical": (pa.dictionary(pa.int8(), pa.string()), LEVELS),
    "date": (pa.date32(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))),
    "moment": (
        pa.timestamp("us"),
        st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(1990, 1, 2)),
    ),
    "zoned": (
        pa.timestamp("s", "UTC"),
        st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2000, 2, 1)).map(
            lambda t: t.replace(microsecond=0)
        ),
    ),
    "span": (pa.duration("s"), st.integers(0, 10**6).map(lambda s: dt.timedelta(seconds=s))),
    "money": (pa.decimal128(9, 2), st.integers(0, 10**5).map(lambda x: round(x / 100, 2))),
}


@st.composite
def tables(draw):
    n = draw(st.integers(3, 40))
    chosen = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=6))
    arrays = []
    for name in chosen:
        kind, entries = TYPES[name]
        values = draw(st.lists(st.none() | entries, min_size=n, max_size=n))
        if name == "categorical":
            arrays.append(pa.array(values, pa.string()).dictionary_encode().cast(kind))
        elif name == "money":
            arrays.append(pa.array(values, pa.float64()).cast(kind))
        else:
            arrays.append(pa.array(values, kind))
    # One column that can always be learned from.
    arrays.append(pa.array(np.random.default_rng(0).normal(size=n).round(2)))
    return pa.table(arrays, names=[f"{name} {i}" for i, name in enumerate([*chosen, "sure"])])


@settings(max_examples=60, deadline=None)
@given(table=tables())
def test_what_is_encoded_comes_back(table):
    schema = infer(table)
    assert Schema.from_plain(json.loads(json.dumps(schema.to_plain()))) == schema
    rows = schema.encode(table)
    assert rows.shape == (len(table), schema.width) == (len(table), len(schema.feature_names))
    back = schema.decode(rows, source=table)
    assert back.schema.equals(table.schema)
    filled = schema.fill(table, np.nan_to_num(rows))
    for column in schema.columns:
        own, made = table.column(column.name), back.column(column.name)
        known = np.array(own.is_valid())
        rare = getattr(column.kind, "rare", ())
        assert rare or np.array_equal(known, np.array(made.is_valid()))
        if not rare:  # rare levels come back as the most frequent of them
            _assert_close(own.filter(known), made.filter(known), column)
        assert filled.column(column.name).filter(known).to_pylist() == own.filter(known).to_pylist()
        if column.used:
            assert filled.column(column.name).null_count == 0


def _assert_close(own, made, column):
    """Assert equality, of numbers to single precision of the encoded ones."""
    if own.equals(made):
        return
    scale = getattr(column.kind, "scale", None)
    assert scale is not None, column
    if column.kind.name == "quantity":
        left, right = (column.kind.encode(one) for one in (own, made))
        np.testing.assert_allclose(left, right, atol=2e-5)
        return
    if column.kind.name == "date":
        left, right = (one.cast(pa.int64()).to_numpy() for one in (own, made))
        np.testing.assert_allclose(left, right, atol=1e-5 * scale)
        return
    left, right = (one.cast(pa.float64()).to_numpy() for one in (own, made))
    np.testing.assert_allclose(scale(left), scale(right), atol=2e-5)


@settings(max_examples=30, deadline=None)
@given(table=tables(), seed=st.integers(0, 9))
def test_any_rows_decode_within_the_range_seen(table, seed):
    rng = np.random.default_rng(seed)
    schema = infer(table)
    noise = 3 * rng.normal(size=(7, schema.width))
    drawn = schema.decode(schema.within_range(noise), rng=rng)
    assert drawn.schema.equals(table.schema)
    for column in schema.columns:
        if not column.used:
            continue
        own, made = (one.column(column.name).to_pylist() for one in (table, drawn))
        own = [entry for entry in own if entry is not None]
        if column.kind.name in ("binary", "category", "ordered"):
            assert set(made) <= set(own) | set(column.declared or ()) | {False, True}
        else:
            value = _reader(column.kind)
            assert min(map(value, own)) <= min(map(value, made))
            assert max(map(value, made)) <= max(map(value, own))


def _reader(kind):
    """Return what makes text that stands for numbers or times comparable."""
    if kind.name == "quantity":
        return kind.notation.read
    form = getattr(kind, "form", None)
    return (lambda entry: dt.datetime.strptime(entry, form)) if form else (lambda entry: entry)


FRAME = {
    "n": [1.5, 2.25, None, 4.0, 8.0] * 6,
    "whole": [3, 9, 4, 12, 7] * 6,
    "flag": [True, False, None, True, True] * 6,
    "word": ["a", "b", None, "c", "a"] * 6,
    "day": [dt.date(2020, 1, 1 + i) for i in range(5)] * 6,
}


def pandas_frame() -> pd.DataFrame:
    frame = pd.DataFrame(FRAME)
    return frame.astype({"whole": "Int16", "flag": "boolean", "word": "category"}).assign(
        size=pd.Categorical(["S", "M", "L"] * 10, categories=["S", "M", "L", "XL"], ordered=True),
        when=pd.date_range("2024-01-01", periods=30, tz="Europe/Berlin"),
    )


def polars_frame() -> pl.DataFrame:
    frame = pl.DataFrame(FRAME)
    return frame.with_columns(
        pl.col("word").cast(pl.Categorical),
        pl.Series("size", ["S", "M", "L"] * 10, dtype=pl.Enum(["S", "M", "L", "XL"])),
    )


@pytest.mark.parametrize("frame", [pandas_frame, polars_frame, lambda: pa.table(FRAME)])
def test_a_frame_comes_back_as_it_is(frame):
    frame = frame()
    schema = infer(frame)
    arrow = to_arrow(frame)
    back = frame_like(schema.fill(arrow, np.nan_to_num(schema.encode(arrow))), schema.make)
    assert type(back) is type(frame)
    assert list(getattr(back, "columns", ())) == list(getattr(frame, "columns", ())) or isinstance(
        frame, pa.Table
    )
    again = Schema.from_plain(json.loads(json.dumps(schema.to_plain())))
    made = frame_like(again.decode(schema.encode(arrow)), again.make)
    if isinstance(frame, pd.DataFrame):
        assert made.dtypes.equals(frame.dtypes)
        pd.testing.assert_frame_equal(
            back[["whole", "size", "when"]], frame[["whole", "size", "when"]]
        )
        assert back["word"].notna().all()
    elif isinstance(frame, pl.DataFrame):
        assert made.schema == frame.schema


def test_text_that_is_whole_numbers_is_filled_in_as_text():
    table = pa.table({"group": ["1", "2", "1", None] * 10, "size": [float(i) for i in range(40)]})
    schema = infer(table)
    rows = np.nan_to_num(schema.encode(table))
    filled = schema.fill(table, rows).column("group")
    assert filled.type == pa.string()
    assert set(filled.to_pylist()) == {"1", "2"}


def test_two_columns_of_one_name_stay_two():
    frame = pd.DataFrame([[1.0, "u"], [2.5, "v"], [4.0, "w"]], columns=["a", "a"])
    assert infer(frame).names == ("a", "a.1")


def test_an_offset_costs_no_digits():
    stamps = 1.7e9 + np.arange(50) * 1e-3
    schema = infer(pa.table({"t": stamps, "x": np.arange(50) % 7 / 3}))
    back = schema.decode(schema.encode(pa.table({"t": stamps, "x": np.arange(50) % 7 / 3})))
    np.testing.assert_allclose(back.column("t").to_numpy(), stamps, rtol=0, atol=1e-6)


def test_reordered_columns_are_found_by_name():
    table = pa.table({"a": [1.5, 2.5, 4.25], "b": ["u", "v", "u"]})
    schema = infer(table)
    aligned, notes = align(schema, table.select(["b", "a"]))
    assert notes == ()
    np.testing.assert_array_equal(schema.encode(aligned), schema.encode(table))


def test_types_and_titles_that_only_pandas_has_come_back():
    n = 60
    x = np.linspace(-2, 2, n)
    frame = pd.DataFrame(
        {
            "month": pd.period_range("2020-01", periods=n, freq="M"),
            "bin": pd.Series(pd.cut(x, [-3, -1, 0, 3])),
            "half": pd.Series(pd.cut(x, [-3, 0, 3])).astype("interval"),
            "sparse": pd.arrays.SparseArray((x > 0).astype(int)),
            7: np.where(x > 0, "u", "v"),
        }
    )
    schema = infer(frame)
    schema = Schema.from_plain(schema.to_plain())
    back = frame_like(schema.decode(schema.encode(to_arrow(frame))), "pandas")
    assert back.equals(frame)
    assert back.dtypes.equals(frame.dtypes)
    several = frame[["bin", "half", 7]].set_axis([("a", "x"), ("a", "y"), ("b", 1)], axis=1)
    assert frame_like(to_arrow(several), "pandas").columns.tolist() == several.columns.tolist()


def test_times_of_the_day_stay_within_it():
    times = [dt.time(i % 24, 7 * i % 60) for i in range(60)]
    schema = infer(pa.table({"at": times, "size": np.arange(60.0)}))
    rows = np.random.default_rng(0).normal(0, 5, (200, schema.width))
    decoded = schema.decode(rows)["at"].to_pylist()
    assert all(isinstance(one, dt.time) for one in decoded)


@pytest.mark.parametrize(
    "entries", [["$9.40", "$8.30", "$1,204.50"], ["1.655,10 €", "9,90 €", "17,00 €"]]
)
def test_amounts_keep_their_decimals(entries):
    table = pa.table({"price": entries * 20, "size": np.arange(60.0)})
    schema = infer(table)
    assert schema.decode(schema.encode(table))["price"].to_pylist() == entries * 20


def test_types_that_arrow_knows_halfway_are_taken():
    views = pa.table({"a": pa.array(["u", "v", None] * 9).cast(pa.string_view())})
    assert to_arrow(views)["a"].type == pa.string()
    wide = pl.DataFrame({"a": pl.Series([1, 2, None] * 9, dtype=pl.Int128)})
    assert to_arrow(wide)["a"].to_pylist() == [1.0, 2.0, None] * 9
    single = pa.table({"a": np.round(np.linspace(0, 9, 40), 2).astype("f4"), "b": ["u", "v"] * 20})
    schema = infer(single)
    assert schema.column("a").kind.scale.decimals == 2
    assert schema.decode(schema.encode(single)).equals(single)
