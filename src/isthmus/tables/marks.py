"""Text that stands for a missing entry, such as "n/a"."""

MISSING = (
    "", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "None", "?", "<NA>",
    "#NA", "NaT",
)  # fmt: skip
"""Entries that are missing values wherever they stand."""

DASHES = ("-", "--", ".", "\N{EN DASH}", "\N{EM DASH}")
"""Marks that people put where there is no number."""

BLANKS = (*MISSING, *DASHES, "na", "none")
"""Entries that are missing values where all others are numbers, dates or quantities."""

ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")
"""What spreadsheets write where a formula fails."""

NO_DATE = ("0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00", "00.00.0000", "00/00/0000")
"""Entries that are missing values where all others are dates, as MySQL writes them."""

_BLANK = frozenset(BLANKS)
_NOT_ANY = frozenset((*BLANKS, *NO_DATE))


def is_blank(entry: str | None) -> bool:
    """Return whether an entry stands for none among numbers, spaces around it ignored.

    >>> is_blank(" "), is_blank("n/a"), is_blank("0")
    (True, True, False)
    """
    return entry is None or entry.strip() in _BLANK


def is_no_date(entry: str | None) -> bool:
    """Return whether an entry stands for none among dates.

    >>> is_no_date("0000-00-00"), is_no_date("?"), is_no_date("2021-07-01")
    (True, True, False)
    """
    return entry is None or entry.strip() in _NOT_ANY
