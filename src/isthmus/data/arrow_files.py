"""Arrow's own files: Feather and IPC."""

from pathlib import Path

from isthmus.data.checks import reason
from isthmus.data.reading import Reading
from isthmus.data.source import Source
from isthmus.data.tables import from_table
from isthmus.errors import DataError


def open_arrow(path: Path, how: Reading) -> Source:
    """Read a table of Feather (version 2), of an Arrow file, or of an Arrow stream."""
    import pyarrow
    from pyarrow import feather, ipc

    try:
        try:
            table = feather.read_table(path, memory_map=False)
        except pyarrow.ArrowInvalid:
            with pyarrow.OSFile(str(path)) as file, ipc.open_stream(file) as stream:
                table = stream.read_all()
    except (pyarrow.ArrowException, OSError) as error:
        raise DataError(
            f"{path.name} cannot be read as an Arrow table ({reason(error)}); write it again."
        ) from None
    return from_table(table, path.name, how)
