"""Compiled programs: what they return, what their compiler is asked for, and how many are kept."""

import gc
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.engine import compiled
from isthmus.engine.compiled import LOOP_OPTIONS, _is_known, _Programs, compile_ahead

MAPPINGS = Path("/proc/self/maps")


@pytest.fixture
def few(monkeypatch):
    """Keep three programs, and clear JAX's caches after every ten."""
    monkeypatch.setattr(compiled, "MOST_PROGRAMS", 3)
    monkeypatch.setattr(compiled, "PROGRAMS_A_TERM", 10)
    monkeypatch.setattr(compiled, "programs", _Programs())


def test_this_compiler_knows_the_options_of_a_loop() -> None:
    assert all(_is_known(name, value) for name, value in LOOP_OPTIONS.items())


def test_an_option_that_the_compiler_does_not_know_is_left_out() -> None:
    add = compile_ahead(lambda x: x + 1, options={"xla_cpu_no_such_option": True} | LOOP_OPTIONS)
    assert add(jnp.ones(2)).tolist() == [2, 2]


def test_what_is_no_array_is_returned_as_the_function_gave_it() -> None:
    class Named(eqx.Module):
        name: str
        values: jax.Array

    double = compile_ahead(lambda named: (Named(named.name * 2, named.values * 2), None, 3))
    for name in ("a", "b", "a"):
        twice, nothing, three = double(Named(name, jnp.ones(2)))
        assert (twice.name, twice.values.tolist(), nothing, three) == (name * 2, [2, 2], None, 3)


def test_one_structure_and_shape_is_compiled_once(compilations) -> None:
    triple = compile_ahead(lambda factor, x: factor * x)
    for x in (np.ones(3), np.zeros(3), np.ones(3)):
        triple(3, x)
    assert len(compilations) == 1
    triple(4, np.ones(3))
    triple(3, np.ones(4))
    assert len(compilations) == 3


@pytest.mark.skipif(not MAPPINGS.exists(), reason="the system does not tell memory maps")
def test_programs_of_many_shapes_take_no_more_memory_maps_than_a_few(few) -> None:
    multiply = compile_ahead(lambda x: jax.lax.fori_loop(0, 3, lambda i, y: jnp.tanh(y @ x), x))
    counts = []
    for size in range(2, 42):
        x = np.eye(size, dtype=np.float32)
        assert np.allclose(multiply(x), np.tanh(np.tanh(np.tanh(x))))
        gc.collect()
        counts.append(MAPPINGS.read_bytes().count(b"\n"))
    assert max(counts[20:]) - min(counts[:5]) < 60  # 40 programs take 200 or more


def test_the_program_used_last_is_kept(few, compilations) -> None:
    add = compile_ahead(lambda x: x + 1)
    for size in (1, 2, 3, 1, 4, 1):
        add(np.ones(size, np.float32))
    assert len(compilations) == 4
    add(np.ones(2, np.float32))  # the one that was let go
    assert len(compilations) == 5
