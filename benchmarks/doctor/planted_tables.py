"""Mistakes in a table of several kinds of columns: text, dates, numbers and a label."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from isthmus.data.reading import Reading
from isthmus.data.tables import from_table
from isthmus.doctor import Data, Plan
from isthmus.estimators.planned import data_of

N = 400


def planted() -> Iterator[tuple[str, str, Callable[[], Data]]]:
    """Yield every mistake: what was done, the check that must name it, and how to make it."""
    changes: dict[str, tuple[str, Callable[[pd.DataFrame, np.random.Generator], Any]]] = {
        "the label in other words": ("label-columns", _recoded),
        "the label as a number, with noise": ("label-columns", _noisy),
        "centimetres and inches, rounded": ("duplicate-columns", _inches),
        "a tenth of the rows twice": ("repeated-rows", _copied),
        "0 for a missing weight": ("placeholder-values", _set("weight", 0)),
        "-1 for a missing age": ("placeholder-values", _set("age", -1)),
        "999 for a missing age": ("placeholder-values", _set("age", 999)),
        "metres and centimetres in one column": ("mixed-units", _metres),
        "an income of 9e9": ("extreme-values", _million),
        "a date that rises from row to row": ("time-order", _dated),
        "a constant word": ("left-out-columns", lambda t, rng: t.assign(country="IT")),
        "free text": ("left-out-columns", _words),
        "numbers, a third of them below a limit": ("doubtful-columns", _limit),
        "grams and kilograms in one column": ("doubtful-columns", _grams),
        "a column that is missing in nine of ten rows": ("missing-values", _sparse),
        "a category twice, as words and one-hot": ("duplicate-columns", _one_hot),
    }
    for what, (check, change) in changes.items():
        yield f"table: {what}", check, lambda change=change: _data(change)


def clean() -> Iterator[tuple[str, Data]]:
    """Yield the table without a mistake."""
    yield "mixed table", _data(lambda table, rng: table)


def _data(change: Callable[[pd.DataFrame, np.random.Generator], Any]) -> Data:
    rng = np.random.default_rng(20)
    changed = change(_table(rng), rng)
    return data_of(from_table(changed, "the table", Reading(label="member")), Plan())


def _table(rng: np.random.Generator) -> pd.DataFrame:
    """Return people: height, weight, age, income, town, the day they joined, and a label."""
    x = rng.normal(size=(N, 3))
    days = pd.to_timedelta(rng.integers(0, 900, N), unit="D")
    return pd.DataFrame(
        {
            "height": 170 + 8 * x[:, 0] + rng.normal(size=N),
            "weight": 70 + 9 * x[:, 0] + 4 * rng.normal(size=N),
            "age": np.round(40 + 12 * x[:, 1]).clip(18),
            "income": np.exp(10 + 0.5 * x[:, 2]).round(),
            "town": rng.choice(["Rome", "Oslo", "Bonn", "Lyon"], N),
            "joined": (pd.Timestamp("2020-01-01") + days).strftime("%Y-%m-%d"),
            "member": np.where(x[:, 1] + 0.5 * x[:, 2] > 0, "yes", "no"),
        }
    )


def _recoded(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(status=table["member"].map({"yes": "A", "no": "B"}))


def _noisy(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(p=(table["member"] == "yes") + 0.05 * rng.normal(size=N))


def _inches(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(inches=(table["height"] / 2.54).round(1))


def _copied(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return pd.concat([table, table[::10]]).sample(frac=1, random_state=1)


def _set(column: str, value: float) -> Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]:
    def change(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        return table.assign(**{column: table[column].mask(rng.random(N) < 0.07, value)})

    return change


def _metres(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(height=table["height"].where(rng.random(N) < 0.7, table["height"] / 100))


def _million(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(income=table["income"].mask(table.index == 5, 9e9))


def _dated(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(joined=pd.date_range("2020-01-01", periods=N).strftime("%Y-%m-%d"))


def _words(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(note=[f"wrote {i} letters to town {i % 7}" for i in range(N)])


def _limit(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    lead = np.exp(rng.normal(size=N)).round(3)
    return table.assign(lead=[f"{one}" if one > 0.6 else "<0.6" for one in lead])


def _grams(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    mass = rng.exponential(1, N).round(1) + 0.1
    return table.assign(mass=[f"{m:.1f} kg" if m >= 1 else f"{m * 1000:.0f} g" for m in mass])


def _sparse(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.assign(score=np.where(rng.random(N) < 0.9, np.nan, rng.normal(size=N)))


def _one_hot(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.join(pd.get_dummies(table["town"], dtype=int))
