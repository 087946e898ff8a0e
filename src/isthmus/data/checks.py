"""What must hold of examples and labels, whatever they were read from."""

import math
from collections.abc import Iterable, Sequence
from operator import index
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from isthmus.data.source import Examples, ImageShape, blocks
from isthmus.errors import DataError, closest
from isthmus.unlabelled import is_missing

_AXES = {2: "(n, features)", 3: "(n, H, W)", 4: "(n, H, W, C)"}


_LONGEST_WORD = 60
"""Characters of a word in a list, such as the name of a column."""


def nearest(word: str, known: Iterable[str]) -> str:
    """End a sentence with the known word that was probably meant, if any is near.

    >>> nearest("mnits", ["digits", "mnist"])
    '; did you mean "mnist"?'
    """
    near = closest(word, known)
    return "." if near is None else f'; did you mean "{near}"?'


def listed(words: Sequence[str], most: int = 12) -> str:
    """Write words as a list that stays short.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(" ".join(word.split())[:_LONGEST_WORD] for word in words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def reason(error: Exception) -> str:
    r"""Give the first line of an error's message, to be put into a sentence.

    >>> reason(OSError("It broke.\nLong story."))
    'It broke'
    """
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def check_examples(array: np.ndarray, name: str) -> np.ndarray:
    """Give numeric examples with two to four axes in native byte order, booleans as 0 and 1.

    A memory map stays one unless its type has to change.
    """
    if array.dtype.hasobject:
        raise DataError(
            f"{name} holds Python objects, which isthmus never unpickles; save it again as an "
            "array of numbers."
        )
    if array.dtype.kind not in "buif":
        raise DataError(
            f"{name} holds values of type {array.dtype}, but expected real numbers; convert it "
            "to a numeric array."
        )
    if array.ndim not in _AXES:
        raise DataError(
            f"{name} has shape {array.shape}, but expected {', '.join(_AXES.values())}; "
            "reshape it so that the first axis runs over the examples."
        )
    if array.size == 0:
        raise DataError(
            f"{name} is empty (shape {array.shape}), but expected at least one example with at "
            "least one value; check what wrote it."
        )
    if array.dtype.kind == "b":
        return array.view(np.uint8)
    if array.dtype.itemsize > 8:
        return array.astype(np.float64)
    if not array.dtype.isnative:
        return array.astype(array.dtype.newbyteorder("="))
    return array


def check_labels(labels: ArrayLike, n: int, name: str) -> np.ndarray:
    """Give labels as an array of shape (n,) of numbers, booleans or strings.

    Where some are missing, they are NaN among fractional numbers, and None among others.
    """
    array = np.asarray(labels)
    if array.ndim == 2 and 1 in array.shape:
        array = array.reshape(-1)
    if array.ndim != 1:
        raise DataError(
            f"The labels of {name} have shape {array.shape}, but expected ({n},), one label an "
            "example."
        )
    if len(array) != n:
        raise DataError(
            f"{name} has {n} examples but {len(array)} labels; give one label an example."
        )
    several = (list, tuple, dict, np.ndarray)
    held = array.tolist() if array.dtype.hasobject else ()
    first = next((one for one in held if isinstance(one, several)), None)
    if first is not None:
        raise DataError(
            f"The labels of {name} hold lists or tables, such as {str(first)[:40]}, but expected "
            "one number or string each; choose another column."
        )
    missing = np.zeros(n, bool)
    if array.dtype.kind in "fO":
        missing = np.array([is_missing(value) for value in array.tolist()], bool)
    if n and missing.all():
        raise DataError(
            f"All the {n} labels of {name} are missing; choose another column, or leave the labels "
            "out."
        )
    if missing.any():
        return _with_none(array, missing, name)
    if array.dtype.hasobject and all(isinstance(value, str) for value in array):
        array = array.astype(str)
    if array.dtype.kind not in "buifU":
        raise DataError(
            f"The labels of {name} are of type {array.dtype}, but expected numbers or strings; "
            "convert them first."
        )
    return array


def _with_none(array: np.ndarray, missing: np.ndarray, name: str) -> np.ndarray:
    """Return labels of which some are missing: whole numbers or strings, and None."""
    known = array[~missing]
    if array.dtype.kind == "f" and (known % 1 != 0).any():
        return array
    known = known.astype(np.int64) if array.dtype.kind == "f" else np.array(known.tolist())
    known = check_labels(known, len(known), name)
    if known.dtype.kind == "f":
        return np.where(missing, np.nan, array).astype(np.float64)
    whole = np.full(len(array), None, object)
    whole[~missing] = known.tolist()
    return whole


def as_image_shape(shape: object) -> ImageShape | None:
    """Return (H, W, C) for the shape (H, W) or (H, W, C) of an image, and None for no such shape.

    >>> as_image_shape((28, 28)), as_image_shape([8, 8, 3]), as_image_shape(64)
    ((28, 28, 1), (8, 8, 3), None)
    """
    if not isinstance(shape, Iterable):
        return None
    sides = [index(side) if isinstance(side, SupportsIndex) else 0 for side in shape]
    if len(sides) not in (2, 3) or min(sides) < 1:
        return None
    height, width, channels = (*sides, 1)[:3]
    return height, width, channels


def check_image_shape(shape: Sequence[int], examples: Examples, name: str) -> ImageShape:
    """Give (H, W, C) if an example has as many values, and is stored flat or in that shape."""
    sides = as_image_shape(shape)
    stored = examples.shape[1:]
    if sides is None:
        raise DataError(
            f"The image shape {shape!r} is not one; expected (H, W, C), for instance (28, 28, 1)."
        )
    if math.prod(sides) != math.prod(stored):
        raise DataError(
            f"An example of {name} has {math.prod(stored)} values (shape {stored}), but the "
            f"image shape {sides} needs {math.prod(sides)}; give the shape that the images have."
        )
    if len(stored) > 1 and (*stored, 1)[:3] != sides:
        raise DataError(
            f"The images of {name} have shape {stored}, not {sides}; leave the image shape out."
        )
    return sides


def check_finite(
    examples: Examples,
    name: str,
    feature_names: Sequence[str] | None = None,
    *,
    missing_allowed: bool = False,
) -> int:
    """Refuse missing and infinite values, reading a block at a time.

    Parameters
    ----------
    examples : array-like, shape (n, ...)
    name : str
        What to call the examples in the sentence.
    feature_names : sequence of str, optional
        Names of the columns, to say in which one the first bad value is.
    missing_allowed : bool
        Whether NaN passes.

    Returns
    -------
    int
        How many values are missing.

    Raises
    ------
    DataError
        If any value is infinite, or NaN: how many of each, and where the first is.

    Examples
    --------
    >>> import numpy as np
    >>> check_finite(np.array([[0.0, 1.0], [np.nan, 2.0]]), "table")
    Traceback (most recent call last):
    isthmus.errors.DataError: table holds 1 missing and 0 infinite values, the first at example 1,
    index 0, counted from 0; drop or fill these, or fit with the likelihood "masked".
    """
    if examples.dtype.kind != "f":
        return 0
    missing, infinite, first = _not_finite(examples, missing_allowed)
    if first is None:
        return missing
    example, *place = first
    where = ", ".join(map(str, place))
    where = f"index {where}" if feature_names is None else f'column "{feature_names[place[0]]}"'
    remedy = "drop or fill these"
    if not infinite:
        remedy += ', or fit with the likelihood "masked"'
    raise DataError(
        f"{name} holds {0 if missing_allowed else missing} missing and {infinite} infinite values, "
        f"the first at example {example}, {where}, counted from 0; {remedy}."
    )


def _not_finite(
    examples: Examples, missing_allowed: bool
) -> tuple[int, int, tuple[int, ...] | None]:
    """Return how many values are missing and infinite, and the place of the first refused one."""
    missing = infinite = 0
    first = None
    for start, block in blocks(examples):
        finite = np.isfinite(block)
        if finite.all():
            continue
        nan = np.isnan(block)
        missing += int(nan.sum())
        infinite += int((~finite & ~nan).sum())
        refused = ~finite & ~nan if missing_allowed else ~finite
        if first is None and refused.any():
            example, *place = (int(i) for i in np.unravel_index(refused.argmax(), refused.shape))
            first = (start + example, *place)
    return missing, infinite, first


def check_observed(examples: Examples, name: str, feature_names: Sequence[str] | None) -> None:
    """Raise `DataError` if a column is missing in every example (n, ...): nothing is known of it.

    Examples
    --------
    >>> check_observed(np.array([[0.0, np.nan], [1.0, np.nan]]), "table", None)
    Traceback (most recent call last):
    isthmus.errors.DataError: table has missing values only at index 1, counted from 0: drop it.
    """
    if examples.dtype.kind != "f":
        return
    seen = np.zeros(math.prod(examples.shape[1:]), bool)
    for _, block in blocks(examples):
        seen |= (~np.isnan(block)).reshape(len(block), -1).any(axis=0)
        if seen.all():
            return
    index = int(seen.argmin())
    unnamed = f"at index {index}, counted from 0"
    column = unnamed if feature_names is None else f'in column "{feature_names[index]}"'
    raise DataError(f"{name} has missing values only {column}: drop it.")
