"""From a primitive of JAX to operations of a program: a function each, and the table of them."""

from dataclasses import replace

import numpy as np
from jax.extend.core import JaxprEqn

from isthmus.errors import SettingError
from isthmus.export.equations import Lower, of_output, output_of, renamed, shape_of
from isthmus.export.graph import Graph, Node, kind_of, squeezed
from isthmus.export.program import Shape
from isthmus.export.rearranging import REARRANGING

SAME_NAME = (
    "add", "sub", "mul", "div", "max", "min", "pow", "eq", "ne", "lt", "le", "gt", "ge", "and",
    "or", "not", "neg", "abs", "sign", "floor", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt",
    "sin", "cos", "sinh", "cosh", "tanh", "asinh", "atanh", "logistic", "erf", "lgamma", "digamma",
)  # fmt: skip
"""Element-wise primitives that an operation of the same name stands for."""


def elementwise(graph: Graph, kind: str, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Emit an element-wise operation, which repeats its inputs along axes by itself."""
    whole = shape_of(equation)
    shape, of = squeezed(whole), kind_of(output_of(equation).dtype)
    narrow = [_narrow(graph, node, whole) for node in inputs]
    if np.broadcast_shapes(*(found for _, found in narrow)) != shape:
        narrow = [_narrow(graph, replace(node, narrow=None), whole) for node in inputs]
    return Node(whole, graph.emit(kind, [name for name, _ in narrow], shape, of))


def _narrow(graph: Graph, node: Node, whole: Shape) -> tuple[str, Shape]:
    """Return an input's name, and its shape, which broadcasts to that of the output."""
    if node.narrow is not None:
        return node.narrow.name, node.narrow.shape
    kept = tuple(own for own, size in zip(node.shape, whole, strict=False) if size != 1)
    if node.port is not None:
        kept = kept if node.shape else (1,) * len(squeezed(whole))
        return graph.name(node, kept), kept
    assert node.constant is not None
    array = node.constant.reshape(kept)
    if array.size and (array == array.flat[0]).all():
        array = array.flat[0].reshape(())
    return graph.constant(array, node.label), array.shape


def _same_name(kind: str) -> Lower:
    return lambda graph, equation, inputs: elementwise(graph, kind, equation, inputs)


def _round(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    if int(equation.params["rounding_method"]) != 1:
        raise SettingError("The model rounds halves away from zero, which no export has.")
    return elementwise(graph, "round", equation, inputs)


def _is_finite(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    (name,) = (graph.name(node) for node in inputs)
    shape = squeezed(shape_of(equation))
    zero = graph.emit("sub", [name, name], shape, "float")  # NaN if it is not finite
    none = graph.constant(np.zeros((), np.float32))
    return of_output(equation, graph.emit("eq", [zero.name, none], shape, "bool"))


def _select(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    condition, *cases = inputs
    if len(cases) != 2 or condition.kind != "bool":
        raise SettingError("The model chooses among more than two cases, which no export has.")
    return elementwise(graph, "select", equation, [condition, cases[1], cases[0]])


def _clamp(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    least, x, most = inputs
    return elementwise(
        graph, "min", equation, [elementwise(graph, "max", equation, [x, least]), most]
    )


def _integer_power(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    power, (x,) = equation.params["y"], inputs
    product = x
    for _ in range(abs(power) - 1):
        product = elementwise(graph, "mul", equation, [product, x])
    if power > 0:
        return product
    one = Node((), constant=np.ones((), np.float32))
    return elementwise(graph, "div", equation, [one, product])


def _square(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    return elementwise(graph, "mul", equation, inputs * 2)


def _erfc(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    one = Node((), constant=np.ones((), np.float32))
    return elementwise(graph, "sub", equation, [one, elementwise(graph, "erf", equation, inputs)])


def _exp2(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    two = Node((), constant=np.asarray(2.0, np.float32))
    return elementwise(graph, "pow", equation, [two, *inputs])


def _tan(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    parts = [elementwise(graph, kind, equation, inputs) for kind in ("sin", "cos")]
    return elementwise(graph, "div", equation, parts)


def _cast(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    if inputs[0].kind == kind_of(output_of(equation).dtype):
        return renamed(graph, equation, inputs)
    return elementwise(graph, "cast", equation, inputs)


def _reduce(kind: str) -> Lower:
    def lower(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
        node = inputs[0]
        axes = tuple(node.dims.index(a) for a in equation.params["axes"] if a in node.dims)
        if not axes:
            return renamed(graph, equation, inputs)
        shape = squeezed(shape_of(equation))
        return of_output(
            equation, graph.emit(kind, [graph.name(node)], shape, node.kind, axes=axes)
        )

    return lower


def _place_of(kind: str) -> Lower:
    def lower(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
        node = inputs[0]
        (axis,) = equation.params["axes"]
        place, shape = node.dims.index(axis), squeezed(shape_of(equation))
        return of_output(equation, graph.emit(kind, [graph.name(node)], shape, "int", axis=place))

    return lower


def _cumsum(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node, axis = inputs[0], equation.params["axis"]
    if axis not in node.dims:
        return node
    if equation.params["reverse"]:
        raise SettingError("The model sums in reverse order, which no export has.")
    port = graph.emit(
        "cumsum", [graph.name(node)], squeezed(node.shape), node.kind, axis=node.dims.index(axis)
    )
    return of_output(equation, port)


def _product(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Emit a matrix product whose first factor differs between examples."""
    (left_sum, right_sum), (left_batch, right_batch) = equation.params["dimension_numbers"]
    left, right = inputs
    sums, batches = [tuple(left_sum), tuple(right_sum)], [tuple(left_batch), tuple(right_batch)]
    turned = left.port is None
    if turned:
        left, right, sums, batches = right, left, sums[::-1], batches[::-1]
    together = [left.shape[axis] for axis in batches[0] if left.shape[axis] != 1]
    a, rows = _factor(
        graph, left, batches[0], sums[0], last=True, flat=not together and right.port is None
    )
    b, columns = _factor(graph, right, batches[1], sums[1], last=False, flat=False)
    flat = len(a[1]) == 1
    count, width = int(np.prod(rows)), int(np.prod(columns))
    shape = (width,) if flat else (*together, count, width)
    port = graph.emit("matmul", [a[0], b[0]], shape, "float")
    if turned and not flat:
        axes = (*range(len(together)), len(together) + 1, len(together))
        port = graph.emit("transpose", [port.name], (*together, width, count), "float", axes=axes)
    return of_output(equation, graph.reshaped(port, squeezed(shape_of(equation))))


def _factor(
    graph: Graph, node: Node, batch: Shape, summed: Shape, *, last: bool, flat: bool
) -> tuple[tuple[str, Shape], Shape]:
    """Return a factor's name and shape, with the summed axis last or second to last, and its rest.

    A factor without rows is a single line, if ``flat`` allows it.
    """
    free = tuple(a for a in range(len(node.shape)) if a not in batch and a not in summed)
    order = (*batch, *free, *summed) if last else (*batch, *summed, *free)
    sizes = [tuple(node.shape[a] for a in axes) for axes in (batch, free, summed)]
    together = tuple(size for size in sizes[0] if size != 1)
    count, length = int(np.prod(sizes[1])), int(np.prod(sizes[2]))
    shape = (*together, count, length) if last else (*together, length, count)
    if flat and count == 1:
        shape = (length,)
    if node.constant is not None:
        straight = order == tuple(range(len(order)))
        array = np.transpose(node.constant, order).reshape(shape)
        label = node.label if straight or not node.label else f"{node.label} transposed"
        return (graph.constant(array, label), shape), sizes[1]
    kept = [axis for axis in order if axis in node.dims]
    axes = tuple(node.dims.index(axis) for axis in kept)
    port = node.port
    assert port is not None
    if axes != tuple(range(len(axes))):
        moved = tuple(node.shape[axis] for axis in kept)
        port = graph.emit("transpose", [port.name], moved, node.kind, axes=axes)
    return (graph.reshaped(port, shape).name, shape), sizes[1]


LOWERINGS: dict[str, Lower] = {
    **{name: _same_name(name) for name in SAME_NAME},
    **dict.fromkeys(
        ("copy", "copy_p", "stop_gradient", "optimization_barrier", "reduce_precision"), renamed),
    **REARRANGING,
    "add_any": _same_name("add"),
    "round": _round,
    "is_finite": _is_finite,
    "select_n": _select,
    "clamp": _clamp,
    "integer_pow": _integer_power,
    "square": _square,
    "erfc": _erfc,
    "exp2": _exp2,
    "tan": _tan,
    "convert_element_type": _cast,
    "reduce_sum": _reduce("sum"),
    "reduce_max": _reduce("maximum"),
    "reduce_min": _reduce("minimum"),
    "reduce_and": _reduce("all"),
    "reduce_or": _reduce("any"),
    "argmax": _place_of("argmax"),
    "argmin": _place_of("argmin"),
    "cumsum": _cumsum,
    "dot_general": _product,
}  # fmt: skip
"""Primitives of one output; `isthmus.export.tracing` adds those with calls and with places."""
