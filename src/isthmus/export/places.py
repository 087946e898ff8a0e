"""Primitives that pick or put numbers at places: each becomes a take or a put along one line."""

import numpy as np
from jax.extend.core import JaxprEqn

from isthmus.errors import SettingError
from isthmus.export.equations import shape_of
from isthmus.export.graph import Graph, Node, squeezed
from isthmus.export.program import Port, Shape


def gather(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Return parts of an array that begin at places that are computed."""
    operand, places = inputs
    numbers, shape = equation.params["dimension_numbers"], shape_of(equation)
    lost = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    window = [axis for axis in range(len(operand.shape)) if axis not in lost]
    batched = zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True)
    line = _line(
        graph, operand.shape, places, numbers.start_index_map, window, numbers.offset_dims,
        tuple(batched), shape,
    )  # fmt: skip
    flat = graph.name(operand, (int(np.prod(operand.shape)),))
    kind = operand.kind
    return Node(shape, graph.emit("take", [flat, line], squeezed(shape), kind))


def scatter(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Return an array with numbers put at places that are computed."""
    operand, places, updates = inputs
    numbers, shape = equation.params["dimension_numbers"], shape_of(equation)
    lost = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    window = [axis for axis in range(len(operand.shape)) if axis not in lost]
    batched = zip(numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True)
    line = _line(
        graph, operand.shape, places, numbers.scatter_dims_to_operand_dims, window,
        numbers.update_window_dims, tuple(batched), updates.shape,
    )  # fmt: skip
    size = int(np.prod(operand.shape))
    count = int(np.prod(updates.shape))
    if line in graph.constants:
        place = graph.constant(graph.constants[line].reshape(count))
    else:
        place = _flat(graph, line, count)
    names = [graph.name(operand, (size,)), place, graph.name(updates, (count,))]
    port = graph.emit("put", names, (size,), updates.kind)
    return Node(shape, graph.reshaped(port, squeezed(shape)))


def dynamic_slice(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Return a part of an array that begins at a place that is computed."""
    operand, *starts = inputs
    sizes, strides = equation.params["slice_sizes"], _strides(operand.shape)
    known = sum(
        int(start.constant) * stride
        for start, stride in zip(starts, strides, strict=True)
        if start.constant is not None
    )
    line = np.asarray(known) + sum(
        np.arange(size).reshape([-1 if a == axis else 1 for a in range(len(sizes))]) * strides[axis]
        for axis, size in enumerate(sizes)
    )
    name = graph.constant(line.reshape(squeezed(sizes)).astype(np.int32))
    for start, stride in zip(starts, strides, strict=True):
        if start.constant is None:
            step = graph.constant(np.asarray(stride, np.int32))
            moved = graph.emit("mul", [graph.name(start), step], (), "int")
            ones = graph.reshaped(moved, (1,) * len(squeezed(sizes)))
            name = graph.emit("add", [ones.name, name], squeezed(sizes), "int").name
    flat = graph.name(operand, (int(np.prod(operand.shape)),))
    return Node(tuple(sizes), graph.emit("take", [flat, name], squeezed(sizes), operand.kind))


def top_k(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> list[Node]:
    """Return the greatest numbers of a line, and their places."""
    node, k = inputs[0], int(equation.params["k"])
    if len(node.dims) != 1:
        raise SettingError("The model sorts along several lines at once, which no export has.")
    name, shape = graph.name(node), shape_of(equation)
    places = graph.emit("top", [name], (k,), "int", k=k)
    values = graph.emit("take", [name, places.name], (k,), node.kind)
    return [Node(shape, graph.reshaped(port, squeezed(shape))) for port in (values, places)]


def _line(
    graph: Graph,
    operand: Shape,
    places: Node,
    axes: Shape,
    window: list[int],
    window_axes: Shape,
    batched: tuple[tuple[int, int], ...],
    shape: Shape,
) -> str:
    """Return the name of the places, in the array read as one line, of numbers (*shape,).

    ``places`` (*batch, axes) say where each part begins, ``window_axes`` are those of ``shape``
    that lie within a part, along the axes ``window`` of the array; ``batched`` pairs an axis of the
    array with one of the places that goes with it.
    """
    strides = _strides(operand)
    within = np.zeros(shape, np.int64)
    for axis, own in zip(window_axes, window, strict=True):
        within = within + _steps(shape, axis, strides[own])
    outer = [axis for axis in range(len(shape)) if axis not in window_axes]
    for own, axis in batched:
        within = within + _steps(shape, outer[axis], strides[own])
    weights = np.array([strides[axis] for axis in axes], np.int32)
    stood = [1 if axis in window_axes else size for axis, size in enumerate(shape)]
    if places.constant is not None:
        begin = (places.constant * weights).sum(-1).reshape(stood)
        return graph.constant((begin + within).reshape(squeezed(shape)).astype(np.int32))
    port = places.port
    assert port is not None
    if len(weights) > 1:
        port = graph.emit("mul", [port.name, graph.constant(weights)], port.shape, "int")
        port = graph.emit("sum", [port.name], port.shape[:-1], "int", axes=(len(port.shape) - 1,))
    elif len(weights) and weights[0] != 1:
        port = graph.emit("mul", [port.name, graph.constant(weights[0])], port.shape, "int")
    kept = tuple(size for size, whole in zip(stood, shape, strict=True) if whole != 1)
    port = graph.reshaped(port, kept)
    if not within.any() and kept == squeezed(shape):
        return port.name
    added = graph.constant(within.reshape(squeezed(shape)).astype(np.int32))
    return graph.emit("add", [port.name, added], squeezed(shape), "int").name


def _steps(shape: Shape, axis: int, stride: int) -> np.ndarray:
    return (
        np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))]) * stride
    )


def _strides(shape: Shape) -> list[int]:
    """Return how far apart in the line neighbours along each axis lie."""
    return [int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]


def _flat(graph: Graph, name: str, count: int) -> str:
    made: Port = next(op.output for op in reversed(graph.operations) if op.output.name == name)
    return graph.reshaped(made, (count,)).name
