"""Running what was written, by the tool that its readers have: on (n, ...) inputs, to outputs."""

import ctypes
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from isthmus.export.program import DTYPES, Program

Arrays = dict[str, np.ndarray]

SECONDS = 600
"""Longest time that a program may take for the examples of a check."""


class ToolMissingError(Exception):
    """The tool that would run an export is not installed; the message says which."""


def run_numpy(program: Program, source: bytes, function: str, inputs: Arrays) -> Arrays:
    """Run a Python file in a process of its own, which has imported NumPy and not JAX."""
    script = """
import runpy, sys, numpy as np
run = runpy.run_path("export.py")[sys.argv[1]]
inputs = np.load("inputs.npz")
given = run(*(inputs[name] for name in sys.argv[2:]))
assert "jax" not in sys.modules, "the file imports JAX"
np.savez("outputs.npz", *(given if isinstance(given, tuple) else (given,)))
"""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "export.py").write_bytes(source)
        np.savez(Path(folder, "inputs.npz"), **inputs)  # pyright: ignore[reportArgumentType]
        _run([sys.executable, "-c", script, function, *inputs], folder)
        with np.load(Path(folder, "outputs.npz")) as given:
            return dict(zip(_names(program), (given[name] for name in given.files), strict=True))


def run_javascript(program: Program, source: bytes, function: str, inputs: Arrays) -> Arrays:
    """Run JavaScript in node."""
    node = _tool("node", "the JavaScript is run by node")
    rows = [
        dict(zip(inputs, (np.asarray(values).tolist() for values in row), strict=True))
        for row in zip(*inputs.values(), strict=True)
    ]
    script = """
const { model } = require("./export.js");
const fs = require("fs");
const rows = JSON.parse(fs.readFileSync("rows.json"));
const given = model.runAll(rows);
for (const { name } of model.outputs) {
  const numbers = Float64Array.from(given.flatMap((row) => Array.from(row[name])));
  fs.writeFileSync(`${name}.bin`, Buffer.from(numbers.buffer));
}
"""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "export.js").write_bytes(source)
        text = json.dumps(rows, allow_nan=True).replace("NaN", "null")
        Path(folder, "rows.json").write_text(text, encoding="utf-8")
        Path(folder, "run.js").write_text(script, encoding="utf-8")
        _run([node, "run.js"], folder)
        return {
            port.name: np.fromfile(Path(folder, f"{port.name}.bin")).reshape(-1, *port.shape)
            for port in program.outputs
        }


def run_onnx(program: Program, source: bytes, function: str, inputs: Arrays) -> Arrays:
    """Run an ONNX graph in onnxruntime, on its CPU provider."""
    try:
        import onnxruntime
    except ImportError:
        raise ToolMissingError(
            "ONNX files are run by onnxruntime, which is not installed: pip install 'isthmus[onnx]'"
        ) from None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    session = onnxruntime.InferenceSession(source, options, ["CPUExecutionProvider"])
    given = session.run(_names(program), inputs)
    return {name: np.asarray(v) for name, v in zip(_names(program), given, strict=True)}


def run_c(program: Program, source: bytes, function: str, inputs: Arrays) -> Arrays:
    """Compile C99 into a library, and call it on one example after another."""
    compiler = _tool("cc", "C is compiled by cc")
    n = len(next(iter(inputs.values())))
    outputs = {
        port.name: np.empty((n, *port.shape), DTYPES["int" if port.kind == "bool" else port.kind])
        for port in program.outputs
    }
    flags = ["-std=c99", "-pedantic", "-Wall", "-Werror", "-O1", "-shared", "-fPIC"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "export.c").write_bytes(source)
        library = Path(folder, "export.so")
        _run([compiler, *flags, "export.c", "-o", str(library), "-lm"], folder)
        call = getattr(ctypes.CDLL(str(library)), function)
        whole = [np.ascontiguousarray(array) for array in (*inputs.values(), *outputs.values())]
        for row in range(n):
            call(*(ctypes.c_void_p(a.ctypes.data + row * (a.nbytes // n)) for a in whole))
    return outputs


def _names(program: Program) -> list[str]:
    return [port.name for port in program.outputs]


def _tool(name: str, use: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolMissingError(f"{use}, which is not installed")
    return found


def _run(command: list[str], folder: str) -> None:
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if run.returncode:
        raise RuntimeError(f"{command[0]} failed: {run.stderr.strip()[-2000:]}")
