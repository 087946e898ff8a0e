"""A program as plain JavaScript: a description of it, and `runtime.js`, which runs that."""

import base64
import json
from importlib.resources import files
from typing import Literal

import numpy as np

from isthmus.export.program import Program

Weights = Literal["float32", "float16"]

TAIL = """
if (typeof module !== "undefined" && module.exports) module.exports = { IsthmusProgram, model };
"""


def runtime() -> str:
    """Return the JavaScript that runs descriptions: it defines the class ``IsthmusProgram``."""
    return files("isthmus.export").joinpath("runtime.js").read_text(encoding="utf-8")


def describe(program: Program, weights: Weights = "float32") -> dict[str, object]:
    """Return a program as plain JSON, the argument of ``new IsthmusProgram(..)``.

    Parameters
    ----------
    program
        The program.
    weights
        ``float16`` halves the size, and changes weights by up to 1 part in 2,000. Numbers that
        stand alone, such as a scaling's, stay float32, as do those beyond the range of float16.

    Returns
    -------
    dict
        ``format``, ``inputs``, ``outputs``, ``constants`` (in base64, little-endian) and
        ``operations``: kind, output, its shape and kind of number, inputs, attributes, layer.
    """
    return {
        "format": 1,
        "inputs": [port._asdict() for port in program.inputs],
        "outputs": [port._asdict() for port in program.outputs],
        "constants": {n: _constant(array, weights) for n, array in program.constants.items()},
        "operations": [
            [kind, out.name, out.shape, out.kind, inputs, attributes, layer]
            for kind, inputs, out, attributes, layer in program.operations
        ],
    }


def write_javascript(
    program: Program, function: str, about: str, weights: Weights = "float32"
) -> str:
    """Return a file that defines ``model``, an ``IsthmusProgram``: for a page or for node.

    Parameters
    ----------
    program
        What to compute.
    function
        What the part is called, for the file's first lines.
    about
        What the file is.
    weights
        As of `describe`.
    """
    inputs, outputs = (
        ", ".join(
            f"{port.name} ({', '.join(map(str, port.shape)) or 'one number'})" for port in ports
        )
        for ports in (program.inputs, program.outputs)
    )
    lines = [about, f"{function}: model.run({{..}}), from {inputs} to {outputs}.", ""]
    head = "".join(f"// {line}".rstrip() + "\n" for line in "\n".join(lines).split("\n"))
    described = json.dumps(describe(program, weights), separators=(",", ":"))
    return f"{head}{runtime()}\nconst model = new IsthmusProgram({described});\n{TAIL}"


def _constant(array: np.ndarray, weights: Weights) -> dict[str, object]:
    types = {"f": "<f4", "i": "<i4", "b": "u1"}
    dtype = types[array.dtype.kind]
    if weights == "float16" and dtype == "<f4" and array.ndim > 1:
        fits = np.abs(array).max(initial=0) < np.finfo(np.float16).max
        dtype = "<f2" if fits else dtype
    names = {"<f4": "float32", "<f2": "float16", "<i4": "int32", "u1": "bool"}
    data = base64.b64encode(array.astype(dtype).tobytes()).decode("ascii")
    return {"shape": array.shape, "type": names[dtype], "data": data}
