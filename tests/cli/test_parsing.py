import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus import corruption, likelihoods, penalties
from isthmus.cli import parsing
from isthmus.errors import SettingError


def test_members_are_read_with_their_parameters():
    read = parsing.specification
    assert read("gaussian:0.2", corruption.MEMBERS, "--corruption") == corruption.Gaussian(0.2)
    assert read("bit-flips:3", corruption.MEMBERS, "--corruption") == corruption.BitFlips(3)
    assert read("l1:1e-3", penalties.MEMBERS, "--penalty") == penalties.L1(0.001)
    assert read(
        "gaussian:scale=0.5,output=sigmoid", likelihoods.MEMBERS, "--likelihood"
    ) == likelihoods.Gaussian(0.5, "sigmoid")


def test_a_plus_sign_composes_and_an_exponent_does_not():
    composed = corruption.Gaussian(1e3) + corruption.Masking(0.2)
    text = "gaussian:1e+3 + masking:0.2"
    assert parsing.specification(text, corruption.MEMBERS, "--corruption") == composed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gausian:0.2", "did you mean 'gaussian'"),
        ("gaussian:0.2,3,4", "it takes scale"),
        ("gaussian:width=2", "it takes scale"),
        ("gaussian:-1", "scale is -1"),
        ("gaussian:much", "scale is 'much'"),
        ("", "There is no corruption ''"),
    ],
)
def test_a_wrong_member_is_named(text, words):
    with pytest.raises(SettingError, match=words):
        parsing.specification(text, corruption.MEMBERS, "--corruption")


def test_a_sum_of_what_has_no_sum_is_refused():
    with pytest.raises(SettingError, match="not a sum"):
        parsing.specification("l1:1+l2:1", penalties.MEMBERS, "--penalty")


@settings(deadline=None)
@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=5))
def test_widths_survive_being_written(widths):
    assert parsing.whole_numbers(",".join(map(str, widths)), "--hidden") == tuple(widths)


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_text_gives_a_value_or_one_sentence(text):
    for parse in (
        lambda: parsing.whole_numbers(text, "--hidden"),
        lambda: parsing.image_shape(text),
        lambda: parsing.specification(text, corruption.MEMBERS, "--corruption"),
    ):
        with contextlib.suppress(SettingError):
            assert parse() is not None
