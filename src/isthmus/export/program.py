"""The description that every writer reads: what a fitted function computes for one example.

A `Program` is made from the fitted model itself (`isthmus.export.tracing`), so that a new network,
latent or likelihood, and a module of the user's own, can be exported without code for it here.
Shapes are those of one example: there is no batch axis. A writer adds one in front of every value,
or runs the program example after example.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, Self

import numpy as np

Shape = tuple[int, ...]
Attribute = int | tuple[int, ...]
Kind = Literal["float", "int", "bool"]

DTYPES: dict[Kind, type] = {"float": np.float32, "int": np.int32, "bool": np.bool_}
"""The types that the kinds of numbers are computed in."""


class Port(NamedTuple):
    """A named value: an input, an output, or what an operation gives."""

    name: str
    shape: Shape
    kind: Kind

    @property
    def size(self) -> int:
        """Return how many numbers it holds per example."""
        return int(np.prod(self.shape, dtype=np.int64))


class Operation(NamedTuple):
    """One step of a program.

    Parameters
    ----------
    kind
        What it does: a key of `isthmus.export.operations.OPERATIONS`, which says what each means.
    inputs
        Names of values or constants.
    output
        What it gives.
    attributes
        Whole numbers, or tuples of them: axes, shapes, limits.
    layer
        Where in the model it comes from, such as ``decoder/layer 1``.
    """

    kind: str
    inputs: tuple[str, ...]
    output: Port
    attributes: dict[str, Any]
    layer: str


@dataclass(frozen=True)
class Program:
    """A function of one example, as a list of operations.

    Parameters
    ----------
    inputs, outputs
        By name, in order.
    constants
        Arrays by name: weights, and whatever could be computed beforehand.
    operations
        In an order in which they can be run.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    constants: dict[str, np.ndarray]
    operations: tuple[Operation, ...]

    @property
    def ports(self) -> dict[str, Port]:
        """Return every value that differs between examples, by name."""
        made = (operation.output for operation in self.operations)
        return {port.name: port for port in (*self.inputs, *made)}

    @property
    def layers(self) -> dict[str, Port]:
        """Return the last value that each layer gives, in the order of the layers."""
        last: dict[str, Port] = {}
        for operation in self.operations:
            last.pop(operation.layer, None)
            last[operation.layer] = operation.output
        return {layer: port for layer, port in last.items() if port.kind == "float"}

    @property
    def n_weights(self) -> int:
        """Return how many numbers the constants hold."""
        return sum(array.size for array in self.constants.values())

    def giving(self, outputs: Iterable[Port]) -> Self:
        """Return this program with other values as its outputs, without what they do not need."""
        return replace(self, outputs=tuple(outputs)).pruned()

    def pruned(self) -> Self:
        """Return this program without operations and constants that no output needs."""
        needed = {port.name for port in self.outputs}
        kept: list[Operation] = []
        for operation in reversed(self.operations):
            if operation.output.name in needed:
                kept.append(operation)
                needed.update(operation.inputs)
        constants = {name: array for name, array in self.constants.items() if name in needed}
        return replace(self, constants=constants, operations=tuple(reversed(kept)))
