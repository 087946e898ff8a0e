"""Dates as people write them: which format reads a column, what it reads, and how it writes.

A format is one of `datetime.strptime`, with two additions. ``[de]`` at its beginning says that the
month is named in German; ``[De]`` and ``[DE]`` begin it with a capital, or have capitals alone.
``%d(th)`` is a day with its ending in English: 1st, 2nd. ``%-d`` and the like are numbers without a
zero before them. ``[1935]``, before all else, is the first year that two digits may mean.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from isthmus.tables.clocks import clock_format, is_clock, read_clock
from isthmus.tables.marks import is_no_date

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%B %d(th), %Y", "%b %d(th), %Y",
    "%d(th) %B %Y", "%d(th) %b %Y",
)  # fmt: skip
_HOURS = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
_MONTHS = ("%Y-%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y")
_LOGS = ("%d/%b/%Y:%H:%M:%S", "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S +0000 %Y")
"""Of web servers, of the C library, and of a social network."""

_TIMES = tuple(f"{day}{gap}{hour}" for day in _DAYS for hour in _HOURS for gap in " T")
DATE_FORMATS = (*_DAYS, *_TIMES, *_MONTHS, *_LOGS)
"""How dates are written as text. Day before month comes first: it is refused where it is wrong."""

_NAMED = (
    "%d. %B %Y", "%d %B %Y", "%d de %B de %Y", "%d-%B-%Y", "%d-%B-%y", "%d/%B/%Y", "%B %d, %Y",
    "%B %d %Y",
)  # fmt: skip
_NAMED_MONTHS = ("%B %Y", "%B-%Y", "%B-%y", "%B de %Y")

NAMES = {
    "en": (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    ),
    "de": (
        "januar februar märz april mai juni juli august september oktober november dezember",
        "jan feb mär apr mai jun jul aug sep okt nov dez",
    ),
    "fr": (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv févr mars avr mai juin juil août sept oct nov déc",
    ),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    ),
    "it": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
        " dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ),
    "pt": (
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan fev mar abr mai jun jul ago set out nov dez",
    ),
    "nl": (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
    ),
}
"""Names of months by language: whole, and short."""

DAY_DIGITS, DIGITS = "%Y%m%d", 8
"""Dates without signs, and their length."""

_ZONE = re.compile(r":\d\d(?:\.\d+)?( ?Z| UTC| GMT| ?[+-]\d\d:?\d\d)$")
"""The time zone at the end of a time."""

_NUMBERS = "dmHI"
"""The numbers that may stand without a zero before them: day, month, hour, hour of a half day."""

_TRIED = 20
"""How many texts the zeros are looked for in."""

_LEAST_GAP = 10
"""Years without an entry, at least, at which two digits begin anew."""

_CENTURY = re.compile(r"^\[(\d{4})\]")
_TAG = re.compile(r"\[([A-Za-z]{2})\]")
_WORD = re.compile(r"[^\W\d_]+")
_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
"""How a date begins that names its day of the week."""

_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b")


def parse_date(entry: str, form: str) -> datetime:
    """Return the time that a text says.

    Raises
    ------
    ValueError
        If the format does not read it.

    Examples
    --------
    >>> parse_date("3. märz 2021", "[De]%d. %B %Y").isoformat()
    '2021-03-03T00:00:00'
    >>> parse_date("March 3rd, 2021", "%B %d(th), %Y").day
    3
    """
    century = _CENTURY.match(form)
    if century is not None:
        first, moment = int(century[1]), parse_date(entry, form[century.end() :])
        return moment.replace(year=first + (moment.year - first) % 100)
    form = form.replace("%-", "%")
    if "(th)" in form:
        if not _ORDINAL.search(entry):
            raise ValueError(entry)
        entry, form = _ORDINAL.sub("", entry, count=1), form.replace("(th)", "")
    tag = _TAG.match(form)
    if tag is not None:
        numbers = _numbers(tag[1], form)
        entry = _WORD.sub(lambda word: numbers.get(word[0].lower(), word[0]), entry)
        form = re.sub("%[Bb]", "%m", form[tag.end() :])
    return datetime.strptime(entry, form)


def write_date(moment: datetime, form: str) -> str:
    """Return a time as a format writes it.

    >>> write_date(datetime(2021, 3, 22), "[de]%d. %B %Y")
    '22. märz 2021'
    >>> write_date(datetime(2021, 3, 22), "%B %d(th), %Y")
    'March 22nd, 2021'
    """
    form = _CENTURY.sub("", form)
    day, hour = moment.day, moment.hour
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    form = form.replace("%d(th)", f"{day}{ending}")
    for part, value in zip(_NUMBERS, (day, moment.month, hour, (hour - 1) % 12 + 1), strict=True):
        form = form.replace(f"%-{part}", str(value))
    tag = _TAG.match(form)
    if tag is not None:
        names = list(_numbers(tag[1], form))
        name = names[moment.month - 1]
        cased = name.upper() if tag[1].isupper() else name
        cased = name.capitalize() if tag[1].istitle() else cased
        form = re.sub("%[Bb]", cased, form[tag.end() :])
    return moment.strftime(form)


def _numbers(language: str, form: str) -> dict[str, str]:
    """Return the names of months of a language, in the length of a format, and their numbers."""
    whole, short = NAMES[language.lower()]
    names = whole if "%B" in form else short
    return {name: f"{i:02}" for i, name in enumerate(names.split(), 1)}


def date_format(entries: np.ndarray, *, digits: bool = False) -> str | None:
    """Return the format that reads all of these texts (n,), or None.

    A time zone that all share stands at its end. Entries that say "missing" are left out. Times
    without a date have a format of `isthmus.tables.clocks`. With ``digits``, eight digits are a
    date: 20210131.

    >>> date_format(np.array(["3/23/2019", "3/4/2019"], object))
    '%-m/%-d/%Y'
    >>> date_format(np.array(["2019-03-23T10:00:00Z"], object))
    '%Y-%m-%dT%H:%M:%SZ'
    >>> date_format(np.array(["1 juin 2019", "14 mars 2020"], object))
    '[fr]%-d %B %Y'
    """
    known = sorted({entry.strip() for entry in entries if not is_no_date(entry)})
    if digits and known and all(len(entry) == DIGITS for entry in known):
        return DAY_DIGITS if reads(DAY_DIGITS, known) else None
    clock = clock_format(known)
    if clock is not None:
        return clock
    forms, bare, zone = _candidates(known)
    form = next((form for form in forms if reads(form, bare)), None)
    return None if form is None else _with_century(_with_zeros(form, bare), bare) + zone


def _with_zeros(form: str, entries: list[str]) -> str:
    """Return a format that writes numbers with or without zeros before them, as the texts do."""
    shortest = sorted(entries, key=len)[:_TRIED]  # where a zero is missing
    parsed = [(entry, parse_date(entry, form)) for entry in shortest]
    ways = [""]
    for part in _NUMBERS:
        ways += [way + part for way in ways if f"%{part}" in form.replace("%d(th)", "")]
    for way in ways:
        padded = re.sub(rf"%([{way}])(?!\(th\))", r"%-\1", form) if way else form
        if all(write_date(moment, padded) == entry for entry, moment in parsed):
            return padded
    return form


def _with_century(form: str, entries: list[str]) -> str:
    """Return a format whose two digits of a year mean years that lie together, and not ahead.

    `strptime` takes 69 to 99 for the last century whatever the rest, so that people born from 1935
    on would be born from 1969 to 2068.
    """
    if "%y" not in form:
        return form
    usual = {parse_date(entry, form).year for entry in entries}
    digits = sorted({year % 100 for year in usual})
    gaps = np.mod(np.subtract(digits, np.roll(digits, 1)), 100)
    start = digits[int(gaps.argmax())]
    if len(digits) > 1 and gaps.max() <= _LEAST_GAP:
        return form
    span = max((digit - start) % 100 for digit in digits)
    first = next(year for year in usual if year % 100 == start)
    if (start + span) % 100 not in {year % 100 for year in usual if first <= year <= first + span}:
        first -= 100  # the last years are of the century after
    if first > datetime.now().year:
        first -= 100
    if usual <= set(range(first, first + span + 1)):
        return form
    return f"[{first - (99 - span) // 2}]{form}"


def in_order(form: str, entries: Sequence[str | None]) -> str:
    """Return a format, day and month exchanged where only that reads all texts that are dates.

    >>> in_order("%m/%d/%Y", ["03/04/2023", "31/01/2023", None])
    '%d/%m/%Y'
    """
    known = list({entry.strip() for entry in entries if entry and not is_no_date(entry)})
    if "%d" not in form.replace("-", "") or reads(form, known):
        return form
    other = _exchanged(form)
    return other if known and reads(other, known) else form


def _exchanged(form: str) -> str:
    return form.replace("%-", "%").replace("%d", "%#").replace("%m", "%d").replace("%#", "%m")


def other_readings(entries: np.ndarray, form: str) -> tuple[str, str] | None:
    """Return an example that another order of day and month reads too, and that order's format.

    None if the order is certain.

    >>> other_readings(np.array(["03/04/2023", "05/05/2023"], object), "%d/%m/%Y")
    ('03/04/2023', '%m/%d/%Y')
    """
    form, swapped = form.replace("%-", "%"), _exchanged(form)
    known = sorted({entry.strip() for entry in entries if not is_no_date(entry)})
    if not form.startswith("%d") or "%m" not in form or not reads(swapped, known):
        return None
    read = (one for one in known if parse_date(one, form) != parse_date(one, swapped))
    example = next(read, None)
    return None if example is None else (example, swapped)


def reads(form: str, entries: list[str]) -> bool:
    """Return whether a format reads all of these texts."""
    if is_clock(form):
        return all(read_clock(entry, form) >= 0 for entry in entries)
    try:
        for entry in entries:
            parse_date(entry, form)
    except ValueError:
        return False
    return True


def _candidates(known: list[str]) -> tuple[Sequence[str], list[str], str]:
    """Return formats that may read texts, the texts without their time zone, and that zone."""
    if not known or not any(mark in known[0] for mark in "-/. "):
        return (), [], ""
    found = _ZONE.search(known[0])
    zone = "" if found is None else found[1]
    if not all(entry.endswith(zone) for entry in known):
        return (), [], ""
    bare = [entry.removesuffix(zone) for entry in known]
    days = ("%a ", "%a, ", "%A ", "%A, ") if _WEEKDAY.match(bare[0]) else ()
    dated = (f"{day}{form}" for day in days for form in (*_DAYS, *_TIMES))
    return (*_in_languages(bare), *DATE_FORMATS, *dated), bare, zone


def _in_languages(entries: list[str]) -> Iterator[str]:
    """Yield formats with names of months, in the languages and the case of those that are there."""
    words = {word for entry in entries for word in _WORD.findall(entry)}
    forms = (*_NAMED, *_NAMED_MONTHS, *(f"{day} {hour}" for day in _NAMED for hour in _HOURS))
    for language, (whole, short) in NAMES.items():
        for names, directives in ((whole, ("%B",)), (short, ("%b", "%b."))):
            own = [word for word in words if word.lower() in names.split()]
            tag = _in_case_of(own, language)
            if own and tag != "En":  # which `strptime` reads
                yield from (f"[{tag}]{f.replace('%B', one)}" for f in forms for one in directives)


def _in_case_of(words: Sequence[str], text: str) -> str:
    """Return a text in capitals, or without any, if all the words are so; else with one."""
    if all(map(str.isupper, words)):
        return text.upper()
    return text if all(map(str.islower, words)) else text.capitalize()
