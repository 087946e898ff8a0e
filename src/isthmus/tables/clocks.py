"""Times of the day and durations that are written as text: "9:54 PM", "1:23:45", "2:32.4"."""

import re
from collections.abc import Sequence

_PART = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?(?:\.(\d{1,6}))?(?: ?([AP]M|[ap]m))?")

DAY = 86_400
"""Seconds of a day."""

MICRO = 10**6
"""Microseconds of a second."""


def clock_format(entries: Sequence[str]) -> str | None:
    """Return how all of these times are written, or None.

    ``h`` is an hour, ``hh`` one of two digits, ``m`` a minute, ``s`` a second, ``f`` a decimal of
    it, and ``PM`` the half of the day. Minutes come first only where decimals follow.

    >>> clock_format(["1:23:45", "0:15:22"]), clock_format(["2:32.4", "12:01.9"])
    ('h:mm:ss', 'm:ss.f')
    >>> clock_format(["9:54 PM", "12:00 AM"]), clock_format(["10:61"])
    ('h:mm PM', None)
    """
    found = [_PART.fullmatch(entry) for entry in entries]
    read = [match for match in found if match is not None]
    if not read or len(read) < len(found):
        return None
    shapes = {(m[3] is None, len(m[4] or ""), _half(m[0])) for m in read}
    if len(shapes) > 1:
        return None
    short, decimals, half = shapes.pop()
    first, rest = ("m", "ss") if short and decimals else ("h", "mm" if short else "mm:ss")
    padded = all(len(m[1]) >= 2 for m in read)
    if half and any(not 1 <= int(m[1]) <= 12 for m in read):
        return None
    dotted = f".{'f' * decimals}" if decimals else ""
    return f"{first * (2 if padded else 1)}:{rest}{dotted}{half}"


def is_clock(form: str | None) -> bool:
    """Return whether a format is one of times without a date, rather than of dates.

    >>> is_clock("h:mm:ss"), is_clock("%Y-%m-%d"), is_clock(None)
    (True, False, False)
    """
    return form is not None and "%" not in form


def is_time_of_day(entries: Sequence[str], form: str) -> bool:
    """Return whether times are those of a day rather than durations.

    They are if their hours have two digits each, or no seconds follow, and none reaches 24.

    >>> is_time_of_day(["09:30:00"], "hh:mm:ss"), is_time_of_day(["0:15:22"], "h:mm:ss")
    (True, False)
    """
    hours = not form.startswith("m") and (form.startswith("hh") or "s" not in form)
    return bool(_half(form)) or (
        hours and all(read_clock(one, form) < DAY * MICRO for one in entries)
    )


def read_clock(entry: str, form: str) -> int:
    """Return a time in microseconds, or -1 if it has other parts than the form.

    >>> read_clock("12:30 AM", "h:mm PM") == 30 * 60 * MICRO
    True
    """
    match = _PART.fullmatch(entry)
    if match is None or (match[3] is None, bool(match[5])) != _shape(form):
        return -1
    first, second, third = (int(one or 0) for one in match.groups()[:3])
    if match[5]:
        first = first % 12 + (12 if match[5].upper() == "PM" else 0)
    parts = (0, first, second) if form.startswith("m") else (first, second, third)
    seconds = 3600 * parts[0] + 60 * parts[1] + parts[2]
    return seconds * MICRO + int((match[4] or "").ljust(6, "0"))


def write_clock(value: int, form: str) -> str:
    """Return a time, in microseconds, as text.

    >>> write_clock(152_400_000, "m:ss.f"), write_clock(79 * 3600 * MICRO, "hh:mm")
    ('2:32.4', '79:00')
    """
    decimals = form.count("f")
    unit = 10 ** (6 - decimals)
    value = max(0, round(value / unit) * unit)
    seconds, fraction = divmod(value, MICRO)
    dotted = f".{fraction // unit:0{decimals}}" if decimals else ""
    width = 2 if form[:2] in ("hh", "mm") else 1
    minutes, left = divmod(seconds, 60)
    if form.startswith("m"):
        return f"{minutes:0{width}}:{left:02}{dotted}"
    hours, minutes = divmod(minutes, 60)
    half = _half(form)
    if half:
        half = half if hours % 24 >= 12 else half.replace("P", "A").replace("p", "a")
        hours = (hours % 24 + 11) % 12 + 1
    tail = f":{left:02}" if "s" in form else ""
    return f"{hours:0{width}}:{minutes:02}{tail}{dotted}{half}"


def _shape(form: str) -> tuple[bool, bool]:
    """Return whether there are two parts rather than three, and whether a half of the day."""
    return form.count(":") == 1, bool(_half(form))


def _half(entry: str) -> str:
    """Return how the half of the day is written at the end: "PM", " PM", " pm" or nothing."""
    match = re.search(r" ?([AP]M|[ap]m)$", entry)
    return "" if match is None else match[0].replace("A", "P").replace("a", "p")
