"""A small part of the batteries of `benchmarks/battery`; their commands run the whole."""

import numpy as np
import pytest

from isthmus.errors import IsthmusError

trials = pytest.importorskip("benchmarks.battery.trials")  # no part of a source archive

COUNTS = {"model": 25, "data": 150, "run": 8}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", COUNTS)
def test_mutants_end_in_a_sentence_or_in_something_that_works(kind, tmp_path) -> None:
    trial = trials.TRIALS[kind](tmp_path)
    for number in range(COUNTS[kind]):
        try:
            fault = trial(np.random.default_rng([20, number]))
        except IsthmusError as error:
            fault = str(error) if "\n" in str(error) else None
        assert fault is None, (number, fault)
