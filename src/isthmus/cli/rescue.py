"""A model that was fitted is never lost: kept elsewhere, where its run folder cannot be written."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.cli import consoles

if TYPE_CHECKING:
    from isthmus.estimators.conditional import AnyAutoencoder

FOLDER = "rescued"
"""In the user's cache folder; in the system's folder of temporary files where that fails too."""


@contextmanager
def kept_on_failure(estimator: "AnyAutoencoder", folder: Path) -> Iterator[None]:
    """If an error follows, keep a fitted model elsewhere where that is possible, and say where."""
    try:
        yield
    except Exception:
        place = keep(estimator, folder.resolve().name)
        if place is not None:
            words = f"the run cannot be written; the fitted model is kept in {place}"
            consoles.say(consoles.err(), words)
        raise


def keep(estimator: "AnyAutoencoder", name: str) -> Path | None:
    """Save a fitted model in the first place that takes it; return where, or None."""
    import pooch

    file = f"{name}-{datetime.now():%Y%m%d-%H%M%S}.safetensors"
    for parent in (Path(pooch.os_cache("isthmus")), Path(tempfile.gettempdir()) / "isthmus"):
        try:
            (parent / FOLDER).mkdir(parents=True, exist_ok=True)
            return estimator.save(parent / FOLDER / file)
        except OSError:
            continue
    return None
