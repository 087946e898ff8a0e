"""The identities hold here, and one that does not is told."""

import math

import pytest

from isthmus.selftest import IDENTITIES, Identity, run


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda one: one.name)
def test_identity_holds(identity):
    (outcome,) = run([identity])
    assert outcome.holds, f"{outcome.deviation} {outcome.error}"


def test_a_deviation_above_what_is_allowed_fails():
    def half():
        return 0.5

    (outcome,) = run([Identity("Nothing.", half, 0.4)])
    assert not outcome.holds


@pytest.mark.parametrize("value", [math.nan, None])
def test_what_is_no_number_or_raises_fails(value):
    def broken():
        return value

    (outcome,) = run([Identity("Nothing.", broken, 1.0)])
    assert not outcome.holds
    assert outcome.deviation == math.inf
