"""From a primitive of JAX to operations of a program: a function each, and the table of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from jax.core import ShapedArray
from jax.extend.core import JaxprEqn

from isthmus.errors import SettingError
from isthmus.export.graph import Graph, Node, kind_of, squeezed
from isthmus.export.program import Port, Shape

Lower = Callable[[Graph, JaxprEqn, list[Node]], Node]
"""From (graph, equation of the trace, its inputs) to what it gives."""

SAME_NAME = (
    "add", "sub", "mul", "div", "max", "min", "pow", "eq", "ne", "lt", "le", "gt", "ge", "and",
    "or", "not", "neg", "abs", "sign", "floor", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt",
    "sin", "cos", "sinh", "cosh", "tanh", "asinh", "atanh", "logistic", "erf", "lgamma", "digamma",
)  # fmt: skip
"""Element-wise primitives that an operation of the same name stands for."""


def output_of(equation: JaxprEqn) -> ShapedArray:
    """Return the shape and type of what an equation of one output gives."""
    return cast(ShapedArray, equation.outvars[0].aval)  # the others are tokens and references


def shape_of(equation: JaxprEqn) -> Shape:
    """Return the shape of what an equation gives, its sizes Python's own."""
    return tuple(int(size) for size in output_of(equation).shape)


def _of_output(equation: JaxprEqn, port: Port) -> Node:
    return Node(shape_of(equation), port)


