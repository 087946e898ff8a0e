"""Every operation in every format, against JAX; modules of the user's own; what is refused."""

import contextlib

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus import Autoencoder, AutoencoderClassifier, AutoencoderRegressor
from isthmus.errors import SettingError
from isthmus.export import c_writer, numpy_writer, onnx_writer
from isthmus.export.formats import FORMATS
from isthmus.export.operations import OPERATIONS
from isthmus.export.running import ToolMissingError
from isthmus.export.tracing import trace

MATRIX = jnp.asarray(np.random.default_rng(1).standard_normal((6, 4)), jnp.float32)

FUNCTIONS = {
    "arithmetic": lambda m, x: (x + 2) * x - x / 3 + jnp.maximum(x, 0.1) + jnp.minimum(x, -0.2),
    "powers": lambda m, x: jnp.abs(x) ** 1.7 + x**3 + x**-2 + jnp.square(x),
    "roots": lambda m, x: jnp.sqrt(jnp.abs(x)) + jax.lax.rsqrt(jnp.abs(x) + 1),
    "exponentials": lambda m, x: jnp.exp(x) + jnp.expm1(x / 1e3) * 1e3 + jnp.logaddexp(x, 0.3),
    "logarithms": lambda m, x: jnp.log(jnp.abs(x)) + jnp.log1p(jnp.abs(x) / 1e4) * 1e4,
    "circular": lambda m, x: jnp.sin(x) + jnp.cos(3 * x),
    "hyperbolic": lambda m, x: jnp.sinh(x) + jnp.cosh(x) + jnp.tanh(x),
    "inverse hyperbolic": lambda m, x: jnp.arcsinh(x) + jnp.arctanh(x / 10),
    "logistic": lambda m, x: jax.nn.sigmoid(x) + jax.nn.silu(x),
    "error function": lambda m, x: jax.scipy.special.erf(x) + jax.nn.gelu(x, approximate=False),
    "gamma": lambda m, x: jax.scipy.special.gammaln(jnp.abs(x) + 0.1),
    "digamma": lambda m, x: jax.scipy.special.digamma(jnp.abs(x) + 0.1),
    "rounding": lambda m, x: jnp.floor(x) + jnp.round(x * 2) + jnp.sign(x),
    "halves": lambda m, x: jnp.round(jnp.floor(x * 4) + 0.5),
    "comparisons": lambda m, x: jnp.where((x > 0.2) & ~(x >= 1) | (x <= -1), x, -x),
    "more comparisons": lambda m, x: jnp.where((x < 0) != (x == x[:, ::-1]), x, 2 * x),
    "whole numbers": lambda m, x: (x * 3).astype(jnp.int32).astype(jnp.float32),
    "finite": lambda m, x: jnp.where(jnp.isfinite(1 / jnp.floor(x)), x, 7.0),
    "clamp": lambda m, x: jnp.clip(x, -0.5, 0.5),
    "truth over axes": lambda m, x: jnp.where(
        (x > 0).reshape(1, 2, 3).all(2) | (x > 1).reshape(1, 2, 3).any(2), 1.0, -1.0
    ),
    "sums": lambda m, x: x.reshape(1, 2, 3).sum(1) + x.reshape(1, 2, 3).max(1) * x.min(),
    "places": lambda m, x: x.reshape(1, 3, 2).argmax(1) + 0.5 * x.reshape(1, 3, 2).argmin(1),
    "running sums": lambda m, x: jnp.cumsum(x.reshape(1, 2, 3), axis=2).reshape(1, -1),
    "softmax": lambda m, x: jax.nn.softmax(x.reshape(1, 2, 3)).reshape(1, -1),
    "transposed": lambda m, x: x.reshape(1, 2, 3).swapaxes(1, 2).reshape(1, -1),
    "sliced": lambda m, x: x[:, 1:6:2] + x[:, ::-1][:, :3],
    "broadcast": lambda m, x: (
        jnp.broadcast_to(x[:, None], (1, 2, 6)).reshape(1, -1) * jnp.arange(12.0)
    ),
    "padded": lambda m, x: jax.lax.pad(x, 0.5, ((0, 0, 0), (1, 2, 1))),
    "cut by padding": lambda m, x: jax.lax.pad(x, 0.0, ((0, 0, 0), (-1, 2, 0))),
    "joined": lambda m, x: jnp.concatenate([x, jnp.ones((1, 2)), -x], axis=1),
    "tiled": lambda m, x: jnp.tile(x, (1, 3)),
    "product": lambda m, x: x @ m,
    "product from the left": lambda m, x: jnp.einsum("de,bd->be", m, x),
    "product of both": lambda m, x: jnp.einsum(
        "bij,bkj->bik", x.reshape(1, 2, 3), jnp.sin(x).reshape(1, 2, 3)
    ).reshape(1, -1),
    "products of many": lambda m, x: jnp.einsum(
        "bij,ijk->bik", x.reshape(1, 2, 3), m.reshape(2, 3, 4)
    ).reshape(1, -1),
    "taken": lambda m, x: m[jnp.argmax(x, axis=1)],
    "taken by order": lambda m, x: jnp.take_along_axis(x, jax.lax.top_k(-x, 3)[1], axis=1),
    "top": lambda m, x: jax.lax.top_k(x, 4)[0],
    "put": lambda m, x: jnp.zeros((1, 6)).at[:, jax.lax.top_k(x, 2)[1][0]].set(1.0) * x,
    "put at known places": lambda m, x: jnp.zeros((1, 3, 3)).at[
        :, *np.tril_indices(3)
    ].set(x).reshape(1, -1),
    "started at a place": lambda m, x: jax.lax.dynamic_slice(
        m, (jnp.argmax(x), 0), (1, 4)
    ),
    "loop": lambda m, x: jax.lax.scan(
        lambda carry, row: (jnp.tanh(carry @ m @ row), carry.sum(1)),
        x, jnp.stack([m.T, -m.T]),
    )[0],
    "stacked by a loop": lambda m, x: jax.lax.scan(
        lambda carry, row: (carry + 1, carry * row), x, jnp.arange(3.0), reverse=True
    )[1].reshape(1, -1),
}  # fmt: skip

