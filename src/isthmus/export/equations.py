"""An equation of a trace: the shape and type of what it gives."""

from collections.abc import Callable
from typing import cast

from jax.core import ShapedArray
from jax.extend.core import JaxprEqn

from isthmus.export.graph import Graph, Node, squeezed
from isthmus.export.program import Port, Shape

Lower = Callable[[Graph, JaxprEqn, list[Node]], Node]
"""From (graph, equation of the trace, its inputs) to what it gives."""


def output_of(equation: JaxprEqn) -> ShapedArray:
    """Return the shape and type of what an equation of one output gives."""
    return cast(ShapedArray, equation.outvars[0].aval)  # the others are tokens and references


def shape_of(equation: JaxprEqn) -> Shape:
    """Return the shape of what an equation gives, its sizes Python's own."""
    return tuple(int(size) for size in output_of(equation).shape)


def of_output(equation: JaxprEqn, port: Port) -> Node:
    """Return a value in the shape of what an equation gives."""
    return Node(shape_of(equation), port)


def renamed(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> Node:
    """Return the same numbers in the output's shape."""
    shape = shape_of(equation)
    node = inputs[0]
    assert node.port is not None
    return Node(shape, graph.reshaped(node.port, squeezed(shape)))
