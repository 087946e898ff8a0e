"""Dates in text: what is read is written again as it was."""

import datetime as dt
import re

import numpy as np
import pyarrow as pa
import pytest

from isthmus.tables import infer
from isthmus.tables.date_text import NAMES, date_format, parse_date, write_date

DAYS = [dt.datetime(2000, 1, 1) + dt.timedelta(days=37 * i) for i in range(60)]


@pytest.mark.parametrize(
    "form",
    [
        "[De]%d. %B %Y", "[de]%-d. %b. %Y", "[fr]%-d %B %Y", "[es]%-d de %B de %Y", "[It]%B %Y",
        "[EN]%d-%b-%y", "[en]%d %B %Y", "[pt]%d/%b/%Y", "%B %d(th), %Y", "%-m/%-d/%Y",
        "%-d.%m.%y", "%-m/%d/%Y %-I:%M %p", "%d/%b/%Y:%H:%M:%S -0700", "%d/%m/%Y",
        "%a %b %d %H:%M:%S +0000 %Y", "%a, %d %b %Y %H:%M:%S GMT", "%A %d.%m.%y",
    ],
)  # fmt: skip
def test_dates_come_back_as_they_were_written(form):
    written = [write_date(day, form) for day in DAYS]
    found = date_format(np.array(written, object))
    assert [write_date(parse_date(one, found), found) for one in written] == written
    exact = "%d" in form or "%-d" in form
    days = DAYS if exact else [day.replace(day=1) for day in DAYS]
    assert [parse_date(one, found) for one in written] == days
    column = infer(pa.table({"day": written})).column("day")
    assert (column.kind.name, column.kind.form) == ("date", found)


@pytest.mark.parametrize(
    ("years", "form"),
    [
        (range(1935, 2020), "[1928]%m/%d/%y"),  # of birth
        (range(1935, 1968), "[1902]%m/%d/%y"),
        (range(1998, 2013), "%m/%d/%y"),
        (range(2010, 2046), "%m/%d/%y"),
    ],
)
def test_two_digits_of_a_year_lie_together(years, form):
    days = [dt.datetime(year, 7, 31) for year in years]
    written = np.array([f"{day:%m/%d/%y}" for day in days], object)
    found = date_format(written)
    assert found == form
    assert [parse_date(one, found) for one in written] == days
    assert [write_date(day, found) for day in days] == written.tolist()


def test_every_language_names_twelve_months():
    for names in NAMES.values():
        assert [len(set(one.split())) for one in names] == [12, 12]


def test_a_format_does_not_read_what_is_written_otherwise():
    for entry, form in (("März 2021", "[de]%b %Y"), ("March 3, 2021", "%B %d(th), %Y")):
        with pytest.raises(ValueError, match=re.escape(entry.split()[0])):
            parse_date(entry, form)
