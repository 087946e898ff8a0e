"""The exceptions of isthmus, drawn as a tree.

::

    IsthmusError
    ├── DataError (also a ValueError)        a source, a table, an image, a label
    ├── SettingError (also a ValueError)     a setting that cannot be, or does not fit the data
    ├── ModelFileError (also a ValueError)   a model file that is not one, or not this version's
    ├── PlaceTakenError (also an OSError)    a file or folder that another process is writing
    └── NonFiniteLossError (also an ArithmeticError)   training left the finite numbers

Every message is one sentence: what was found, what was expected, what to do.
"""

import difflib
import inspect
import warnings
from collections.abc import Iterable
from pathlib import Path


class IsthmusError(Exception):
    """Any mistake that isthmus names; catch it to catch them all."""


class DataError(IsthmusError, ValueError):
    """The data cannot be read, or cannot be learned from."""


class SettingError(IsthmusError, ValueError):
    """A setting is impossible, unknown, or does not fit the data."""


class ModelFileError(IsthmusError, ValueError):
    """The file is not a model file that this version can read."""


class PlaceTakenError(IsthmusError, OSError):
    """The file or folder is being written by another process."""


class NonFiniteLossError(IsthmusError, ArithmeticError):
    """Training produced a loss that is not a finite number."""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, or None where none is near.

    Examples
    --------
    >>> closest("mnits", ["digits", "mnist"])
    'mnist'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), None)


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """Return the sentence for a name that is not among the known ones, the nearest suggested.

    Examples
    --------
    >>> unknown("recipe", "vea", ["vae", "tied"])
    "There is no recipe 'vea'; did you mean 'vae'? Known are vae, tied."
    """
    names = list(known)
    near = closest(str(name), names)
    hint = "known" if near is None else f"did you mean {near!r}? Known"
    return f"There is no {what} {name!r}; {hint} are {', '.join(names)}."


class DoubtWarning(UserWarning):
    """A column of a table may be of another kind than it was taken for."""


class SentinelWarning(DoubtWarning):
    """A column may hold a number that means missing, which the notes of a source say too."""


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn the user at the line of theirs that called isthmus, however deep the call went."""
    package = str(Path(__file__).parent)
    frame, level = inspect.currentframe(), 1
    while frame is not None and frame.f_code.co_filename.startswith(package):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
