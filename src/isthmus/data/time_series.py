"""Time series of equal length in the .ts format of the UEA and UCR archives.

Reference: Löning et al., sktime: a unified interface for machine learning with time series, 2019,
whose documentation describes the format. A header of lines that begin with @ ends at @data; then
each line is one series: dimensions parted by colons, values by commas, the class last.
"""

from pathlib import Path

import numpy as np

from isthmus.data.arrays import from_array
from isthmus.data.checks import reason
from isthmus.data.csv_files import opened
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.errors import DataError


def open_ts(path: Path, how: Reading) -> Source:
    """Read series (n, length), or (n, length * dimensions) where they have several.

    Values of one dimension follow each other. Labels are the classes that the file gives.
    """
    try:
        with opened(path) as file:
            text = file.read().decode(how.encoding or "utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read ({reason(error)}).") from None
    header, rows = _parts(text)
    labelled = header.get("classlabel", header.get("targetlabel", "false")).startswith("true")
    if not rows:
        raise DataError(f"{path.name} has no series below @data; fetch it again.")
    examples, labels = [], []
    for number, row in enumerate(rows, 1):
        *dimensions, last = row.split(":")
        labels.append(last.strip())
        examples.append(_values([*dimensions] if labelled else [*dimensions, last], number, path))
    lengths = {len(one) for one in examples}
    if len(lengths) > 1:
        raise DataError(
            f"{path.name} holds series of {min(lengths)} to {max(lengths)} values; series of one "
            "length are needed: cut or pad them."
        )
    return from_array(np.array(examples), path.name, labels=labels if labelled else None)


def _parts(text: str) -> tuple[dict[str, str], list[str]]:
    header: dict[str, str] = {}
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    for i, line in enumerate(lines):
        if line.lower() == "@data":
            return header, lines[i + 1 :]
        name, _, value = line[1:].partition(" ")
        header[name.lower()] = value.strip().lower()
    return header, []


def _values(dimensions: list[str], number: int, path: Path) -> list[float]:
    try:
        return [
            np.nan if entry.strip() == "?" else float(entry)
            for dimension in dimensions
            for entry in dimension.split(",")
        ]
    except ValueError as error:
        raise DataError(
            f"Series {number} of {path.name} holds something else than numbers ({reason(error)})."
        ) from None
