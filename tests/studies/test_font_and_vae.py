import subprocess
import sys

import numpy as np
import pytest

import isthmus
from isthmus.studies import font_and_vae as study
from isthmus.studies import font_and_vae_denoising as denoising
from isthmus.studies import font_and_vae_digits as digits
from isthmus.studies import font_and_vae_letters as letters

X = np.random.default_rng(0).integers(0, 2, (8, 35)).astype(np.uint8)


def perfect(codes):
    """Stand in for an autoencoder that rebuilds the nearest of the letters."""

    class Nearest:
        def reconstruct(self, spoilt):
            return codes[[int((codes != row).sum(axis=1).argmin()) for row in spoilt]]

    return Nearest()


def test_the_module_imports_without_jax():
    code = "import sys, isthmus.studies.font_and_vae; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("hidden", "parameters"),
    [((), 35 * 2 + 2 + 2 * 35 + 35), ((16,), 35 * 16 + 16 + 34 + 48 + 16 * 35 + 35)],
)
def test_the_letters_architectures_have_the_reports_sizes(hidden, parameters):
    model = letters.faithful(hidden, epochs=1, random_state=0).fit(X)
    assert model.n_parameters_ == parameters


def test_every_architecture_is_named_as_in_the_reported_figures():
    from isthmus.studies.records import read_reported

    settings = {setting for _, setting, _, _ in read_reported("font-and-vae")}
    named = {f"{letters.written(letters.DEEPEST)}, learning rate {letters.CHOSEN_RATE}"}
    assert settings == named | {digits.written(hidden) for hidden in digits.WIDTHS}


@pytest.mark.parametrize("count", range(7))
def test_exactly_so_many_bits_are_flipped(count):
    assert ((denoising.flipped(X, count) != X).sum(axis=1) == count).all()


def test_binarised_noise_flips_a_bit_where_it_exceeds_one_half():
    clean = np.zeros((2000, 35), np.uint8)
    share = (denoising.noisy(clean, 0.2) != clean).mean()
    assert share == pytest.approx(0.0062, abs=0.001)


def test_a_perfect_decoder_is_wrong_nowhere_and_a_constant_one_where_letters_differ():
    spoilt = np.array([np.repeat(X, 3, axis=0)] * 2)
    assert denoising.wrong_after(perfect(X), X, spoilt).sum() == 0
    wrong = denoising.wrong_after(perfect(X[:1]), X, spoilt)
    assert wrong.shape == (2, 8, 3)
    np.testing.assert_array_equal(wrong[1, :, 2], (X[0] != X).sum(axis=1))


def test_no_flips_are_all_restored_and_single_flips_are_tried_exhaustively():
    seen = []

    class Watching:
        def reconstruct(self, spoilt):
            seen.append(spoilt)
            return spoilt

    shares = denoising.restored_by_flips(X, Watching())
    np.testing.assert_array_equal(shares, [1, 1, 0, 0, 0, 0, 0])  # one wrong pixel is let pass
    ones = seen[0].reshape(7, -1, 35)[1]
    assert len(np.unique(ones[:35], axis=0)) == 35


def test_fixed_copies_stay_the_same_and_are_as_many_as_asked_for():
    import jax

    from isthmus.studies.font_and_vae_copies import FixedCopies

    many = np.repeat(X[:1], 200, axis=0).astype(np.float32)
    corruption = FixedCopies(copies=3, scale=1.0)
    shown = [np.asarray(corruption(jax.random.key(key), many)) for key in (0, 1)]
    kinds = [np.unique(rows, axis=0) for rows in shown]
    np.testing.assert_array_equal(*kinds)
    assert len(kinds[0]) == 3


def test_the_distance_to_the_nearest_letter_is_zero_for_a_letter():
    distances = letters.distance_to_nearest(np.vstack([X[:2], 1 - X[:1]]), X)
    assert distances[:2].tolist() == [0, 0]
    assert distances[2] == (1 - X[0] != X).sum(axis=1).min()


def test_thinned_curves_begin_and_end_where_training_does():
    epochs, losses = letters.thinned([np.arange(1000.0)], points=20)
    assert (epochs[0], epochs[-1], losses[0], losses[-1]) == (1, 1000, 0, 999)


def test_classes_apart_are_neighbours_of_their_own_and_pure():
    labels = np.repeat(np.arange(3), 20)
    codes = labels[:, None] * 10 + np.random.default_rng(0).normal(size=(60, 2))
    assert digits.neighbours_of_own_class(codes, labels, codes, labels).tolist() == [1, 1, 1]
    assert digits.purity(codes, labels, clusters=3) == 1


def test_the_letters_are_the_reports():
    source = isthmus.open_source("letters-5x7")
    assert source.examples.shape == (32, 35)
    assert source.labels[-1] == "\x7f"


def test_seeds_are_spelled_out():
    assert study.spelled(np.array([[3, 0]])[0]) == "3, 0"
