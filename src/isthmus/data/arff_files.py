"""ARFF, the format of Weka and OpenML."""

import io
from pathlib import Path

from isthmus.data.checks import reason
from isthmus.data.csv_files import opened
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError


def open_arff(path: Path, how: Reading) -> Source:
    """Read a relation of numbers, nominal attributes (categories) and dates."""
    import pyarrow
    from scipy.io import arff

    from isthmus.tables.values import functions

    try:
        with opened(path) as file:
            text = file.read().decode(how.encoding or "utf-8", errors="replace")
        rows, about = arff.loadarff(io.StringIO(text))
    except (OSError, EOFError, ValueError, StopIteration, NotImplementedError, arff.ArffError) as e:
        raise DataError(
            f"{path.name} cannot be read as ARFF ({reason(e)}); attributes must be numeric, "
            "nominal or dates, and the rows not sparse: write it as CSV."
        ) from None
    columns = {}
    for name in about.names():
        kind, levels = about[name]
        column = rows[name]
        if kind == "nominal":
            entries = [one.decode() for one in column.tolist()]
            known = pyarrow.array([None if one == "?" else one for one in entries])
            place = pyarrow.array(list(levels))
            index = functions().index_in(known, place)
            columns[name] = pyarrow.DictionaryArray.from_arrays(index, place)
        else:
            columns[name] = pyarrow.array(column, from_pandas=True)
    return from_table(pyarrow.table(columns), path.name, how)
