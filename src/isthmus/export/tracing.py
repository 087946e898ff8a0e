"""From a fitted function to a program: traced by JAX, then equation by equation to operations.

The function is traced on one example. What does not depend on the example is computed here and
becomes a constant; calls are inlined and loops unrolled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal, Var
from jaxtyping import Array
from numpy.typing import ArrayLike

from isthmus.annotations import PyTree
from isthmus.errors import SettingError
from isthmus.export import places
from isthmus.export.equations import Lower
from isthmus.export.graph import Graph, Node, squeezed
from isthmus.export.lowering import LOWERINGS
from isthmus.export.program import DTYPES, Port, Program
from isthmus.export.rearranging import cut, joined

INLINED = ("jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call",
           "remat", "checkpoint", "custom_vjp_call_jaxpr")  # fmt: skip
"""Primitives that call another trace."""

DRAWS = ("random_bits", "random_seed", "random_wrap", "random_fold_in", "random_split",
         "threefry2x32", "random_unwrap")  # fmt: skip
"""Primitives that draw noise."""

ManyLower = Callable[[Graph, JaxprEqn, list[Node]], list[Node]]


Environment = dict[Var, Node]
"""What is known of the variables of a trace."""


@dataclass(frozen=True)
class Traced:
    """A program, and what JAX itself gives at the end of each layer.

    Parameters
    ----------
    program
        The program.
    layers
        The program's value at the end of each layer, by the layer's name, in order.
    evaluate
        From inputs (n, ...) by name to JAX's values (n, ...) at the end of each layer.
    """

    program: Program
    layers: dict[str, Port]
    evaluate: Callable[[Mapping[str, np.ndarray]], dict[str, np.ndarray]]


def trace(
    function: Callable[..., Mapping[str, Array]],
    model: PyTree,
    inputs: Mapping[str, tuple[int, str]],
) -> Traced:
    """Return the program of a function of a model and of one example.

    Parameters
    ----------
    function
        From (model, *inputs) to named outputs; an input of size n is (1, n), or (1,) where n is 0,
        and outputs are (1, n) or (1,).
    model
        Any pytree; its arrays become constants that carry their place in it as a name.
    inputs
        For each name the size of the input, 0 for a single number, and ``float`` or ``int``.

    Returns
    -------
    Traced
        Its program is for one example, so without the first axis.

    Raises
    ------
    SettingError
        If the function draws noise, or does something that no writer knows.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> double = trace(lambda m, x: {"y": x @ m}, 2 * jnp.eye(3), {"x": (3, "float")})
    >>> [operation.kind for operation in double.program.operations]
    ['matmul']
    """
    arrays, static = eqx.partition(model, eqx.is_array)
    shapes = [
        jax.ShapeDtypeStruct((1, size) if size else (1,), np.dtype(DTYPES[kind]))  # pyright: ignore[reportArgumentType]
        for size, kind in inputs.values()
    ]
    closed, outputs = jax.make_jaxpr(
        lambda given, *x: dict(function(eqx.combine(given, static), *x)), return_shape=True
    )(arrays, *shapes)
    graph, environment = Graph(taken={*inputs, *outputs}), Environment()
    ports = _bind(graph, environment, closed, arrays, inputs)
    given = _run(graph, closed.jaxpr, environment, "")
    named = {
        name: (node, tuple(outputs[name].shape[1:]))
        for name, node in zip(sorted(outputs), given, strict=True)
    }
    program = graph.program(ports, {name: named[name] for name in outputs})
    watched = _ends_of_layers(closed.jaxpr, environment, graph, program)
    evaluate = _evaluator(closed, arrays, [*inputs], watched)
    return Traced(program, {layer: port for layer, (_, port) in watched.items()}, evaluate)


def _bind(
    graph: Graph,
    environment: Environment,
    closed: ClosedJaxpr,
    arrays: PyTree,
    inputs: Mapping[str, tuple[int, str]],
) -> list[Port]:
    """Note what the variables of a traced function are: constants and inputs; return the inputs."""
    leaves = jax.tree_util.tree_flatten_with_path(arrays)[0]
    variables = iter(closed.jaxpr.invars)
    for (path, leaf), variable in zip(leaves, variables, strict=False):
        environment[variable] = Node(leaf.shape, constant=np.asarray(leaf), label=_label(path))
    ports = []
    own = closed.jaxpr.invars[len(leaves) :]
    for (name, (size, kind)), variable in zip(inputs.items(), own, strict=True):
        port = Port(name, (size,) if size else (), kind)  # pyright: ignore[reportArgumentType]
        ports.append(port)
        shape = tuple(variable.aval.shape)
        environment[variable] = Node(shape, graph.reshaped(port, squeezed(shape)))
    environment |= {
        variable: Node(np.shape(value), constant=np.asarray(value))
        for variable, value in zip(closed.jaxpr.constvars, closed.consts, strict=True)
    }
    return ports


def _evaluator(
    closed: ClosedJaxpr, arrays: PyTree, inputs: list[str], watched: Mapping[str, tuple[Var, Port]]
) -> Callable[[Mapping[str, np.ndarray]], dict[str, np.ndarray]]:
    """Return the function from inputs by name to what JAX gives at the end of every layer."""

    def of_one(*row: Array) -> dict[str, Array]:
        values = dict(zip(closed.jaxpr.constvars, closed.consts, strict=True))
        values |= dict(zip(closed.jaxpr.invars, [*jax.tree.leaves(arrays), *row], strict=True))
        _evaluate(closed.jaxpr, values)
        return {layer: values[variable] for layer, (variable, _) in watched.items()}

    def evaluate(given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        rows = [np.asarray(given[name])[:, None] for name in inputs]
        values = jax.jit(jax.vmap(of_one))(*rows)
        return {
            layer: np.asarray(values[layer]).reshape(-1, *port.shape)
            for layer, (_, port) in watched.items()
        }

    return evaluate


def _ends_of_layers(
    jaxpr: Jaxpr, environment: Environment, graph: Graph, program: Program
) -> dict[str, tuple[Var, Port]]:
    """Return the last value of each layer that the program computes: JAX's variable, the value."""
    ends: dict[str, tuple[Var, Port]] = {}
    for equation in jaxpr.eqns:
        node, layer = environment.get(equation.outvars[0]), str(equation.source_info.name_stack)
        port = None if node is None or node.port is None else graph.final(node.port)
        if port is not None and port.kind == "float" and port.name in program.ports:
            layer = layer or ("output" if ends.keys() - {"input"} else "input")
            ends.pop(layer, None)
            ends[layer] = (equation.outvars[0], port)
    return ends


