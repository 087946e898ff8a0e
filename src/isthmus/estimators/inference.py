"""Running a fitted model over many examples: fixed blocks of rows, compiled once.

Rows are computed in groups of one fixed size, so that an example's result does not depend on its
company, and no number of examples needs a program of its own.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray, PyTree

from isthmus.bounds import ELBO
from isthmus.data.source import Examples
from isthmus.engine.compiled import compile_ahead, programs_at_once
from isthmus.engine.feed import aligned_empty, stored_type
from isthmus.latents import AbstractLatent
from isthmus.model import Model, trace_numbers
from isthmus.records import Context, Draw
from isthmus.scaling import Scaling

ROWS = 256
"""Rows computed together."""

BLOCK_BYTES = 2**23
"""Target size of a call's rows, in bytes of whole groups; groups that are not used cost nothing."""

MOST_GROUPS = 32
"""Maximum number of groups in a call: what comes out may be far wider than what goes in, as where
codes are decoded, and takes memory for the whole block."""

PIECE_BYTES = 2**19
"""Bytes of a block that are read, checked and copied together, so that the cache holds them."""

MOST_AT_ONCE = 8
"""Maximum number of blocks computed at once, each of which is in memory with its results."""

Rowwise = Callable[[PyTree, Array], PyTree]
"""From (model, rows (256, ...)) to arrays of as many rows; of a scaling instead of a model too."""


def encode(model: Model, x: Array) -> Array:
    """Return codes (rows, d) of examples in their own units."""
    return model.code(model.scaling(x))


def decode(model: Model, z: Array) -> Array:
    """Return mean reconstructions (rows, D) of codes, in the data's own units."""
    return model.scaling.inverse(model.likelihood.mean(model.decode(z)))


def decode_raw(model: Model, z: Array) -> Array:
    """Return raw outputs (rows, D) of codes, of which the likelihood makes means or draws."""
    return model.decode(z)


def reconstruct(model: Model, x: Array) -> Array:
    """Return mean reconstructions (rows, D) of examples, in their own units."""
    return model.scaling.inverse(model.reconstruct(model.scaling(x)))


def scale(model: Model, x: Array) -> Array:
    """Return examples in the scaled space, zero where they are missing."""
    return model.known(model.scaling(x))


def unscale(model: Model, x: Array) -> Array:
    """Return scaled examples in their own units."""
    return model.scaling.inverse(x)


def read_head(model: Model, x: Array) -> Array:
    """Return what the first head reads (rows, outputs) from the codes."""
    return model.heads[0].read(model.code(model.scaling(x)))


def assess(model: Model, x: Array) -> dict[str, Array]:
    """Return, a row each, what `measure` and `score_samples` are made of.

    ``squares`` and ``squares_input`` (rows, D): squared errors of the mean reconstruction, scaled
    and in the data's own units, zero for missing entries; ``observed`` (rows, D): 0 for these and 1
    for the others, under a masked likelihood; ``nats``: negative log likelihood at the code,
    infinite for an example outside the likelihood's support; ``drawn_nats``: that of one draw;
    ``floor_nats``: the least that the likelihood allows; ``kl``: divergence of the posterior, nats;
    ``kl_dimensions`` (rows, d) where the latent gives it.
    """
    x = x.astype(jnp.float32)
    scaled = model.scaling(x)
    h, _ = model.encoder(model.seen(scaled), None)
    z = model.latent.code(h)
    x_hat = model.decode(z)
    mean = model.likelihood.rebuilt(x_hat, scaled)
    draw = draw_rows(model.attached_latent(), h, jax.random.key(0), 1)
    outside = ~model.likelihood.supports(scaled)
    drawn = model.likelihood(model.decode(draw.z[0])[None], scaled)[0]
    rows = {
        "squares": (mean - scaled) ** 2,
        "squares_input": (model.scaling.inverse(mean) - x) ** 2,
        "nats": jnp.where(outside, jnp.inf, model.likelihood(x_hat[None], scaled)[0]),
        "floor_nats": model.likelihood.floor(scaled),
        "kl": draw.kl,
        "drawn_nats": jnp.where(outside, jnp.inf, drawn),
    }
    if model.likelihood.masked:
        missing = jnp.isnan(x)
        rows["observed"] = jnp.where(missing, 0.0, 1.0)
        for name in ("squares", "squares_input"):
            rows[name] = jnp.where(missing, 0.0, rows[name])
    if "kl_per_dimension" in draw.statistics:
        rows["kl_dimensions"] = draw.statistics["kl_per_dimension"]
    return rows


