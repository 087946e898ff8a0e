"""The page on extending isthmus is a program: it runs, and each part of it does what it says."""

import re
import sys
import types
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from isthmus.errors import DataError

PAGE = Path(__file__).parents[1] / "docs" / "extend.md"


@pytest.fixture(scope="module")
def space():
    """Return the names that the page's code defines."""
    from isthmus.recipes import RECIPES

    before = dict(RECIPES)
    defined: dict = {"__name__": "extend"}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL):
        exec(compile(block, PAGE.name, "exec"), defined)
    defined["recipe_row"] = RECIPES.get("on_unit_sphere")
    RECIPES.clear()
    RECIPES.update(before)
    return defined


def test_a_corruption_is_a_nested_parameter(space):
    model = space["Autoencoder"](4, corruption=space["Shift"](0.3), **space["SMALL"])
    assert (
        model.set_params(corruption__probability=1.0).get_params()["corruption__probability"] == 1
    )
    shifted = model.fit(space["X"]).corrupt(space["X"])
    np.testing.assert_allclose(shifted, np.roll(space["X"], 1, axis=1), atol=1e-4)


def test_codes_of_the_latent_have_length_one(space):
    np.testing.assert_allclose(space["lengths"], 1, atol=1e-5)
    codes = space["on_sphere"].sample_codes(5, random_state=0)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, atol=1e-5)


def test_the_likelihood_is_that_of_scipy(space):
    from scipy.stats import cauchy

    x, x_hat = jnp.array([[0.3, -2.0]]), jnp.array([[[0.1, 0.5]]])
    expected = -cauchy(x_hat, 0.1).logpdf(x).sum(-1)
    np.testing.assert_allclose(space["Cauchy"](0.1)(x_hat, x), expected, rtol=1e-5)


def test_the_bound_is_the_elbo_above_its_floor(space, make_model, make_context, normals, forward):
    from isthmus import bounds, latents

    model = make_model(latent=latents.Gaussian())
    p, _ = forward(model, normals(4, 6), None, make_context(4))
    np.testing.assert_allclose(space["Floored"](0.0)(p), bounds.ELBO()(p), rtol=1e-6)
    assert (space["Floored"](1e6)(p) > 9e5).all()


def test_the_penalty_pulls_the_codes_to_the_middle(space):
    free = space["Autoencoder"](4, penalties=(), **space["SMALL"]).fit(space["X"])
    off, centre = (
        np.linalg.norm(each.transform(space["X"]).mean(axis=0)) for each in (free, space["centred"])
    )
    assert "centred" in space["centred"].history_
    assert centre < off


def test_the_estimator_uses_its_own_head(space):
    (head,) = space["robust"].model_.heads
    assert isinstance(head, space["AbsoluteRegressor"])
    assert space["robust"].predict(space["X"]).shape == (200,)


def test_the_recipe_enters_itself(space):
    made = space["recipe_row"].make(3)
    assert (made.latent_dim, made.latent) == (3, space["OnSphere"]())


def test_the_section_measures_and_shows(space):
    section, fit = space["Length"](), types.SimpleNamespace(codes=np.array([[3.0, 4.0]]))
    metrics = section.measure(fit)
    assert metrics == {"mean_code_length": 5.0}
    assert section.collect(fit, metrics) == 5.0


def test_the_reader_reads_and_refuses(space, tmp_path):
    (tmp_path / "good.txt").write_text("1 2\n3 4\n")
    assert space["open_words"](tmp_path / "good.txt").examples.tolist() == [[1, 2], [3, 4]]
    (tmp_path / "bad.txt").write_text("1 2\nthree 4\n")
    with pytest.raises(DataError, match=r"bad\.txt is not a table of numbers"):
        space["open_words"](tmp_path / "bad.txt")


def test_the_verb_runs(space, monkeypatch, capsys):
    from isthmus.cli import main, verbs

    module = types.ModuleType("isthmus.cli.count")
    module.count = space["count"]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(verbs, "VERBS", (*verbs.VERBS, space["row"]))
    assert main(["count", "digits"]) == 0
    assert capsys.readouterr().out == "1797 examples\n"