def _renamed(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Return the same numbers in the output's shape."""
    shape = shape_of(equation)
    node = inputs[0]
    assert node.port is not None
    return Node(shape, graph.reshaped(node.port, squeezed(shape)))


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
    return _of_output(equation, graph.emit("eq", [zero.name, none], shape, "bool"))


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
        return _renamed(graph, equation, inputs)
    return elementwise(graph, "cast", equation, inputs)


def _broadcast(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node, shape = inputs[0], shape_of(equation)
    places = equation.params["broadcast_dimensions"]
    kept = [place for place, size in zip(places, node.shape, strict=True) if size != 1]
    axes = [axis for axis, size in enumerate(shape) if size != 1]
    narrow = graph.name(node, tuple(shape[axis] if axis in kept else 1 for axis in axes))
    port = graph_port(graph, narrow, node)
    if port.shape == squeezed(shape):
        return Node(shape, port)
    wide = graph.emit("broadcast", [narrow], squeezed(shape), port.kind)
    return Node(shape, wide, narrow=port)


def graph_port(graph: Graph, name: str, node: Node) -> Port:
    """Return the value of that name: the node's own, or what was emitted last."""
    assert node.port is not None
    return node.port if node.port.name == name else graph.operations[-1].output


def _transpose(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node = inputs[0]
    own = node.dims
    axes = tuple(own.index(axis) for axis in equation.params["permutation"] if axis in own)
    if axes == tuple(range(len(axes))):
        return _renamed(graph, equation, inputs)
    port = graph.emit(
        "transpose", [graph.name(node)], squeezed(shape_of(equation)), node.kind, axes=axes
    )
    return _of_output(equation, port)


def _slice(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    params = equation.params
    strides = params["strides"] or (1,) * len(params["start_indices"])
    return cut(graph, inputs[0], params["start_indices"], params["limit_indices"], strides)


def cut(
    graph: Graph, node: Node, starts: Sequence[int], limits: Sequence[int], strides: Sequence[int]
) -> Node:
    """Emit a slice, in the traced function's axes, and return it in the output's shape."""
    own = node.dims
    ends = {"starts": starts, "limits": limits, "strides": strides}
    cut = {name: tuple(int(values[axis]) for axis in own) for name, values in ends.items()}
    sizes = tuple(-(-(b - a) // s) for a, b, s in zip(*cut.values(), strict=True))
    port = node.port
    assert port is not None
    if sizes != port.shape:
        port = graph.emit("slice", [port.name], sizes, node.kind, **cut)
    shape = tuple(
        -(-(int(b) - int(a)) // int(s)) for a, b, s in zip(starts, limits, strides, strict=True)
    )
    return Node(shape, graph.reshaped(port, squeezed(shape)))


def _reverse(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node = inputs[0]
    axes = tuple(node.dims.index(a) for a in equation.params["dimensions"] if a in node.dims)
    if not axes:
        return node
    port = graph.emit("reverse", [graph.name(node)], squeezed(node.shape), node.kind, axes=axes)
    return _of_output(equation, port)


def _concatenate(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    return joined(graph, inputs, equation.params["dimension"])


def _stack(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    axis = equation.params["axis"]
    expanded = [
        Node(
            (*n.shape[:axis], 1, *n.shape[axis:]),
            n.port,
            n.constant if n.constant is None else np.expand_dims(n.constant, axis),
        )
        for n in inputs
    ]
    return joined(graph, expanded, axis)


def joined(graph: Graph, nodes: list[Node], axis: int) -> Node:
    """Return values of equal shape but for one axis, one after another along it."""
    sizes = list(nodes[0].shape)
    sizes[axis] = sum(node.shape[axis] for node in nodes)
    shape = tuple(sizes)
    if len(nodes) == 1 or shape[axis] == 1:
        return nodes[0]
    place = sum(size != 1 for size in shape[:axis])
    names = [
        graph.name(
            node, tuple(node.shape[a] if a == axis else s for a, s in enumerate(shape) if s != 1)
        )
        for node in nodes
    ]
    port = graph.emit("concatenate", names, squeezed(shape), nodes[0].kind, axis=place)
    return Node(shape, port)


def _tile(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node = inputs[0]
    for axis, times in enumerate(equation.params["reps"]):
        node = joined(graph, [node] * int(times), axis)
    return node


def _pad(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    node, filler = inputs
    config = equation.params["padding_config"]
    for axis, (_, _, interior) in enumerate(config):
        if interior and node.shape[axis] > 1:
            node = _spread(graph, node, filler, axis, interior)
    full = [(max(int(low), 0), max(int(high), 0)) for low, high, _ in config]
    shape = tuple(s + low + high for s, (low, high) in zip(node.shape, full, strict=True))
    if shape != node.shape:
        node = _padded(graph, node, filler, full, shape)
    starts = [max(-int(low), 0) for low, _, _ in config]
    limits = [size - max(-int(high), 0) for size, (_, high, _) in zip(shape, config, strict=True)]
    return cut(graph, node, starts, limits, (1,) * len(shape))


def _padded(
    graph: Graph, node: Node, filler: Node, ends: Sequence[tuple[int, int]], shape: Shape
) -> Node:
    kept = [axis for axis, size in enumerate(shape) if size != 1]
    name = graph.name(node, tuple(node.shape[axis] for axis in kept))
    low, high = (tuple(ends[axis][end] for axis in kept) for end in (0, 1))
    names = [name, graph.name(filler)]
    return Node(shape, graph.emit("pad", names, squeezed(shape), node.kind, low=low, high=high))


def _spread(graph: Graph, node: Node, filler: Node, axis: int, interior: int) -> Node:
    """Put fillers between the entries along an axis: as further columns, then cut at the end."""
    size = node.shape[axis]
    stood = Node((*node.shape[: axis + 1], 1, *node.shape[axis + 1 :]), node.port)
    ends = [(0, 0)] * len(stood.shape)
    ends[axis + 1] = (0, interior)
    wide = (*node.shape[: axis + 1], 1 + interior, *node.shape[axis + 1 :])
    padded = _padded(graph, stood, filler, ends, wide)
    shape = (*node.shape[:axis], size * (1 + interior), *node.shape[axis + 1 :])
    assert padded.port is not None
    flat = Node(shape, graph.reshaped(padded.port, squeezed(shape)))
    limits = [*shape]
    limits[axis] -= interior
    return cut(graph, flat, [0] * len(shape), limits, [1] * len(shape))


def _reduce(kind: str) -> Lower:
    def lower(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
        node = inputs[0]
        axes = tuple(node.dims.index(a) for a in equation.params["axes"] if a in node.dims)
        if not axes:
            return _renamed(graph, equation, inputs)
        shape = squeezed(shape_of(equation))
        return _of_output(
            equation, graph.emit(kind, [graph.name(node)], shape, node.kind, axes=axes)
        )

    return lower


def _place_of(kind: str) -> Lower:
    def lower(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
        node = inputs[0]
        (axis,) = equation.params["axes"]
        place, shape = node.dims.index(axis), squeezed(shape_of(equation))
        return _of_output(equation, graph.emit(kind, [graph.name(node)], shape, "int", axis=place))

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
    return _of_output(equation, port)


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
    return _of_output(equation, graph.reshaped(port, squeezed(shape_of(equation))))


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
        ("reshape", "squeeze", "expand_dims", "copy", "copy_p", "stop_gradient",
         "optimization_barrier", "reduce_precision"), _renamed),
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
    "broadcast_in_dim": _broadcast,
    "transpose": _transpose,
    "slice": _slice,
    "rev": _reverse,
    "concatenate": _concatenate,
    "stack": _stack,
    "tile": _tile,
    "pad": _pad,
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
