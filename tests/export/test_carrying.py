"""Parts for a page: in 16-bit numbers where these will do, and symbols as sums."""

import json

import jax
import numpy as np
import pytest

from isthmus.export import carry, carrying
from isthmus.export.carrying import in_half_precision


def test_weights_are_carried_in_16_bits_where_that_changes_little(estimators, batch, monkeypatch):
    estimator, x = estimators("vae"), batch[0]
    small = carry(estimator, "encoder", x)
    assert small.weights == "float16"
    halved = in_half_precision(estimator).transform(x)
    expected = estimator.transform(x)
    assert small.deviation == pytest.approx(np.abs(halved - expected).max() / np.ptp(expected))
    monkeypatch.setattr(carrying, "TOLERANCE", small.deviation / 2)
    whole = carry(estimator, "encoder", x)
    assert whole.weights == "float32"
    assert whole.size > 1.6 * small.size
    assert json.loads(json.dumps(small.description))["format"] == 1


def test_the_decoder_is_not_compiled_once_more(estimators, batch, compilations, caplog):
    estimator = estimators("vae")
    codes = estimator.transform(batch[0])
    with jax.log_compiles():
        estimator.inverse_transform(codes)
        assert "Compiling jit(run)" in caplog.text
        caplog.clear()
        carry(estimator, "decoder", codes)
    assert "Compiling jit(run)" not in caplog.text


@pytest.mark.parametrize("name", ["vq_vae", "rvq_vae", "fsq_vae"])
def test_symbols_stand_for_the_codes(name, estimators, batch):
    written, of = estimators(name).symbols(batch[0])
    codes = estimators(name).transform(batch[0])
    np.testing.assert_allclose(of.codes(written), codes, atol=1e-5)


def test_other_codes_have_no_symbols(estimators, batch):
    assert estimators("vae").symbols(batch[0]) is None
