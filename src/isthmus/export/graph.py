"""A program under construction: values of a traced function, and the operations emitted so far.

The function is traced on a batch of one example. Axes of size 1 carry nothing, so they are dropped,
the batch axis among them: what is left is a program of one example.
"""

import keyword
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import DTypeLike

from isthmus.errors import SettingError
from isthmus.export.program import DTYPES, Attribute, Kind, Operation, Port, Program, Shape

RESERVED = frozenset(
    (
        *keyword.kwlist,
        *("n", "np", "math", "base64", "model", "module", "input", "output"),
        *("auto", "case", "char", "const", "default", "do", "double", "enum", "extern", "float"),
        *("goto", "inline", "int", "long", "register", "restrict", "short", "signed", "sizeof"),
        *("static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile"),
        *("greater", "lesser", "digamma"),
    )
)
"""Words that are no names of values, because they mean something in a file of some format."""


@dataclass(frozen=True)
class Node:
    """A value of the traced function.

    Parameters
    ----------
    shape
        In the traced function, axes of size 1 included.
    port
        What it is in the program, or None for a constant.
    constant : (*shape,)
        Its numbers, or None for what differs between examples.
    label
        What a constant is called in the program, if it is used as it is.
    narrow
        The value before it was repeated along axes; element-wise operations repeat it themselves.
    """

    shape: Shape
    port: Port | None = None
    constant: np.ndarray | None = None
    label: str = ""
    narrow: Port | None = None

    @property
    def dims(self) -> list[int]:
        """Return the axes that are more than 1 long: those of the program's value."""
        return [axis for axis, size in enumerate(self.shape) if size != 1]

    @property
    def kind(self) -> Kind:
        """Return the kind of number."""
        return kind_of(self.constant.dtype) if self.port is None else self.port.kind  # pyright: ignore[reportOptionalMemberAccess]


def squeezed(shape: Shape) -> Shape:
    """Return a shape without its axes of size 1."""
    return tuple(size for size in shape if size != 1)


def kind_of(dtype: DTypeLike) -> Kind:
    """Return the kind of a type of numbers."""
    kinds: dict[str, Kind] = {"f": "float", "i": "int", "u": "int", "b": "bool"}
    letter = np.dtype(dtype).kind if np.dtype(dtype) != object else "O"
    if letter not in kinds:
        raise SettingError(f"The model computes with numbers of type {dtype}, which no export has.")
    return kinds[letter]


def _plain(value: Attribute) -> Attribute:
    """Return a whole number, or a tuple of them, as Python's own."""
    return tuple(int(one) for one in value) if isinstance(value, tuple) else int(value)


@dataclass
class Graph:
    """The operations and constants of a program that is being made."""

    operations: list[Operation] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    layer: str = ""
    taken: set[str] = field(default_factory=set)
    _renamed: dict[str, Port] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _of_array: dict[tuple[bytes, Shape, str], str] = field(default_factory=dict)

    def emit(
        self, kind: str, inputs: list[str], shape: Shape, of: Kind, **attributes: Attribute
    ) -> Port:
        """Add an operation and return what it gives."""
        plain = {name: _plain(value) for name, value in attributes.items()}
        whole = tuple(int(size) for size in shape)
        output = Port(self._fresh(self.layer or kind), whole, of)
        operation = Operation(kind, tuple(inputs), output, plain, self.layer)
        self.operations.append(operation)
        return output

    def name(self, node: Node, shape: Shape | None = None) -> str:
        """Return the name of a value in the program, reshaped to ``shape`` if there is one."""
        if node.port is not None:
            port = node.port if shape is None else self.reshaped(node.port, shape)
            return port.name
        assert node.constant is not None
        kept = squeezed(node.shape) if shape is None else shape
        return self.constant(node.constant.reshape(kept), node.label)

    def constant(self, array: np.ndarray, label: str = "") -> str:
        """Add a constant, or find it if there is an equal one; return its name."""
        array = np.ascontiguousarray(array, dtype=DTYPES[kind_of(array.dtype)]).reshape(array.shape)
        key = (array.tobytes(), array.shape, array.dtype.str)
        if key not in self._of_array:
            self._of_array[key] = self._fresh(label or "constant")
            self.constants[self._of_array[key]] = array
        return self._of_array[key]

    def reshaped(self, port: Port, shape: Shape) -> Port:
        """Return a value in another shape."""
        if port.shape == tuple(shape):
            return port
        made = next(
            (one for one in reversed(self.operations) if one.output.name == port.name), None
        )
        source = port.name if made is None or made.kind != "reshape" else made.inputs[0]
        return self.emit("reshape", [source], shape, port.kind)

    def program(self, inputs: list[Port], outputs: dict[str, tuple[Node, Shape]]) -> Program:
        """Return the program that gives the named values in the shapes that are asked for."""
        renamed = self._renamed = dict[str, Port]()
        for name, (node, shape) in outputs.items():
            if node.port is None:
                raise SettingError(f"The {name} does not depend on the example: nothing to export.")
            port = self.reshaped(node.port, shape)
            if port in inputs or port.name in renamed:
                port = self.emit("reshape", [port.name], shape, port.kind)
            renamed[port.name] = port._replace(name=name)
        operations = [
            operation._replace(
                inputs=tuple(renamed[n].name if n in renamed else n for n in operation.inputs),
                output=renamed.get(operation.output.name, operation.output),
            )
            for operation in self.operations
        ]
        given = tuple(renamed.values())
        return Program(tuple(inputs), given, self.constants, tuple(operations)).pruned()

    def final(self, port: Port) -> Port:
        """Return a value as the program calls it: an output under the output's name."""
        return self._renamed.get(port.name, port)

    def _fresh(self, wish: str) -> str:
        """Return a name that is not taken: a word, and a number from the second on."""
        word = "".join(letter if letter.isalnum() else " " for letter in wish)
        word = "_".join(word.split()) or "value"
        name = word
        while name in self.taken or name in RESERVED:
            self._counts[word] = self._counts.get(word, 1) + 1
            name = f"{word}_{self._counts[word]}"
        self.taken.add(name)
        return name
