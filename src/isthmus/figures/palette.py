"""Colours and shapes of classes on a page that may be light or dark."""

from typing import NamedTuple

PAGE_COLOURS = (
    "#2f7fc8", "#d9660a", "#2e9a4e", "#cf3a3a", "#9a5fd0",
    "#a5694f", "#d1529e", "#7d8288", "#8c8520", "#12909c",
)  # fmt: skip
"""Ten colours whose contrast with white, the light page and the dark page is 3.4:1 at least."""

SHAPES = ("circle", "square", "triangle", "diamond", "cross")
"""Shapes of marks; another for every ten classes."""


class Mark(NamedTuple):
    """How the examples of a class are drawn."""

    colour: str
    shape: str


def page_marks(n: int) -> list[Mark]:
    """Return the marks of ``n`` classes: ten colours, and beyond ten classes another shape.

    Examples
    --------
    >>> page_marks(11)[0], page_marks(11)[10]
    (Mark(colour='#2f7fc8', shape='circle'), Mark(colour='#2f7fc8', shape='square'))
    """
    count = len(PAGE_COLOURS)
    return [Mark(PAGE_COLOURS[i % count], SHAPES[i // count % len(SHAPES)]) for i in range(n)]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 6)
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
