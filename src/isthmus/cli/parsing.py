"""The small languages of the options: widths, shapes, specifications of slots."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from isthmus.errors import SettingError, unknown

Member = TypeVar("Member")


def whole_numbers(text: str, option: str, separator: str = ",") -> tuple[int, ...]:
    """Read positive whole numbers, as in ``--hidden 128,64`` and ``--image-shape 28x28x1``.

    Examples
    --------
    >>> whole_numbers("128,64", "--hidden"), whole_numbers("28x28x1", "--image-shape", "x")
    ((128, 64), (28, 28, 1))
    """
    example = separator.join(("128", "64"))
    parts = [part.strip() for part in text.split(separator)]
    if not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise SettingError(
            f"{option} is {text!r}; it should be positive whole numbers such as {example}."
        )
    return tuple(int(part) for part in parts)


def image_shape(text: str) -> tuple[int, int, int]:
    """Read (H, W, C) from ``28x28x1``; one channel where ``28x28`` leaves it out.

    Examples
    --------
    >>> image_shape("8x8")
    (8, 8, 1)
    """
    shape = whole_numbers(text, "--image-shape", "x")
    if len(shape) not in (2, 3):
        raise SettingError(f"--image-shape is {text!r}; it should be HxW or HxWxC, say 28x28x1.")
    height, width, channels = (*shape, 1)[:3]
    return height, width, channels


def height_and_width(text: str) -> tuple[int, int]:
    """Read (H, W) from ``64x48``."""
    sides = whole_numbers(text, "--resize", "x")
    if len(sides) != 2:
        raise SettingError(f"--resize is {text!r}; it should be HxW, say 64x64.")
    return sides[0], sides[1]


def words(text: str) -> tuple[str, ...]:
    """Read words with commas between them.

    >>> words("NA, -999")
    ('NA', '-999')
    """
    return tuple(word.strip() for word in text.split(",") if word.strip())


def marks(text: str) -> tuple[str, ...]:
    """Read words with commas between them, empty ones too.

    >>> marks("NA, -999"), marks("")
    (('NA', '-999'), ('',))
    >>> marks("[-999]")
    Traceback (most recent call last):
    isthmus.errors.SettingError: --missing is '[-999]'; give the values alone: --missing -999.
    """
    found = tuple(word.strip() for word in text.split(","))
    if re.fullmatch(r"\[[-+\d.,\s]*\]", text.strip()):
        bare = ",".join(found).strip("[]")
        raise SettingError(f"--missing is {text!r}; give the values alone: --missing {bare}.")
    return found


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """Read ``COLUMN=KIND``, several times.

    >>> pairs(["zip=category", "a=b=date"])
    {'zip': 'category', 'a=b': 'date'}
    """
    found = {}
    for text in texts:
        column, equals, kind = text.rpartition("=")
        if not equals or not column:
            raise SettingError(f"--kind is {text!r}; it should be COLUMN=KIND, say zip=category.")
        found[column] = kind
    return found


def yes_or_no(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in ("yes", "no"):
        raise SettingError(f"--header is {text!r}; it should be yes or no.")
    return text.lower() == "yes"


def specification(text: str, members: Mapping[str, Callable[..., Member]], option: str) -> Member:
    """Build the member of a slot that a text such as ``gaussian:0.1+masking:0.2`` names.

    After the colon stand the member's parameters, in order or by name, with commas between them;
    members joined by a plus sign are composed.

    Parameters
    ----------
    members
        What the slot offers, by name.
    option
        The option that the text comes from, for the sentence of a mistake.

    Raises
    ------
    SettingError
        If a name is unknown or a parameter does not fit.

    Examples
    --------
    >>> specification("slice:1,4", {"slice": slice}, "--range")
    slice(1, 4, None)
    >>> specification("slize:1", {"slice": slice}, "--range")
    Traceback (most recent call last):
    isthmus.errors.SettingError: There is no range 'slize'; did you mean 'slice'? Known are slice.
    """
    parts = [_member(part, text, members, option) for part in re.split(r"\+(?=\s*[A-Za-z])", text)]
    whole: Any = parts[0]
    for part in parts[1:]:
        try:
            whole = whole + part
        except TypeError:
            raise SettingError(f"{option} is {text!r}; it takes one name, not a sum.") from None
    return whole


def _member(
    part: str, text: str, members: Mapping[str, Callable[..., Member]], option: str
) -> Member:
    name, _, rest = part.strip().partition(":")
    member = members.get(name.strip().lower().replace("-", "_"))
    if member is None:
        raise SettingError(unknown(option.lstrip("-"), name, members))
    positional, named = [], {}
    for item in filter(None, (piece.strip() for piece in rest.split(","))):
        key, equals, rest_of = item.partition("=")
        if equals:
            named[key.strip()] = value(rest_of)
        else:
            positional.append(value(item))
    try:
        return member(*positional, **named)
    except TypeError:
        raise SettingError(
            f"{option} is {text!r}; {name!r} does not take these parameters,"
            f" it takes {_parameters(member)}."
        ) from None


def _parameters(member: object) -> str:
    fields = list(getattr(member, "__dataclass_fields__", ()))
    return ", ".join(fields) or "none"


def value(text: str) -> int | float | str:
    """Read a number where the text is one.

    Examples
    --------
    >>> value("3"), value("1e-3"), value(" relu ")
    (3, 0.001, 'relu')
    """
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()
