"""A program as one C99 file: a function of one example, without malloc; it needs math.h alone."""

from collections.abc import Callable

import numpy as np

from isthmus.export.program import Operation, Port, Program, Shape

TYPES = {"float": "float", "int": "int", "bool": "int"}

EACH = {
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{} / {}",
    "pow": "powf({}, {})", "max": "greater({}, {})", "min": "lesser({}, {})",
    "eq": "{} == {}", "ne": "{} != {}", "lt": "{} < {}", "le": "{} <= {}", "gt": "{} > {}",
    "ge": "{} >= {}", "and": "{} && {}", "or": "{} || {}", "not": "!{}", "neg": "-{}",
    "select": "{} ? {} : {}", "abs": "fabsf({})", "sign": "({0} > 0) - ({0} < 0)",
    "floor": "floorf({})", "round": "rintf({})", "exp": "expf({})", "expm1": "expm1f({})",
    "log": "logf({})", "log1p": "log1pf({})", "sqrt": "sqrtf({})", "rsqrt": "1.0f / sqrtf({})",
    "sin": "sinf({})", "cos": "cosf({})", "sinh": "sinhf({})", "cosh": "coshf({})",
    "tanh": "tanhf({})", "asinh": "asinhf({})", "atanh": "atanhf({})",
    "logistic": "1.0f / (1.0f + expf(-{}))", "erf": "erff({})", "lgamma": "lgammaf({})",
    "digamma": "digamma({})",
}  # fmt: skip
"""Element-wise operations as expressions."""

CASTS = {"float": "(float){}", "int": "(int){}", "bool": "{} != 0"}

REDUCED = {
    "sum": ("0", "{out} += {of}"),
    "maximum": ("-INFINITY", "if ({of} > {out}) {out} = {of}"),
    "minimum": ("INFINITY", "if ({of} < {out}) {out} = {of}"),
    "all": ("1", "{out} = {out} && {of}"),
    "any": ("0", "{out} = {out} || {of}"),
}
"""What a reduction begins with, and how it takes one number more."""

HELPERS = {
    "greater": "static float greater(float a, float b) { return a > b || a != a ? a : b; }\n",
    "lesser": "static float lesser(float a, float b) { return a < b || a != a ? a : b; }\n",
    "digamma": """\
/* By the recurrence up to 10, then the asymptotic series. */
static float digamma(double x) {
  double shift = 0.0, s;
  for (; x < 10.0; x += 1.0) shift -= 1.0 / x;
  s = 1.0 / (x * x);
  s *= 1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s / 240));
  return (float)(shift + log(x) - 0.5 / x - s);
}
""",
}
"""Functions that C lacks, written into the file where they are used."""

FILE = """\
/* {about}

   {signature}
   computes {described} of one example.
   C99, needs math.h alone, allocates nothing. Intermediate values are static,
   so that only one thread may call it at a time. Made by isthmus. */

#include <math.h>

{helpers}
{constants}

{signature} {{
{body}
}}
"""


def write_c(program: Program, function: str, about: str) -> str:
    """Return a C99 file with a function of one example.

    Parameters
    ----------
    program
        What to compute.
    function
        The function's name.
    about
        What the file is, for its first lines.
    """
    outputs = {port.name for port in program.outputs}
    arguments = [_argument(port, given=True) for port in program.inputs]
    arguments += [_argument(port, given=False) for port in program.outputs]
    signature = f"void {function}({', '.join(arguments)})"
    kept = (op.output for op in program.operations if op.output.name not in outputs)
    lines = [f"static {TYPES[port.kind]} {port.name}[{port.size}];" for port in kept]
    shapes = {name: array.shape for name, array in program.constants.items()}
    shapes |= {name: port.shape for name, port in program.ports.items()}
    for operation in program.operations:
        lines += _layer_comment(lines, operation)
        lines += SHAPED.get(operation.kind, _each)(operation, shapes)
    body = "\n".join(f"  {line}" for line in lines)
    return FILE.format(
        about=about,
        signature=signature,
        described=" and ".join(port.name for port in program.outputs),
        helpers="\n".join(text for name, text in HELPERS.items() if f"{name}(" in body),
        constants="\n".join(_constant(*item) for item in program.constants.items()),
        body=body,
    )


def _argument(port: Port, *, given: bool) -> str:
    return f"{'const ' if given else ''}{TYPES[port.kind]} {port.name}[{port.size}]"


def _layer_comment(lines: list[str], operation: Operation) -> list[str]:
    """Return a comment where a layer begins."""
    comment = f"/* {operation.layer} */"
    last = next((line for line in reversed(lines) if line.startswith("/*")), "")
    return [] if comment == last else [comment]


