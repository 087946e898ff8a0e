"""What a page is given: descriptions of programs, and the runtime that runs them."""

import json

import numpy as np
import pytest

from isthmus.export import describe, part_of, runtime
from isthmus.export.javascript import write_javascript
from isthmus.export.proof import relative
from isthmus.export.running import ToolMissingError, run_javascript


@pytest.fixture
def run():
    def run(program, source, inputs):
        try:
            return run_javascript(program, source.encode(), "part", inputs)
        except ToolMissingError as error:
            pytest.skip(str(error))

    return run


def weights(described):
    return sum(len(constant["data"]) for constant in described["constants"].values())


def test_float16_takes_half_the_place_and_gives_nearly_the_same(estimators, batch, run):
    program, x = part_of(estimators("vae"), "encoder"), batch[0].reshape(-1, 64)
    assert weights(describe(program, "float16")) < 0.6 * weights(describe(program))
    whole, half = (
        run(program, write_javascript(program, "encoder", "", size), {"example": x})["code"]
        for size in ("float32", "float16")
    )
    difference = relative(half, whole, np.abs(whole).max()).max()
    assert 0 < difference < 5e-3


def test_a_description_is_plain_json_that_a_page_can_hold(estimators):
    text = json.dumps(describe(part_of(estimators("vae"), "decoder"))) + runtime()
    assert "</script" not in text
    assert "http" not in text


def test_an_input_that_is_missing_or_of_another_size_is_named(estimators, run):
    program = part_of(estimators("vae"), "decoder")
    source = write_javascript(program, "decoder", "")
    with pytest.raises(RuntimeError, match="The input code is missing"):
        run(program, source, {"other": np.zeros((1, 4))})
    with pytest.raises(RuntimeError, match="The input code has 3 numbers, not 4"):
        run(program, source, {"code": np.zeros((1, 3))})