def assess_with_code(model: Model, x: Array) -> dict[str, Array]:
    """Return the rows of `assess`, with ``code`` (rows, d) and ``scaled`` (rows, D) examples."""
    return assess(model, x) | {"code": encode(model, x), "scaled": scale(model, x)}


def draw_rows(latent: AbstractLatent, h: Array, key: PRNGKeyArray, draws: int) -> Draw:
    """Return draws for each row, whose noise is a function of the key and of the row alone."""

    def draw(row: Array) -> Draw:
        bits = jax.lax.bitcast_convert_type(row, jnp.uint32).sum(dtype=jnp.uint32)
        own = Context(jax.random.fold_in(key, bits), jnp.ones(1), jnp.asarray(jnp.inf), False)
        return latent(row[None], own, draws)[0]

    drawn = jax.vmap(draw)(h)
    z, log_ratio = drawn.z[:, :, 0].swapaxes(0, 1), drawn.log_ratio[:, :, 0].swapaxes(0, 1)
    of_rows = jax.tree.map(lambda leaf: leaf[:, 0], (drawn.kl, drawn.cost, drawn.statistics))
    return Draw(z, log_ratio, *of_rows)


def map_rows(
    function: Rowwise, model: Model, rows: Examples, labels: np.ndarray | None = None
) -> PyTree:
    """Return a function of every row, stacked: numpy arrays.

    The parameters are those of `iterate_rows`.
    """
    blocks = list(iterate_rows(function, model, rows, labels))
    return jax.tree.map(lambda *parts: np.concatenate(parts), *blocks)


def iterate_rows(
    function: Rowwise, model: Model, rows: Examples, labels: np.ndarray | None = None
) -> Iterator[PyTree]:
    """Yield a function of the rows, block after block: numpy arrays.

    The function sees the model without what training alone knows, and with its numbers traced, so
    that models of equal networks share the program.

    Parameters
    ----------
    function
        Of the model and rows (256, D).
    model
        Fitted.
    rows : (n, ...)
        Examples or codes.
    labels : (n,) or None
        Numbers of the labels that the model is conditioned on, one per row.
    """
    yield from _iterate_blocks(function, _without_training(model), rows, labels)


def compile_for_report(model: Model, examples: Examples) -> None:
    """Compile what a report computes of examples like these (n, ...) and of their codes.

    Its first calls then do not wait; one that is missing here is compiled when it is called. The
    values of the model's weights do not matter.
    """
    features, stored = int(np.prod(examples.shape[1:])), stored_type(examples.dtype)
    single = np.dtype(np.float32)
    codes = _compile(encode, model, features, stored)
    asked: list[tuple[Rowwise, int, np.dtype]] = []
    if model.decoder is not None:
        asked += [
            (assess_with_code, features, stored),
            (unscale, features, single),
            (decode, codes.shape[1], single),
            (scale, features, single),
            (scale, features, stored),
            (reconstruct, features, stored),
        ]
    if model.heads:
        asked += [(read_head, features, stored)]
    for function, width, dtype in asked:
        _compile(function, model, width, dtype)


def _compile(function: Rowwise, model: Model, features: int, dtype: np.dtype) -> PyTree:
    """Return what a function gives of no rows of D features, once it is compiled for any number."""
    shape = _block_shape(features)
    labels = None
    if model.conditional and function not in (scale, unscale):
        labels = _in_groups(np.zeros(0, np.int32), shape[0])
    block, used = aligned_empty(shape, dtype), np.asarray(0, np.int32)
    return _run_groups(function, _without_training(model), block, labels, used)


def _without_training(model: Model) -> Model:
    """Return a model without what training alone knows, and with its numbers traced."""
    return trace_numbers(replace(model, corruption=None, bound=ELBO(), penalties=()))