def _constant(name: str, array: np.ndarray) -> str:
    values = [_number(value) for value in array.reshape(-1).tolist()]
    rows = [", ".join(values[i : i + 8]) for i in range(0, len(values), 8)]
    of = "float" if array.dtype.kind == "f" else "int"
    inside = ",\n  ".join(rows)
    return f"static const {of} {name}[{array.size}] = {{\n  {inside}}};"


def _number(value: float | int | bool) -> str:
    if not isinstance(value, float):
        return str(int(value))
    if value != value or value in (np.inf, -np.inf):
        return {"nan": "NAN", "inf": "INFINITY", "-inf": "-INFINITY"}[str(value)]
    text = f"{value:.9g}"
    return f"{text}f" if "." in text or "e" in text else f"{text}.0f"


Shapes = dict[str, Shape]


def _strides(shape: Shape) -> list[int]:
    return [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]


def _place(steps: list[int], start: int = 0) -> str:
    """Return an index in C: the sum of loop counters times steps, after the start."""
    terms = [
        f"i{axis}" if step == 1 else f"{step} * i{axis}" for axis, step in enumerate(steps) if step
    ]
    return " + ".join(([str(start)] if start or not terms else []) + terms)


def _loops(shape: Shape, body: str) -> list[str]:
    """Return loops over every place of a shape, counted by i0, i1, ..."""
    heads = [f"for (int i{a} = 0; i{a} < {size}; i{a}++)" for a, size in enumerate(shape)]
    return [" ".join([*heads, f"{{ {body}; }}"])]


def _spread(shape: Shape, output: Shape) -> list[int]:
    """Return how far each axis of a broadcast output moves in an input."""
    missing, own = len(output) - len(shape), _strides(shape)
    return [
        0 if axis < missing or shape[axis - missing] == 1 else own[axis - missing]
        for axis in range(len(output))
    ]


def _each(operation: Operation, shapes: Shapes) -> list[str]:
    kind, inputs, output, _, _ = operation
    form = CASTS[output.kind] if kind == "cast" else EACH[kind]
    whole = all(np.prod(shapes[name]) in (1, output.size) for name in inputs)
    if whole and output.size > 1:
        of = [f"{n}[{'i0' if np.prod(shapes[n]) == output.size else '0'}]" for n in inputs]
        return _loops((output.size,), f"{output.name}[i0] = {form.format(*of)}")
    of = [f"{name}[{_place(_spread(shapes[name], output.shape))}]" for name in inputs]
    target = f"{output.name}[{_place(_strides(output.shape))}]"
    return _loops(output.shape, f"{target} = {form.format(*of)}")


def _moved(operation: Operation, steps: list[int], start: int = 0) -> list[str]:
    """Return loops that fill the output from places of the input that are even steps apart."""
    output = operation.output
    target = f"{output.name}[{_place(_strides(output.shape))}]"
    return _loops(output.shape, f"{target} = {operation.inputs[0]}[{_place(steps, start)}]")


def _reshape(operation: Operation, shapes: Shapes) -> list[str]:
    body = f"{operation.output.name}[i0] = {operation.inputs[0]}[i0]"
    return _loops((operation.output.size,), body)


def _broadcast(operation: Operation, shapes: Shapes) -> list[str]:
    return _moved(operation, _spread(shapes[operation.inputs[0]], operation.output.shape))


def _transpose(operation: Operation, shapes: Shapes) -> list[str]:
    own = _strides(shapes[operation.inputs[0]])
    return _moved(operation, [own[axis] for axis in operation.attributes["axes"]])


def _slice(operation: Operation, shapes: Shapes) -> list[str]:
    own, of = _strides(shapes[operation.inputs[0]]), operation.attributes
    start = sum(a * step for a, step in zip(of["starts"], own, strict=True))
    return _moved(operation, [a * b for a, b in zip(of["strides"], own, strict=True)], start)


def _reverse(operation: Operation, shapes: Shapes) -> list[str]:
    shape = shapes[operation.inputs[0]]
    own, axes = _strides(shape), operation.attributes["axes"]
    start = sum((shape[axis] - 1) * own[axis] for axis in axes)
    return _moved(operation, [-s if a in axes else s for a, s in enumerate(own)], start)


def _concatenate(operation: Operation, shapes: Shapes) -> list[str]:
    output, axis = operation.output, operation.attributes["axis"]
    steps, start, lines = _strides(output.shape), 0, []
    for name in operation.inputs:
        own = shapes[name]
        target = f"{output.name}[{_place(steps, start * steps[axis])}]"
        lines += _loops(own, f"{target} = {name}[{_place(_strides(own))}]")
        start += own[axis]
    return lines


def _pad(operation: Operation, shapes: Shapes) -> list[str]:
    output, (source, filler) = operation.output, operation.inputs
    steps, own = _strides(output.shape), shapes[source]
    start = sum(a * step for a, step in zip(operation.attributes["low"], steps, strict=True))
    inside = f"{output.name}[{_place(steps, start)}] = {source}[{_place(_strides(own))}]"
    fill = _loops((output.size,), f"{output.name}[i0] = {filler}[0]")
    return [*fill, *_loops(own, inside)]


