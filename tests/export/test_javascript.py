"""JavaScript against JAX: every recipe, every part, on one batch."""

import numpy as np
import pytest

from isthmus.errors import SettingError
from isthmus.export.javascript import describe, javascript
from isthmus.export.parts import PARTS, part_of
from isthmus.recipes import RECIPES

METHODS = {
    "encoder": "transform",
    "decoder": "inverse_transform",
    "reconstruct": "reconstruct",
    "score": "score_samples",
}
DRAWN = {
    "hi_vae", "iaf_vae", "maf_prior_vae", "mixture_prior_vae", "planar_flow_vae", "poincare_vae",
    "vamp_vae",
}  # fmt: skip
"""Recipes whose divergence has no closed form, so that a score is an estimate from noise."""


def rows_for(program, x, labels):
    name = program.inputs[0].name
    rows = [{name: row.tolist()} for row in x]
    if len(program.inputs) > 1:
        rows = [row | {"label": int(label)} for row, label in zip(rows, labels, strict=True)]
    return rows


@pytest.mark.parametrize("name", RECIPES)
def test_every_part_of_every_recipe_gives_what_the_estimator_gives(
    name, estimators, batch, run_javascript
):
    estimator, (x, y) = estimators(name), batch
    labels = y if estimator.model_.conditional else None
    codes = estimator.transform(x, labels).astype(np.float32)
    for part, method in METHODS.items():
        if part == "score" and name in DRAWN:
            with pytest.raises(SettingError, match="estimate from drawn noise"):
                part_of(estimator, part)
            continue
        given = codes if part == "decoder" else x
        expected = getattr(estimator, method)(given, labels).reshape(len(x), -1)
        program = part_of(estimator, part)
        output = program.outputs[0].name
        rows = run_javascript(javascript(program), rows_for(program, given, y))
        found = np.array([row[output] for row in rows])
        assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max(), part


def test_half_the_size_in_float16_and_nearly_the_same(estimators, batch, run_javascript):
    program, (x, y) = part_of(estimators("vae"), "encoder"), batch
    whole, half = javascript(program), javascript(program, "float16")
    sizes = [
        sum(len(c["data"]) for c in describe(program, weights)["constants"].values())
        for weights in ("float32", "float16")
    ]
    assert sizes[1] < 0.6 * sizes[0]
    rows = rows_for(program, x, y)
    a, b = (np.array([r["code"] for r in run_javascript(s, rows)]) for s in (whole, half))
    assert 0 < np.abs(a - b).max() < 5e-3 * np.abs(a).max()


def test_an_unknown_part_names_the_known_ones(estimators):
    with pytest.raises(SettingError, match=f"did you mean 'encoder'.*{', '.join(PARTS)}"):
        part_of(estimators("vae"), "encode")
