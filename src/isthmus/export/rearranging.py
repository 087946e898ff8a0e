"""Primitives of JAX that move entries: repeated, turned, cut, joined and padded."""

from collections.abc import Sequence

import numpy as np
from jax.extend.core import JaxprEqn

from isthmus.export.equations import Lower, of_output, renamed, shape_of
from isthmus.export.graph import Graph, Node, squeezed
from isthmus.export.program import Port, Shape


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
        return renamed(graph, equation, inputs)
    port = graph.emit(
        "transpose", [graph.name(node)], squeezed(shape_of(equation)), node.kind, axes=axes
    )
    return of_output(equation, port)


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
    return of_output(equation, port)


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


REARRANGING: dict[str, Lower] = {
    "reshape": renamed,
    "squeeze": renamed,
    "expand_dims": renamed,
    "broadcast_in_dim": _broadcast,
    "transpose": _transpose,
    "slice": _slice,
    "rev": _reverse,
    "concatenate": _concatenate,
    "stack": _stack,
    "tile": _tile,
    "pad": _pad,
}
"""Primitives that move entries and compute nothing."""
