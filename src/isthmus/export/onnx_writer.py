"""A program as an ONNX graph, by the package ``onnx`` (the extra ``onnx``)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnx import NodeProto, ValueInfoProto
from numpy.typing import ArrayLike, DTypeLike

from isthmus.errors import SettingError
from isthmus.export.program import Operation, Port, Program

OPSET = 21
"""Version of the operators: of 2024, and read by every onnxruntime since 1.18."""

IR_VERSION = 10
"""Version of the file format that goes with it."""

SAME = {
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "max": "Max",
    "min": "Min", "eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater",
    "ge": "GreaterOrEqual", "and": "And", "or": "Or", "not": "Not", "select": "Where",
    "neg": "Neg", "abs": "Abs", "sign": "Sign", "floor": "Floor", "round": "Round", "exp": "Exp",
    "log": "Log", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos", "sinh": "Sinh", "cosh": "Cosh",
    "tanh": "Tanh", "asinh": "Asinh", "atanh": "Atanh", "logistic": "Sigmoid", "erf": "Erf",
    "matmul": "MatMul",
}  # fmt: skip
"""Operations that an operator of ONNX stands for."""

LANCZOS = (
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
)  # fmt: skip
"""Lanczos' coefficients for g = 7, but the first, 0.99999999999980993."""


def write_onnx(program: Program, function: str, about: str) -> bytes:
    """Return an ONNX file whose first axis is free.

    Parameters
    ----------
    program
        What to compute.
    function
        The graph's name.
    about
        What the file is.

    Raises
    ------
    SettingError
        If the package ``onnx`` is not installed.
    """
    try:
        import onnx
        from onnx import helper
    except ImportError:
        raise SettingError(
            "ONNX files are written by the package onnx, which is not installed: "
            "pip install 'isthmus[onnx]'."
        ) from None
    graph = _Graph(program)
    for operation in program.operations:
        _write(graph, operation)
    kinds = {
        "float": onnx.TensorProto.FLOAT,
        "int": onnx.TensorProto.INT32,
        "bool": onnx.TensorProto.BOOL,
    }

    def outline(ports: tuple[Port, ...]) -> "list[ValueInfoProto]":
        return [
            helper.make_tensor_value_info(port.name, kinds[port.kind], ["n", *port.shape])
            for port in ports
        ]

    made = helper.make_graph(
        graph.nodes, function, outline(program.inputs), outline(program.outputs), graph.arrays
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="isthmus",
        doc_string=about,
    )
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


