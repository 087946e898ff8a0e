"""Values as JSON can hold them, and JSON files that are written whole."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from isthmus.atomic import new_file
from isthmus.errors import DataError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Any value that JSON can hold."""

Facts: TypeAlias = Mapping[str, Any]
"""Plain data by name, nested as in JSON: a reader knows what stands under which name."""

JsonObject: TypeAlias = dict[str, Any]
"""`Facts` that are being put together, or that belong to whoever asked for them."""


def to_json(value: object) -> Json:
    """Return a value in JSON's own types.

    NumPy numbers and arrays become numbers and lists, tuples lists, keys strings. NaN and infinity,
    which JSON lacks, become None. Every other object becomes its text.

    Examples
    --------
    >>> import numpy as np
    >>> to_json({"mse": np.float32(0.5), "worst": float("nan"), "shape": (8, 8)})
    {'mse': 0.5, 'worst': None, 'shape': [8, 8]}
    """
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # arrays and numbers of NumPy
        value = value.tolist()  # pyright: ignore[reportAttributeAccessIssue]
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def format_json(value: object) -> str:
    """Return a value as indented JSON text that ends with a line break.

    Examples
    --------
    >>> print(format_json({"mse": float("inf")}), end="")
    {
      "mse": null
    }
    """
    return json.dumps(to_json(value), indent=2, allow_nan=False) + "\n"


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON; the file appears whole, in the place of an earlier one."""
    with new_file(path) as partial:
        partial.write_text(format_json(value), encoding="utf-8")


def read_json(path: Path) -> Json:
    """Return what a JSON file holds.

    Raises
    ------
    DataError
        If the file is not JSON, or its parts lie deeper within each other than can be read.
    OSError
        If it cannot be read at all.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise DataError(f"{path} is not JSON as isthmus writes it: write it anew.") from None


def read_object(path: Path) -> JsonObject:
    """Return the entries of a JSON file by name; the errors are those of `read_json`."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no entries with names, as isthmus writes it: write it anew.")
    return found