def _block_shape(features: int) -> tuple[int, int, int]:
    """Return groups, rows and values of the block in which rows of that many values are run."""
    groups = min(MOST_GROUPS, max(1, BLOCK_BYTES // (ROWS * features * 4)))
    return groups, ROWS, features


def _iterate_blocks(
    function: Rowwise, model: Model | Scaling, rows: Examples, labels: np.ndarray | None = None
) -> Iterator[PyTree]:
    """Yield a function of the rows, block after block in order; several are computed at once.

    One thread per block, because a group is too small for its products to be shared well, and one
    more, which reads its block meanwhile. There is a buffer for each block under way.
    """
    shape, dtype = _block_shape(int(np.prod(rows.shape[1:]))), stored_type(rows.dtype)
    groups = shape[0]
    parts = [slice(i, i + groups * ROWS) for i in range(0, len(rows), groups * ROWS)]

    def run(part: slice, buffer: np.ndarray) -> PyTree:
        own = None if labels is None else _in_groups(labels[part], groups)
        return _run_block(function, model, rows, own, part, buffer)

    if len(parts) <= 1:
        for part in parts:
            yield run(part, aligned_empty(shape, dtype))
        return
    threads = 1 + min(programs_at_once(), MOST_AT_ONCE)
    device = jax.config.jax_default_device  # of this thread, maybe  # pyright: ignore[reportAttributeAccessIssue]
    buffers = [aligned_empty(shape, dtype) for _ in range(threads)]

    def run_there(part: slice, buffer: np.ndarray) -> PyTree:
        with jax.default_device(device):
            return run(part, buffer)

    running: deque[Future[PyTree]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for part, buffer in zip(parts, cycle(buffers), strict=False):
            if len(running) == threads:
                yield running.popleft().result()
            running.append(pool.submit(run_there, part, buffer))
        while running:
            yield running.popleft().result()


def _in_groups(labels: np.ndarray, groups: int) -> np.ndarray:
    """Return labels of a block as (G, 256), zero where there are no rows."""
    laid = np.zeros((groups, ROWS), np.int32)
    laid.flat[: len(labels)] = labels
    return laid


def _run_block(
    function: Rowwise,
    model: Model | Scaling,
    rows: Examples,
    labels: np.ndarray | None,
    part: slice,
    buffer: np.ndarray,
) -> PyTree:
    """Return a function of some of the rows (n, ...), laid in a buffer (G, 256, D), on the host."""
    laid = buffer.reshape(-1, buffer.shape[-1])
    n = min(part.stop, len(rows)) - part.start
    groups = -(-n // ROWS)
    piece = max(1, PIECE_BYTES // laid[0].nbytes)
    for start in range(0, n, piece):
        stop = min(start + piece, n)
        taken = np.asarray(rows[part.start + start : part.start + stop])
        laid[start:stop] = taken.reshape(stop - start, -1)
    laid[n : groups * ROWS] = 0
    out = _run_groups(function, model, buffer, labels, np.asarray(groups, np.int32))
    return jax.tree.map(lambda values: np.asarray(values)[:n], out)


@compile_ahead
def _run_groups(
    function: Rowwise,
    model: PyTree,
    block: Array | np.ndarray,
    labels: Array | np.ndarray | None,
    used: np.ndarray,
) -> PyTree:
    """Apply a function to the used groups of a block (G, 256, D); rows come back joined.

    With labels (G, 256), each group runs under the model that is given its labels.
    """

    def run(i: Array | int) -> PyTree:
        return function(model if labels is None else model.given(labels[i]), block[i])

    def fill(i: Array, out: PyTree) -> PyTree:
        rows = run(i)
        return jax.tree.map(lambda o, r: jax.lax.dynamic_update_index_in_dim(o, r, i, 0), out, rows)

    shapes = jax.eval_shape(lambda: run(0))
    empty = jax.tree.map(lambda s: jnp.zeros((len(block), *s.shape), s.dtype), shapes)
    out = jax.lax.fori_loop(0, used, fill, empty)
    return jax.tree.map(lambda o: o.reshape(-1, *o.shape[2:]), out)


def map_scaling(scaling: Scaling, x: np.ndarray) -> np.ndarray:
    """Return examples (n, D) scaled, before there is a model."""
    return np.concatenate([*_iterate_blocks(_scale_alone, scaling, x)])


def _scale_alone(scaling: Scaling, x: Array) -> Array:
    return scaling(x)
