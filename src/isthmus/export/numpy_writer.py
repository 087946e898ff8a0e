"""A program as one Python file that needs NumPy alone: a function of a batch of examples."""

import base64
import textwrap
from collections.abc import Callable

import numpy as np

from isthmus.export.program import DTYPES, Operation, Port, Program

PLAIN = {
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}",
    "pow": "{} ** {}", "max": "np.maximum({}, {})", "min": "np.minimum({}, {})",
    "eq": "{} == {}", "ne": "{} != {}", "lt": "{} < {}", "le": "{} <= {}", "gt": "{} > {}",
    "ge": "{} >= {}", "and": "{} & {}", "or": "{} | {}", "not": "~{}", "neg": "-{}",
    "select": "np.where({}, {}, {})", "abs": "np.abs({})", "sign": "np.sign({})",
    "floor": "np.floor({})", "round": "np.rint({})", "exp": "np.exp({})", "expm1": "np.expm1({})",
    "log": "np.log({})", "log1p": "np.log1p({})", "sqrt": "np.sqrt({})", "rsqrt": "1 / np.sqrt({})",
    "sin": "np.sin({})", "cos": "np.cos({})", "sinh": "np.sinh({})", "cosh": "np.cosh({})",
    "tanh": "np.tanh({})", "asinh": "np.arcsinh({})", "atanh": "np.arctanh({})",
    "logistic": "1 / (1 + np.exp(-{}))", "matmul": "{} @ {}", "erf": "_erf({})",
    "lgamma": "_lgamma({})", "digamma": "_digamma({})",
}  # fmt: skip
"""Operations that are the same with and without a batch axis."""

OVER_AXES = {
    "sum": "np.sum", "maximum": "np.max", "minimum": "np.min", "all": "np.all", "any": "np.any",
}  # fmt: skip
ALONG_AXIS = {"argmax": "np.argmax", "argmin": "np.argmin", "cumsum": "np.cumsum"}

HELPERS = {
    "_erf": "_erf = np.vectorize(math.erf, otypes=[np.float32])\n",
    "_lgamma": "_lgamma = np.vectorize(math.lgamma, otypes=[np.float32])\n",
    "_digamma": '''
def _digamma(x):
    """By the recurrence up to 10, then the asymptotic series."""
    x, shift = np.asarray(x, np.float64), 0.0
    for _ in range(10):
        shift = shift - np.where(x < 10, 1 / x, 0)
        x = np.where(x < 10, x + 1, x)
    s = 1 / x**2
    series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s / 240)))
    return (shift + np.log(x) - 0.5 / x - series).astype(np.float32)
''',
    "_put": '''
def _put(line, places, numbers):
    """Return the line with numbers at places."""
    np.put_along_axis(line, places, numbers, 1)
    return line
''',
}
"""What NumPy lacks, written into the file where it is used."""

FILE = '''"""{about}

{function}({arguments}): {signature}.
Made by isthmus; it needs NumPy alone.
"""

import base64
import math

import numpy as np


def _array(text, dtype, *shape):
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape)


{helpers}
@np.errstate(all="ignore")
def {function}({arguments}):
    """Return {signature}."""
{body}


{constants}
'''


def write_numpy(program: Program, function: str, about: str) -> str:
    """Return a Python file with a function of a batch.

    Parameters
    ----------
    program
        What to compute.
    function
        The function's name.
    about
        What the file is, for its first lines.

    Returns
    -------
    str
        Its function takes an array (n, ...) for each input and returns one for each output.
    """
    first = program.inputs[0].name
    lines = [f"n = len({first})"]
    lines += [
        f"{name} = np.asarray({name}, np.{DTYPES[kind].__name__}).reshape({_shape(shape)})"
        for name, shape, kind in program.inputs
    ]
    lines += [_line(program, operation) for operation in program.operations]
    lines.append(f"return {', '.join(port.name for port in program.outputs)}")
    body = "\n".join(lines)
    return FILE.format(
        about=about,
        function=function,
        arguments=", ".join(port.name for port in program.inputs),
        signature=f"{_described(program.outputs)} of {_described(program.inputs)}",
        helpers="".join(text + "\n" for name, text in HELPERS.items() if f"{name}(" in body),
        body=textwrap.indent(body, "    "),
        constants="\n".join(_constant(*item) for item in program.constants.items()),
    )


def _described(ports: tuple[Port, ...]) -> str:
    return " and ".join(
        f"{port.name} ({', '.join(map(str, ('n', *port.shape)))}{'' if port.shape else ','})"
        for port in ports
    )


def _shape(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, ("n", *shape)))


