"""Images: flat, (n, H, W) and (n, H, W, C) are the same examples."""

import jax
import numpy as np
import pytest

from isthmus.errors import DataError, SettingError
from isthmus.recipes import convolutional

SHAPES = [(200, 64), (200, 8, 8), (200, 8, 8, 1)]


@pytest.fixture(scope="module")
def three(make, digits):
    """Return an estimator fitted to each shape."""
    return {shape: make(image_shape=(8, 8)).fit(digits.reshape(shape)) for shape in SHAPES}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_given_changes_no_code(three, digits, shape) -> None:
    codes = three[shape].transform(digits.reshape(shape))
    assert np.array_equal(codes, three[200, 64].transform(digits))
    assert three[shape].image_shape_ == (8, 8, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_comes_out_has_the_shape_of_what_was_fitted(three, digits, shape) -> None:
    estimator, images = three[shape], digits.reshape(shape)
    codes = estimator.transform(images)
    for images_out in (
        estimator.reconstruct(images),
        estimator.inverse_transform(codes),
        estimator.corrupt(images),
        estimator.unscale(estimator.scale(images)),
    ):
        assert images_out.shape == shape
    assert estimator.sample(3, random_state=0).shape == (3, *shape[1:])
    assert estimator.scale(images).shape == (200, 64)


def test_a_shape_is_told_from_the_images_themselves(make, digits) -> None:
    assert make(epochs=0).fit(digits.reshape(200, 8, 8)).image_shape_ == (8, 8, 1)
    assert make(epochs=0).fit(digits).image_shape_ is None


@pytest.mark.parametrize(
    "shape", [(7, 8), (8,), (8, 8, 2), (-8, -8), "8x8", (64.0, 1.0), (0, 64), (8, 8, 1, 1)]
)
def test_a_shape_that_does_not_fit_is_refused(make, digits, shape) -> None:
    with pytest.raises(DataError, match=r"image_shape is .* an example has 64 values"):
        make(image_shape=shape).fit(digits)


def test_convolutions_learn_images_in_any_shape(digits) -> None:
    recipe = {"channels": (4,), "epochs": 8, "batch_size": 32, "random_state": 0}
    flat = convolutional(4, image_shape=(8, 8), **recipe).fit(digits)
    images = convolutional(4, **recipe).fit(digits.reshape(200, 8, 8))
    same = zip(jax.tree.leaves(flat.model_), jax.tree.leaves(images.model_), strict=True)
    assert all(np.array_equal(a, b) for a, b in same)
    losses = flat.history_["train_loss"]
    assert losses[-1] < losses[0]
    assert np.array_equal(flat.transform(digits), images.transform(digits.reshape(200, 8, 8, 1)))


def test_convolutions_of_flat_examples_ask_for_their_shape(digits) -> None:
    with pytest.raises(SettingError, match=r"give image_shape=\(height, width, channels\)"):
        convolutional(4).fit(digits)