class _Graph:
    """Nodes and arrays of a graph that is being made."""

    def __init__(self, program: Program) -> None:
        from onnx import numpy_helper

        self.program = program
        self.nodes: list[NodeProto] = []
        self.arrays = [numpy_helper.from_array(a, n) for n, a in program.constants.items()]
        self._made = 0
        self._known: dict[tuple[bytes, str, tuple[int, ...]], str] = {}

    def add(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        from onnx import helper

        output = output or self.fresh()
        self.nodes.append(helper.make_node(operator, inputs, [output], output, **attributes))
        return output

    def array(self, values: ArrayLike, dtype: DTypeLike = np.int64) -> str:
        """Add an array of numbers; return its name."""
        from onnx import numpy_helper

        array = np.asarray(values, dtype)
        key = (array.tobytes(), array.dtype.str, array.shape)
        if key not in self._known:
            self._known[key] = self.fresh()
            self.arrays.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def batched(self, name: str) -> str:
        """Return a value with the batch axis, also if it is a constant."""
        if name not in self.program.constants:
            return name
        first = self.add("Shape", [self.program.inputs[0].name], start=0, end=1)
        shape = self.array(self.program.constants[name].shape)
        return self.add("Expand", [name, self.add("Concat", [first, shape], axis=0)])

    def fresh(self) -> str:
        """Return a name that no value has yet."""
        self._made += 1
        return f"onnx_{self._made}"


def _write(graph: _Graph, operation: Operation) -> None:
    kind, inputs, output, _, _ = operation
    if kind in SAME:
        graph.add(SAME[kind], list(inputs), output.name)
    else:
        OTHERS[kind](graph, operation)


def _reshape(graph: _Graph, operation: Operation) -> None:
    shape = graph.array([-1, *operation.output.shape])
    graph.add("Reshape", [operation.inputs[0], shape], operation.output.name)


def _broadcast(graph: _Graph, operation: Operation) -> None:
    shape = graph.array([1, *operation.output.shape])
    graph.add("Expand", [operation.inputs[0], shape], operation.output.name)


def _transpose(graph: _Graph, operation: Operation) -> None:
    axes = [0, *(axis + 1 for axis in operation.attributes["axes"])]
    graph.add("Transpose", list(operation.inputs), operation.output.name, perm=axes)


def _slice(graph: _Graph, operation: Operation) -> None:
    of = operation.attributes
    axes = range(1, len(of["starts"]) + 1)
    ends = [graph.array(list(v)) for v in (of["starts"], of["limits"], axes, of["strides"])]
    graph.add("Slice", [operation.inputs[0], *ends], operation.output.name)


def _reverse(graph: _Graph, operation: Operation) -> None:
    axes = [axis + 1 for axis in operation.attributes["axes"]]
    count = len(axes)
    ends = [[-1] * count, [np.iinfo(np.int64).min] * count, axes, [-1] * count]
    names = [graph.array(values) for values in ends]
    graph.add("Slice", [operation.inputs[0], *names], operation.output.name)


def _concatenate(graph: _Graph, operation: Operation) -> None:
    parts = [graph.batched(name) for name in operation.inputs]
    graph.add("Concat", parts, operation.output.name, axis=operation.attributes["axis"] + 1)


def _pad(graph: _Graph, operation: Operation) -> None:
    ends = graph.array([0, *operation.attributes["low"], 0, *operation.attributes["high"]])
    source, filler = operation.inputs
    graph.add("Pad", [source, ends, filler], operation.output.name)


def _over_axes(operator: str) -> Callable[[_Graph, Operation], None]:
    def write(graph: _Graph, operation: Operation) -> None:
        axes = graph.array([axis + 1 for axis in operation.attributes["axes"]])
        graph.add(operator, [operation.inputs[0], axes], operation.output.name, keepdims=0)

    return write


def _truths(operator: str) -> Callable[[_Graph, Operation], None]:
    def write(graph: _Graph, operation: Operation) -> None:
        numbers = graph.add("Cast", list(operation.inputs), to=6)  # int32
        axes = graph.array([axis + 1 for axis in operation.attributes["axes"]])
        found = graph.add(operator, [numbers, axes], keepdims=0)
        graph.add("Cast", [found], operation.output.name, to=9)  # bool

    return write


def _best(operator: str) -> Callable[[_Graph, Operation], None]:
    def write(graph: _Graph, operation: Operation) -> None:
        axis = operation.attributes["axis"] + 1
        found = graph.add(operator, list(operation.inputs), axis=axis, keepdims=0)
        graph.add("Cast", [found], operation.output.name, to=6)  # int32

    return write


def _cumsum(graph: _Graph, operation: Operation) -> None:
    axis = graph.array(operation.attributes["axis"] + 1)
    graph.add("CumSum", [operation.inputs[0], axis], operation.output.name)


def _take(graph: _Graph, operation: Operation) -> None:
    (line, places), output = operation.inputs, operation.output
    if line in graph.program.constants:
        graph.add("Gather", [line, places], output.name, axis=0)
    elif places in graph.program.constants:
        graph.add("Gather", [line, places], output.name, axis=1)
    else:
        flat = graph.add("Reshape", [places, graph.array([-1, output.size])])
        found = graph.add("GatherElements", [line, flat], axis=1)
        graph.add("Reshape", [found, graph.array([-1, *output.shape])], output.name)


def _put(graph: _Graph, operation: Operation) -> None:
    inputs = [graph.batched(name) for name in operation.inputs]
    graph.add("ScatterElements", inputs, operation.output.name, axis=1)


def _top(graph: _Graph, operation: Operation) -> None:
    from onnx import helper

    k = graph.array([operation.attributes["k"]])
    values, places = graph.fresh(), graph.fresh()
    node = helper.make_node("TopK", [operation.inputs[0], k], [values, places], axis=1)
    graph.nodes.append(node)
    graph.add("Cast", [places], operation.output.name, to=6)  # int32


def _differs(graph: _Graph, operation: Operation) -> None:
    graph.add("Not", [graph.add("Equal", list(operation.inputs))], operation.output.name)


def _reciprocal_root(graph: _Graph, operation: Operation) -> None:
    graph.add("Reciprocal", [graph.add("Sqrt", list(operation.inputs))], operation.output.name)


def _cast(graph: _Graph, operation: Operation) -> None:
    to = {"float": 1, "int": 6, "bool": 9}[operation.output.kind]
    graph.add("Cast", list(operation.inputs), operation.output.name, to=to)


def _log1p(graph: _Graph, operation: Operation) -> None:
    """Write x log(u) / (u - 1) with u = 1 + x as it is rounded, which is exact near 0."""
    x, one = operation.inputs[0], graph.array(1.0, np.float32)
    u = graph.add("Add", [one, x])
    excess = graph.add("Sub", [u, one])
    none = graph.add("Equal", [excess, graph.array(0.0, np.float32)])
    quotient = graph.add("Div", [graph.add("Log", [u]), graph.add("Where", [none, one, excess])])
    graph.add("Where", [none, x, graph.add("Mul", [x, quotient])], operation.output.name)


def _expm1(graph: _Graph, operation: Operation) -> None:
    """Write tanh(x / 2) (exp(x) + 1), which is exact near 0."""
    x = operation.inputs[0]
    half = graph.add("Tanh", [graph.add("Mul", [x, graph.array(0.5, np.float32)])])
    whole = graph.add("Add", [graph.add("Exp", [x]), graph.array(1.0, np.float32)])
    graph.add("Mul", [half, whole], operation.output.name)


def _in_double(graph: _Graph, x: str) -> tuple[Callable[..., str], Callable[[float], str], str]:
    """Return functions for nodes and numbers, and x as double: float is too coarse for these."""

    def number(value: float) -> str:
        return graph.array(value, np.float64)

    def node(operator: str, *inputs: str) -> str:
        return graph.add(operator, list(inputs))

    return node, number, graph.add("Cast", [x], to=11)  # double


def _lgamma(graph: _Graph, operation: Operation) -> None:
    """Write Lanczos' approximation, of x + 1 less log(x), for x > 0."""
    node, number, x = _in_double(graph, operation.inputs[0])
    total = number(0.99999999999980993)
    for i, coefficient in enumerate(LANCZOS):
        below = node("Add", x, number(i + 1.0))
        total = node("Add", total, node("Div", number(coefficient), below))
    t = node("Add", x, number(7.5))
    power = node("Mul", node("Add", x, number(0.5)), node("Log", t))
    logs = node("Sub", node("Add", power, node("Log", total)), node("Log", x))
    found = node("Sub", node("Add", logs, number(0.5 * np.log(2 * np.pi))), t)
    graph.add("Cast", [found], operation.output.name, to=1)


def _digamma(graph: _Graph, operation: Operation) -> None:
    """Write ten steps of the recurrence, then the asymptotic series, for x > 0."""
    node, number, x = _in_double(graph, operation.inputs[0])
    shift = number(0.0)
    for _ in range(10):
        shift = node("Sub", shift, node("Reciprocal", x))
        x = node("Add", x, number(1.0))
    s = node("Reciprocal", node("Mul", x, x))
    series = number(1 / 240)
    for coefficient in (1 / 252, 1 / 120, 1 / 12):
        series = node("Sub", number(coefficient), node("Mul", s, series))
    half = node("Div", number(0.5), x)
    found = node("Sub", node("Sub", node("Log", x), half), node("Mul", s, series))
    graph.add("Cast", [node("Add", shift, found)], operation.output.name, to=1)


OTHERS: dict[str, Callable[[_Graph, Operation], None]] = {
    "reshape": _reshape,
    "broadcast": _broadcast,
    "transpose": _transpose,
    "slice": _slice,
    "reverse": _reverse,
    "concatenate": _concatenate,
    "pad": _pad,
    "sum": _over_axes("ReduceSum"),
    "maximum": _over_axes("ReduceMax"),
    "minimum": _over_axes("ReduceMin"),
    "all": _truths("ReduceMin"),
    "any": _truths("ReduceMax"),
    "argmax": _best("ArgMax"),
    "argmin": _best("ArgMin"),
    "cumsum": _cumsum,
    "take": _take,
    "put": _put,
    "top": _top,
    "ne": _differs,
    "rsqrt": _reciprocal_root,
    "cast": _cast,
    "log1p": _log1p,
    "expm1": _expm1,
    "lgamma": _lgamma,
    "digamma": _digamma,
}
"""Operations that take more than one node, or the batch axis spelt out."""

__all__ = ["OPSET", "write_onnx"]