def _constant(name: str, array: np.ndarray) -> str:
    dtype = array.dtype.newbyteorder("<").str
    if array.ndim == 0:
        value = array.item() if np.isfinite(array) else f"{array.item()}"
        return f"{name} = np.{array.dtype.name}({value!r})"
    text = base64.b64encode(array.astype(dtype).tobytes()).decode("ascii")
    return f'{name} = _array("{text}", "{dtype}", {", ".join(map(str, array.shape))})'


def _line(program: Program, operation: Operation) -> str:
    kind, inputs, output, _, _ = operation
    if kind in PLAIN:
        return f"{output.name} = {PLAIN[kind].format(*inputs)}"
    return f"{output.name} = {SHAPED[kind](program, operation)}"


def _reshape(_: Program, operation: Operation) -> str:
    return f"{operation.inputs[0]}.reshape({_shape(operation.output.shape)})"


def _cast(_: Program, operation: Operation) -> str:
    return f"{operation.inputs[0]}.astype(np.{DTYPES[operation.output.kind].__name__})"


def _broadcast(_: Program, operation: Operation) -> str:
    return f"np.broadcast_to({operation.inputs[0]}, ({_shape(operation.output.shape)},))"


def _transpose(_: Program, operation: Operation) -> str:
    axes = ", ".join(str(axis + 1) for axis in operation.attributes["axes"])
    return f"{operation.inputs[0]}.transpose(0, {axes})"


def _slice(_: Program, operation: Operation) -> str:
    ends = zip(
        *(operation.attributes[name] for name in ("starts", "limits", "strides")), strict=True
    )
    parts = (f"{a}:{b}" + (f":{step}" if step != 1 else "") for a, b, step in ends)
    return f"{operation.inputs[0]}[:, {', '.join(parts)}]"


def _reverse(_: Program, operation: Operation) -> str:
    axes = tuple(axis + 1 for axis in operation.attributes["axes"])
    return f"np.flip({operation.inputs[0]}, {axes})"


def _concatenate(program: Program, operation: Operation) -> str:
    parts = [
        f"np.broadcast_to({name}, ({_shape(program.constants[name].shape)},))"
        if name in program.constants
        else name
        for name in operation.inputs
    ]
    return f"np.concatenate([{', '.join(parts)}], {operation.attributes['axis'] + 1})"


def _pad(_: Program, operation: Operation) -> str:
    low, high = operation.attributes["low"], operation.attributes["high"]
    ends = ((0, 0), *zip(low, high, strict=True))
    source, filler = operation.inputs
    return f"np.pad({source}, {ends}, constant_values={filler})"


def _over_axes(_: Program, operation: Operation) -> str:
    axes = tuple(axis + 1 for axis in operation.attributes["axes"])
    return f"{OVER_AXES[operation.kind]}({operation.inputs[0]}, {axes})"


def _along_axis(_: Program, operation: Operation) -> str:
    call = (
        f"{ALONG_AXIS[operation.kind]}({operation.inputs[0]}, {operation.attributes['axis'] + 1})"
    )
    return call if operation.kind == "cumsum" else f"{call}.astype(np.int32)"


def _take(program: Program, operation: Operation) -> str:
    line, places = operation.inputs
    if line in program.constants:
        return f"{line}[{places}]"
    if places in program.constants:
        return f"{line}[:, {places}]"
    shape = _shape(operation.output.shape)
    return f"np.take_along_axis({line}, {places}.reshape(n, -1), 1).reshape({shape})"


def _put(program: Program, operation: Operation) -> str:
    line, places, numbers = operation.inputs
    size = operation.output.size
    if places in program.constants:
        places = f"np.broadcast_to({places}, (n, {len(program.constants[places])}))"
    if numbers in program.constants:
        numbers = f"np.broadcast_to({numbers}, (n, {len(program.constants[numbers])}))"
    return f"_put(np.broadcast_to({line}, (n, {size})).copy(), {places}, {numbers})"


def _top(_: Program, operation: Operation) -> str:
    order = f'np.argsort(-{operation.inputs[0]}, 1, "stable")'
    return f"{order}[:, : {operation.attributes['k']}].astype(np.int32)"


SHAPED: dict[str, Callable[[Program, Operation], str]] = {
    "reshape": _reshape,
    "cast": _cast,
    "broadcast": _broadcast,
    "transpose": _transpose,
    "slice": _slice,
    "reverse": _reverse,
    "concatenate": _concatenate,
    "pad": _pad,
    "take": _take,
    "put": _put,
    "top": _top,
    **dict.fromkeys(OVER_AXES, _over_axes),
    **dict.fromkeys(ALONG_AXIS, _along_axis),
}
"""Operations that need the batch axis spelt out."""
