import jax.numpy as jnp

from isthmus.engine.compiled import LOOP_OPTIONS, _is_known, compile_ahead


def test_this_compiler_knows_the_options_of_a_loop() -> None:
    assert all(_is_known(name, value) for name, value in LOOP_OPTIONS.items())


def test_an_option_that_the_compiler_does_not_know_is_left_out() -> None:
    add = compile_ahead(lambda x: x + 1, options={"xla_cpu_no_such_option": True} | LOOP_OPTIONS)
    assert add(jnp.ones(2)).tolist() == [2, 2]
