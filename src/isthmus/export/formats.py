"""The formats that a program can be written in: a row each."""

from collections.abc import Callable
from typing import NamedTuple

from isthmus.export.c_writer import write_c
from isthmus.export.javascript import write_javascript
from isthmus.export.numpy_writer import write_numpy
from isthmus.export.onnx_writer import write_onnx
from isthmus.export.program import Program
from isthmus.export.running import Arrays, run_c, run_javascript, run_numpy, run_onnx


class Format(NamedTuple):
    """A format.

    Parameters
    ----------
    suffix
        What its files end in.
    write
        From (program, name of the function, about) to the file's contents.
    run
        From (program, contents, name of the function, inputs (n, ...)) to outputs (n, ...); raises
        `ToolMissingError` where the tool for it is not installed.
    about
        What it is, and what reads it.
    """

    suffix: str
    write: Callable[[Program, str, str], bytes]
    run: Callable[[Program, bytes, str, Arrays], Arrays]
    about: str


def _encoded(write: Callable[[Program, str, str], str]) -> Callable[[Program, str, str], bytes]:
    return lambda program, function, about: write(program, function, about).encode()


FORMATS = {
    "onnx": Format(".onnx", write_onnx, run_onnx, "an ONNX graph, for onnxruntime and others"),
    "numpy": Format(".py", _encoded(write_numpy), run_numpy, "one Python file that needs NumPy"),
    "js": Format(".js", _encoded(write_javascript), run_javascript, "plain JavaScript"),
    "c": Format(".c", _encoded(write_c), run_c, "one C99 file without malloc"),
}
"""The formats by name."""
