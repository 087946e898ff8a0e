"""`isthmus view`: open the page of a run in a browser."""

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli import consoles
from isthmus.errors import DataError

PAGE = "report.html"
"""The page in the folder of a run, a sweep or a study."""

RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Folder of a run, a sweep or a study; or a page itself, such as comparison.html.",
        show_default=False,
    ),
]


def view(run: RunArgument) -> None:
    """Open the page of RUN in a browser; without one, print where it lies."""
    page = page_of(run).resolve()
    out = consoles.out()
    if has_screen() and webbrowser.open(page.as_uri()):
        consoles.say(out, f"opened {page}")
    else:
        consoles.say(out, f"No browser can be opened here; the page is one file: {page}")


def page_of(run: str) -> Path:
    """Return the page that a folder holds, or the page itself.

    Raises
    ------
    DataError
        If there is none.
    """
    given = Path(run).expanduser()
    if given.is_file() and given.suffix in (".html", ".htm"):
        return given
    if (given / PAGE).is_file():
        return given / PAGE
    if given.exists():
        raise DataError(
            f"There is no page in {run}: give the folder that `isthmus fit` wrote, "
            f"which holds {PAGE}."
        )
    raise DataError(f"There is no {run}: give the folder of a run, or a page (.html).")


def has_screen() -> bool:
    """Tell whether a browser would be seen: on Linux it needs a display, or BROWSER to name it."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