def _evaluate(jaxpr: Jaxpr, values: dict[Var, ArrayLike]) -> list[ArrayLike]:
    """Compute every variable of a trace, given those that it begins with; return its outputs."""

    def read(atom: Var | Literal) -> ArrayLike:
        return atom.val if isinstance(atom, Literal) else values[atom]

    for equation in jaxpr.eqns:
        inputs = [read(atom) for atom in equation.invars]
        if equation.primitive.name in INLINED:
            called, consts = _called(equation)
            inside = dict(zip([*called.constvars, *called.invars], [*consts, *inputs], strict=True))
            given = _evaluate(called, inside)
        else:
            given = equation.primitive.bind(*inputs, **equation.params)
            given = given if equation.primitive.multiple_results else [given]
        values.update(zip(equation.outvars, given, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _called(equation: JaxprEqn) -> tuple[Jaxpr, Sequence[ArrayLike]]:
    """Return the trace that an equation calls, and its constants."""
    params = equation.params
    called = next(params[key] for key in ("jaxpr", "call_jaxpr", "fun_jaxpr") if key in params)
    return getattr(called, "jaxpr", called), getattr(called, "consts", ())


def _label(path: Sequence[object]) -> str:
    """Return a name for an array of the model: ``encoder affines 0 weight``."""
    words = [
        str(getattr(key, "name", getattr(key, "idx", getattr(key, "key", "")))) for key in path
    ]
    return " ".join(word for word in words if word not in ("value", "affines"))


def _run(graph: Graph, jaxpr: Jaxpr, environment: Environment, outer: str) -> list[Node]:
    """Emit the equations of a trace and return its outputs."""

    def read(atom: Var | Literal) -> Node:
        if isinstance(atom, Literal):
            return Node(np.shape(atom.val), constant=np.asarray(atom.val, atom.aval.dtype))  # pyright: ignore[reportAttributeAccessIssue]
        return environment[atom]

    needed = _needed(jaxpr)
    for equation in jaxpr.eqns:
        if not needed.intersection(map(id, equation.outvars)):
            continue
        layer = "/".join(part for part in (outer, str(equation.source_info.name_stack)) if part)
        graph.layer = layer or (
            "output" if any(o.layer != "input" for o in graph.operations) else "input"
        )
        given = _emit(graph, equation, [read(atom) for atom in equation.invars], layer)
        environment.update(zip(equation.outvars, given, strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def _needed(jaxpr: Jaxpr) -> set[int]:
    """Return the identities of the variables that the outputs depend on."""
    needed = {id(atom) for atom in jaxpr.outvars}
    for equation in reversed(jaxpr.eqns):
        if needed.intersection(map(id, equation.outvars)):
            needed.update(map(id, equation.invars))
    return needed


def _emit(graph: Graph, equation: JaxprEqn, inputs: list[Node], layer: str) -> list[Node]:
    """Return what an equation gives: inlined, computed beforehand, or emitted."""
    name = equation.primitive.name
    if name in INLINED:
        return _inline(graph, equation, inputs, layer)
    if name == "scan":
        return _unroll(graph, equation, inputs, layer)
    if name in DRAWS:
        raise SettingError(
            "The score of this model is an estimate from drawn noise, since the divergence of its "
            "latent has no closed form: export the encoder, the decoder or reconstruct."
        )
    if all(node.constant is not None for node in inputs):
        return _computed(equation, inputs)
    if name in MANY:
        return MANY[name](graph, equation, inputs)
    if name not in LOWERINGS:
        where = f" in {layer}" if layer else ""
        raise SettingError(f"The model uses {name!r}{where}, which the exports do not know yet.")
    return [LOWERINGS[name](graph, equation, inputs)]


def _computed(equation: JaxprEqn, inputs: list[Node]) -> list[Node]:
    """Return what an equation of constants gives, computed by JAX itself."""
    values = [jax.numpy.asarray(node.constant) for node in inputs]
    given = equation.primitive.bind(*values, **equation.params)
    given = given if equation.primitive.multiple_results else [given]
    label = inputs[0].label if len(inputs) == 1 else ""
    return [Node(np.shape(v), constant=np.asarray(v), label=label) for v in given]


def _inline(graph: Graph, equation: JaxprEqn, inputs: list[Node], layer: str) -> list[Node]:
    jaxpr, consts = _called(equation)
    environment = dict(zip(jaxpr.invars, inputs, strict=True))
    for variable, value in zip(jaxpr.constvars, consts, strict=True):
        environment[variable] = Node(np.shape(value), constant=np.asarray(value))
    return _run(graph, jaxpr, environment, layer)


def _unroll(graph: Graph, equation: JaxprEqn, inputs: list[Node], layer: str) -> list[Node]:
    """Return what a loop of known length gives, its body emitted once for every turn."""
    params = equation.params
    kept, carried = _kept_and_carried(params)
    constants, carry, rows = inputs[:kept], inputs[kept : kept + carried], inputs[kept + carried :]
    turns = range(params["length"])
    stacked: dict[int, list[Node]] = {}
    body = params["jaxpr"]
    for turn in reversed(turns) if params["reverse"] else turns:
        own = [_row(graph, node, turn) for node in rows]
        environment = dict(zip(body.jaxpr.invars, [*constants, *carry, *own], strict=True))
        for variable, value in zip(body.jaxpr.constvars, body.consts, strict=True):
            environment[variable] = Node(np.shape(value), constant=np.asarray(value))
        given = _run(graph, body.jaxpr, environment, layer)
        carry, stacked[turn] = given[:carried], given[carried:]
    outputs = []
    for column in zip(*(stacked[turn] for turn in turns), strict=True):
        lifted = [
            Node((1, *n.shape), n.port, None if n.constant is None else n.constant[None])
            for n in column
        ]
        outputs.append(joined(graph, lifted, 0))
    return [*carry, *outputs]


def _kept_and_carried(params: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many inputs of a loop are constants, and how many are carried along."""
    if "num_consts" in params:
        return params["num_consts"], params["num_carry"]
    constants, carry, _ = params["ft_in"].unpack()  # since JAX 0.11
    return len(constants), len(carry)


def _row(graph: Graph, node: Node, turn: int) -> Node:
    """Return one entry along the first axis."""
    if node.constant is not None:
        return Node(node.shape[1:], constant=node.constant[turn])
    assert node.port is not None
    if node.shape[0] == 1:
        return Node(node.shape[1:], node.port)
    shape = node.port.shape
    port = graph.emit(
        "slice", [node.port.name], (1, *shape[1:]), node.port.kind,
        starts=(turn, *[0] * (len(shape) - 1)), limits=(turn + 1, *shape[1:]),
        strides=(1,) * len(shape),
    )  # fmt: skip
    return Node(node.shape[1:], graph.reshaped(port, squeezed(node.shape[1:])))


def _split(graph: Graph, equation: JaxprEqn, inputs: list[Node]) -> list[Node]:
    """Return an array cut in parts along an axis."""
    (node,), axis = inputs, equation.params["axis"]
    parts, start = [], 0
    for size in equation.params["sizes"]:
        starts, limits = [0] * len(node.shape), list(node.shape)
        starts[axis], limits[axis] = start, start + size
        parts.append(cut(graph, node, starts, limits, [1] * len(starts)))
        start += size
    return parts


def _one(lower: Lower) -> ManyLower:
    return lambda graph, equation, inputs: [lower(graph, equation, inputs)]


MANY: dict[str, ManyLower] = {
    "split": _split,
    "top_k": places.top_k,
    "gather": _one(places.gather),
    "scatter": _one(places.scatter),
    "dynamic_slice": _one(places.dynamic_slice),
}
"""Primitives of several outputs, and those that pick or put numbers at places."""
