"""What a column of numbers is: counts, numbers on a line, two levels, dates or identifiers."""

import re
from typing import TYPE_CHECKING

import numpy as np

from isthmus.tables import building
from isthmus.tables.date_text import DAY_DIGITS, date_format
from isthmus.tables.kinds import AbstractKind
from isthmus.tables.left_out import Identifier
from isthmus.tables.values import numbers, whole_texts

if TYPE_CHECKING:
    import pyarrow

FEW = 10
"""With fewer observed entries than this, nothing is an identifier by its entries alone."""

LEAST_NAMED = 3
"""With fewer entries than this, no column is an identifier."""

LEAST_DIFFERENT = 0.5
"""Least share of different entries of an identifier that repeats, such as customers of orders."""

TWO_LEVELS_FROM = 20
"""With fewer entries than this, two different numbers other than 0 and 1 are numbers."""

YEARS = (1800, 2100)
"""Whole numbers in this range are years, not identifiers."""

DIGIT_DATES = (19000101, 21001231)
"""Whole numbers in this range may be dates, such as 20210131."""

_RECORD = re.compile(
    r"(^|[\W_])(id|ids|uid|uuid|guid|nr|mrn|ssn|isbn|iban|sku|ean|gtin|upc|barcode|imei|vin|npi)$"
    r"|(^|[\W_])(phone|mobile|tel|telefon|telephone|fax|zip|zipcode|postcode|plz|pincode|passport)$"
    r"|(^|[\W_])(zip|postal|pin|area) code$|code postal$|nummer$|[a-z](Id|ID|Nr)$|^(Id|ID|Nr)$"
    r"|(order|invoice|account|customer|serial|phone|ticket|case|policy|part|item) ?(no|number|#)$"
)
"""Titles that say "identifier", whether entries repeat or not."""

_COUNTER = re.compile(r"(^|[\W_])(idx|index|key|no|rownames?)$", re.IGNORECASE)
"""Titles that say "identifier" if no entry repeats: a price index is none."""


def recognise_numbers(column: "pyarrow.ChunkedArray", title: str) -> AbstractKind:
    """Return the kind of a column of numbers, or of text that is numbers."""
    x = numbers(column)
    x = x[~np.isnan(x)]
    distinct = np.unique(x)
    if len(distinct) == 2 and (len(x) >= TWO_LEVELS_FROM or distinct.tolist() == [0, 1]):
        return building.binary(tuple(building.as_levels(distinct)))
    whole = bool((x == np.rint(x)).all())
    if whole and _are_dates(distinct):
        return building.moment(column, DAY_DIGITS)
    if whole and (_is_named(x, title) or _counts_rows(x)):
        return Identifier()
    return building.numeric(x)


def names_rows(column: "pyarrow.ChunkedArray", title: str) -> bool:
    """Return whether a title says "identifier", and whole numbers that hardly repeat agree.

    >>> import pyarrow
    >>> ids = pyarrow.chunked_array([[17, 3, 99]])
    >>> names_rows(ids, "user_id"), names_rows(ids, "size")
    (True, False)
    """
    from pyarrow import types

    if not types.is_integer(column.type) or column.null_count:
        return False
    return _is_named(column.to_numpy(), title)


def _is_named(x: np.ndarray, title: str) -> bool:
    """Return whether the title of whole numbers (n,) says that they identify something."""
    different = len(np.unique(x))
    if len(x) < LEAST_NAMED:
        return False
    if different == len(x) and _COUNTER.search(title):
        return True
    return different >= LEAST_DIFFERENT * len(x) and _says_record(title)


def _says_record(title: str) -> bool:
    return bool(_RECORD.search(title) or _RECORD.search(title.lower()))


def _counts_rows(x: np.ndarray) -> bool:
    """Return whether whole numbers (n,) number the rows, in whatever order."""
    if len(x) < FEW or len(np.unique(x)) < len(x):
        return False
    low, high = x.min(), x.max()
    years = low >= YEARS[0] and high <= YEARS[1]
    return high - low < 2 * len(x) and not years


def _are_dates(distinct: np.ndarray) -> bool:
    """Return whether different whole numbers (n,) are all dates of eight digits."""
    if len(distinct) < FEW or distinct[0] < DIGIT_DATES[0] or distinct[-1] > DIGIT_DATES[1]:
        return False
    return date_format(whole_texts(distinct), digits=True) is not None
