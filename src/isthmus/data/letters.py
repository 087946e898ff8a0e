"""The bundled letters: 32 glyphs of 7 rows and 5 columns."""

from importlib import resources

import numpy as np

from isthmus.data.source import Source

ROWS, COLUMNS = 7, 5


def read_letters() -> Source:
    r"""Read the characters of code 0x60 to 0x7f, drawn in letters.txt.

    Returns
    -------
    Source
        Examples (32, 35), uint8, 1 for ink; labels the characters, DEL as ``"\x7f"``.

    Examples
    --------
    >>> letters = read_letters()
    >>> for row in letters.examples[1].reshape(7, 5):
    ...     print("".join("-#"[pixel] for pixel in row))
    -----
    -----
    -###-
    ----#
    -####
    #---#
    -####
    """
    text = resources.files("isthmus.data").joinpath("letters.txt").read_text("ascii")
    glyphs = [block.splitlines() for block in text.strip().split("\n\n")]
    pixels = [[mark == "#" for row in rows for mark in row] for _, *rows in glyphs]
    return Source(
        "letters-5x7",
        np.array(pixels, dtype=np.uint8),
        labels=np.array([chr(int(title.split()[0], 16)) for title, *_ in glyphs]),
        image_shape=(ROWS, COLUMNS, 1),
    )
