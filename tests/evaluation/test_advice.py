from hypothesis import given
from hypothesis import strategies as st

from isthmus.evaluation import recommend_latent_dim


def test_where_every_dimension_pays_the_largest_is_recommended_with_a_warning():
    advice = recommend_latent_dim([1, 2, 3], [0.6, 0.4, 0.2], 1.0)
    assert advice.latent_dim == 3
    assert "beyond" in advice.reason


def test_where_none_pays_the_smallest_is():
    assert recommend_latent_dim([2, 4, 8], [0.3, 0.3, 0.31], 1.0).latent_dim == 2


def test_a_plateau_before_a_fall_does_not_mislead():
    assert recommend_latent_dim([2, 3, 4], [0.5, 0.5, 0.1], 1.0).latent_dim == 4


@given(
    st.lists(st.floats(0.01, 1), min_size=2, max_size=6),
    st.floats(0.001, 0.2),
)
def test_nothing_beyond_the_recommended_size_is_worth_more_than_the_gain(errors, gain):
    sizes = list(range(1, len(errors) + 1))
    found = recommend_latent_dim(sizes, errors, 1.0, gain=gain).latent_dim
    i = sizes.index(found)
    for j in range(i + 1, len(sizes)):
        assert (errors[i] - errors[j]) / (sizes[j] - found) <= gain


def test_the_unit_does_not_matter():
    errors = [0.5, 0.2, 0.19]
    small = recommend_latent_dim([2, 4, 8], errors, 1.0)
    large = recommend_latent_dim([2, 4, 8], [100 * e for e in errors], 100.0)
    assert small == large
