import pytest

from isthmus import studies
from isthmus.errors import SettingError
from isthmus.studies.records import Reported, read_reported, summarise, verdict_of


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_a_difference_within_rounding_matches_and_beyond_it_has_a_direction(better):
    given = Reported("0.94", "fraction", better, "")
    assert verdict_of(0.9449, None, 1, given) == "matches"
    assert verdict_of(0.9351, None, 1, given) == "matches"
    up, down = ("worse", "better") if better == "lower" else ("better", "worse")
    assert verdict_of(0.9452, None, 1, given) == up
    assert verdict_of(0.9348, None, 1, given) == down


def test_the_spread_over_seeds_widens_the_margin():
    given = Reported("0.900", "fraction", "higher", "")
    assert verdict_of(0.92, 0.001, 5, given) == "better"
    assert verdict_of(0.92, 0.02, 5, given) == "matches"


def test_noise_stands_in_for_a_spread_that_is_not_known_only():
    given = Reported("0.900", "fraction", "higher", "")
    assert verdict_of(0.92, None, 1, given, noise=0.02) == "matches"
    assert verdict_of(0.92, 0.0, 5, given, noise=0.02) == "better"


def test_one_value_has_no_spread():
    assert summarise(2) == summarise([2]) == (2.0, None, 1)


@pytest.mark.parametrize("name", studies.names())
def test_reported_figures_are_numbers_with_a_direction_and_a_source(name):
    given = read_reported(name)
    assert given
    for key, figure in given.items():
        assert all(key), key
        assert figure.better in ("lower", "higher"), key
        assert figure.unit, key
        assert figure.source, key
        float(figure.value)


def test_an_unknown_study_names_the_nearest():
    with pytest.raises(SettingError, match="convolutional"):
        studies.get("convolution")
