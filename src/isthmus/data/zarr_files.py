"""zarr: one array of a store, by its key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isthmus.data.arrays import from_array
from isthmus.data.checks import reason
from isthmus.data.formats import optional
from isthmus.data.named_arrays import from_named
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.errors import DataError


def open_zarr(path: Path, how: Reading) -> Source:
    """Read the array of a store, or one of several by its key, whole."""
    zarr = optional("zarr")
    try:
        store = zarr.open(str(path), mode="r")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path.name} cannot be read as zarr ({reason(error)}).") from None
    if isinstance(store, zarr.Array):
        return from_array(store[:], path.name)
    found: dict[str, Any] = dict(_arrays(store, ""))
    return from_named(list(found), lambda name: found[name][:], path.name, how)


def _arrays(group: Any, above: str) -> Iterator[tuple[str, Any]]:
    for name, one in group.arrays():
        yield f"{above}{name}", one
    for name, one in group.groups():
        yield from _arrays(one, f"{above}{name}/")
