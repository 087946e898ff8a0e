"""Drift of new data: found where it is, and with p-values that hold."""

import numpy as np

from isthmus import OutlierDetector


def test_new_data_of_the_same_kind_do_not_drift(small, draw):
    p = []
    for seed in range(15):
        x = draw(800, seed=200 + seed)
        fitted = OutlierDetector(small, calibration="split", random_state=0).fit(x[:500])
        p.append(fitted.drift(x[500:]).p_value)
    assert np.mean(np.array(p) <= 0.1) <= 0.1 + 3 * np.sqrt(0.09 / 15)


def test_a_shift_is_drift(detector, draw):
    x = draw(300, seed=20)
    found = detector.drift(x + 0.5 * x.std(axis=0))
    assert found.p_value < 0.01
    assert "drift from that of the fit" in found.sentence
    assert "No drift" in detector.drift(draw(300, seed=21)).sentence