WRITTEN = {
    "numpy": numpy_writer.PLAIN.keys() | numpy_writer.SHAPED,
    "c": c_writer.EACH.keys() | c_writer.SHAPED | {"cast"},
    "onnx": onnx_writer.SAME.keys() | onnx_writer.OTHERS,
}


ROWS = np.random.default_rng(0).standard_normal((50, 6)).astype(np.float32)


def output(name):
    return "y_" + name.replace(" ", "_")


def all_of_them(m, x):
    return {output(name): function(m, x) for name, function in FUNCTIONS.items()}


@pytest.fixture(scope="module")
def program():
    """Return one program of all the functions, an output each."""
    return trace(all_of_them, MATRIX, {"x": (6, "float")}).program


@pytest.fixture(scope="module")
def found(program):
    """Return what each format gives, where its tool is installed."""
    given = {}
    for to, form in FORMATS.items():
        source = form.write(program, "f", "all of them")
        with contextlib.suppress(ToolMissingError):
            given[to] = form.run(program, source, "f", {"x": ROWS})
    return given


@pytest.fixture(scope="module")
def expected():
    rows = [all_of_them(MATRIX, row[None]) for row in ROWS]
    return {name: np.concatenate([np.asarray(row[name]) for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_the_same_in_every_format(name, found, expected):
    name = output(name)
    assert "numpy" in found
    for to, given in found.items():
        np.testing.assert_allclose(given[name], expected[name], 2e-5, 2e-6, err_msg=to)


def test_every_operation_is_tried_and_every_format_has_all_of_them(program):
    assert {operation.kind for operation in program.operations} == set(OPERATIONS)
    for to, known in WRITTEN.items():
        assert known == set(OPERATIONS), to


def test_values_at_the_ends_of_layers_are_those_of_the_program(estimators, batch):
    from isthmus.export.parts import trace_part

    whole = trace_part(estimators("convolutional"), "reconstruct")
    x = {"example": batch[0].reshape(-1, 64)}
    program = whole.program.giving(whole.layers.values())
    form = FORMATS["numpy"]
    found = form.run(program, form.write(program, "f", ""), "f", x)
    expected = whole.evaluate(x)
    assert {"encoder/layer 1", "decoder/layer 2", "output"} < expected.keys()
    for layer, port in whole.layers.items():
        np.testing.assert_allclose(found[port.name], expected[layer], rtol=1e-4, atol=1e-5)


class Own(eqx.Module):
    first: eqx.nn.Linear
    norm: eqx.nn.LayerNorm
    last: eqx.nn.Linear

    def __init__(self, size, out):
        keys = jax.random.split(jax.random.key(0), 2)
        self.first, self.norm = eqx.nn.Linear(size, 8, key=keys[0]), eqx.nn.LayerNorm(8)
        self.last = eqx.nn.Linear(8, out, key=keys[1])

    def __call__(self, x):
        return self.last(jax.nn.elu(self.norm(self.first(x))))


def test_a_module_of_ones_own_is_exported_like_any_other(make_ready, batch, tmp_path):
    own = make_ready(Autoencoder(2, encoder=Own(64, 2), decoder=Own(2, 64), random_state=0))
    for to in ("numpy", "js"):
        written = own.export(tmp_path / "own", to=to, X=batch[0])
        assert written.proof.deviation <= 1e-5


@pytest.mark.parametrize("kind", [AutoencoderClassifier, AutoencoderRegressor])
def test_a_prediction_is_exported(kind, make_ready, batch, tmp_path):
    estimator = make_ready(kind(3, hidden=(8,), random_state=0))
    written = estimator.export(tmp_path / "predict.py", part="predict", X=batch[0])
    assert written.proof.deviation <= 1e-5
    (output,) = written.program.outputs
    expected = ("probabilities", (10,)) if kind is AutoencoderClassifier else ("prediction", (1,))
    assert (output.name, output.shape) == expected


def test_missing_entries_are_nan(estimators, batch, tmp_path):
    x = batch[0].copy()
    x[::2, 3:5] = np.nan
    for to in ("numpy", "js", "onnx", "c"):
        written = estimators("missing_iwae").export(tmp_path / "m", to=to, X=x)
        assert written.proof.deviation <= 1e-5


def test_an_operation_that_no_writer_knows_is_named_with_its_layer():
    def sorting(model, x):
        with jax.named_scope("my layer"):
            return {"y": jnp.sort(x)}

    with pytest.raises(SettingError, match="uses 'sort' in my layer, which the exports do not"):
        trace(sorting, MATRIX, {"x": (6, "float")})