def _matmul(operation: Operation, shapes: Shapes) -> list[str]:
    (left, right), output = operation.inputs, operation.output
    length, width = shapes[right][-2:]
    rows = output.size // width
    own = rows // (shapes[left][-2] if len(shapes[left]) > 1 else 1)  # matrices on the right
    each = rows // own if len(shapes[right]) > 2 else rows
    matrix = f"(i0 / {each}) * {length * width} + " if len(shapes[right]) > 2 else ""
    target = f"{output.name}[i0 * {width} + i2]"
    factor = f"{left}[i0 * {length} + i1] * {right}[{matrix}i1 * {width} + i2]"
    zero = _loops((output.size,), f"{output.name}[i0] = 0.0f")
    return [*zero, *_loops((rows, length, width), f"{target} += {factor}")]


def _reduce(operation: Operation, shapes: Shapes) -> list[str]:
    output, (source,) = operation.output, operation.inputs
    start, join = REDUCED[operation.kind]
    kept, axes = iter(_strides(output.shape)), operation.attributes["axes"]
    shape = shapes[source]
    steps = [0 if axis in axes else next(kept) for axis in range(len(shape))]
    body = join.format(
        out=f"{output.name}[{_place(steps)}]", of=f"{source}[{_place(_strides(shape))}]"
    )
    return [*_loops((output.size,), f"{output.name}[i0] = {start}"), *_loops(shape, body)]


def _lines_of(shape: Shape, axis: int) -> tuple[Shape, str]:
    """Return loops (outer, count, inner) around an axis, and the place of a number."""
    outer, inner = int(np.prod(shape[:axis])), int(np.prod(shape[axis + 1 :]))
    return (outer, shape[axis], inner), f"(i0 * {shape[axis]} + i1) * {inner} + i2"


def _best(sign: str) -> Callable[[Operation, Shapes], list[str]]:
    def write(operation: Operation, shapes: Shapes) -> list[str]:
        output, (source,) = operation.output, operation.inputs
        loops, place = _lines_of(shapes[source], operation.attributes["axis"])
        target = f"{output.name}[i0 * {loops[2]} + i2]"
        so_far = place.replace("i1", target)
        begin = _loops((output.size,), f"{output.name}[i0] = 0")
        better = f"if ({source}[{place}] {sign} {source}[{so_far}]) {target} = i1"
        return [*begin, *_loops(loops, better)]

    return write


def _cumsum(operation: Operation, shapes: Shapes) -> list[str]:
    output, (source,) = operation.output, operation.inputs
    loops, place = _lines_of(shapes[source], operation.attributes["axis"])
    before = f"(i1 ? {output.name}[{place} - {loops[2]}] : 0)"
    return _loops(loops, f"{output.name}[{place}] = {source}[{place}] + {before}")


def _take(operation: Operation, shapes: Shapes) -> list[str]:
    output, (line, places) = operation.output, operation.inputs
    return _loops((output.size,), f"{output.name}[i0] = {line}[{places}[i0]]")


def _put(operation: Operation, shapes: Shapes) -> list[str]:
    output, (line, places, numbers) = operation.output, operation.inputs
    count = int(np.prod(shapes[numbers]))
    return [
        *_loops((output.size,), f"{output.name}[i0] = {line}[i0]"),
        *_loops((count,), f"{output.name}[{places}[i0]] = {numbers}[i0]"),
    ]


def _top(operation: Operation, shapes: Shapes) -> list[str]:
    """Write the rank of every number; those of the first ranks are the greatest."""
    output, (source,) = operation.output, operation.inputs
    size = int(np.prod(shapes[source]))
    ahead = f"{source}[i1] > {source}[i0] || ({source}[i1] == {source}[i0] && i1 < i0)"
    count = f"int rank = 0; for (int i1 = 0; i1 < {size}; i1++) rank += {ahead}"
    keep = f"if (rank < {operation.attributes['k']}) {output.name}[rank] = i0"
    return _loops((size,), f"{count}; {keep}")


SHAPED: dict[str, Callable[[Operation, Shapes], list[str]]] = {
    "reshape": _reshape,
    "broadcast": _broadcast,
    "transpose": _transpose,
    "slice": _slice,
    "reverse": _reverse,
    "concatenate": _concatenate,
    "pad": _pad,
    "matmul": _matmul,
    "take": _take,
    "put": _put,
    "top": _top,
    "argmax": _best(">"),
    "argmin": _best("<"),
    "cumsum": _cumsum,
    **dict.fromkeys(REDUCED, _reduce),
}
"""Operations that are not element-wise."""
