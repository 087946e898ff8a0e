"""Which examples a run was fitted on, as its ``run.json`` says, and the way back to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from isthmus.data.opening import open_source
from isthmus.data.source import Source
from isthmus.errors import DataError
from isthmus.plainjson import Facts

_SOURCE: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("path", "name", "label", "array", "image_shape", "contents"), (str,)),
    "reading": (dict,),
}
_SPLIT: dict[str, tuple[type, ...]] = {
    "validation": (int, float),
    "test": (int, float),
    "seed": (int,),
    "limit": (int,),
    "labelled": (int,),
}
"""What ``run.json`` says of a source and of its division, by name."""

_SIDES = re.compile(r"[1-9]\d*x[1-9]\d*(x[1-9]\d*)?")
_OPTIONAL = {"contents", "reading", "labelled"}  # runs of earlier versions have none
_NEVER_NULL = {"validation", "test", "seed"}


@dataclass(frozen=True)
class RunOrigin:
    """The source of a run, and how it was divided.

    Attributes
    ----------
    place : str
        What `isthmus.open_source` opens.
    label, array : str or None
    image_shape : str or None
        As it is typed, such as ``28x28x1``.
    contents : str or None
        What `isthmus.estimators.fit_cache.contents` said of the examples.
    reading : mapping
        How the source is read, as further arguments of `isthmus.open_source`.
    division : mapping
        The shares, the seed and the limit, as `isthmus.data.parts.divide` takes them.
    """

    place: str
    label: str | None
    array: str | None
    image_shape: str | None
    contents: str | None
    reading: Facts = field(default_factory=dict)
    division: Facts = field(default_factory=dict)

    def open(self) -> Source:
        """Open the source again."""
        sides = None if self.image_shape is None else [*map(int, self.image_shape.split("x")), 1]
        return open_source(
            self.place,
            label=self.label,
            array=self.array,
            image_shape=None if sides is None else (sides[0], sides[1], sides[2]),
            **self.reading,
        )


def run_origin(facts: Facts, remedy: str) -> RunOrigin:
    """Return where a run's examples came from.

    Parameters
    ----------
    facts
        What ``run.json`` holds.
    remedy
        What to do where it does not say: the end of the sentence.

    Raises
    ------
    DataError
        If ``run.json`` does not say it as a fit does.

    Examples
    --------
    >>> run_origin({}, "fit again")
    Traceback (most recent call last):
    isthmus.errors.DataError: run.json does not say which examples the model was fitted on ...
    """
    where, split = facts.get("source"), facts.get("split")
    good = _is_as(where, _SOURCE) and _is_as(split, _SPLIT)
    good = good and _SIDES.fullmatch(where["image_shape"] or "1x1") is not None  # pyright: ignore[reportOptionalSubscript]
    if not good or not (where["path"] or where["name"]):  # pyright: ignore[reportOptionalSubscript]
        raise DataError(
            "run.json does not say which examples the model was fitted on and how they were"
            f" divided, as a fit writes it; {remedy}."
        )
    assert where is not None
    assert split is not None
    names = ("label", "array", "image_shape", "contents")
    return RunOrigin(
        where["path"] or where["name"],
        *(where.get(name) for name in names),
        reading=where.get("reading") or {},
        division=split,
    )


def _is_as(found: object, types: Mapping[str, tuple[type, ...]]) -> bool:
    """Tell whether entries by name are those of a table, each of its types or, of most, null."""
    if not isinstance(found, dict) or not {*found} <= {*types}:
        return False
    return {*types} - {*found} <= _OPTIONAL and all(
        name not in _NEVER_NULL
        if value is None
        else isinstance(value, types[name]) and not isinstance(value, bool)
        for name, value in found.items()
    )
