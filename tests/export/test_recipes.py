"""Every recipe in every format: what comes out is what the estimator gives."""

import shutil

import pytest

from isthmus.errors import SettingError
from isthmus.export import FORMATS, PARTS
from isthmus.recipes import RECIPES

DRAWN = {
    "hi_vae", "iaf_vae", "maf_prior_vae", "mixture_prior_vae", "planar_flow_vae", "poincare_vae",
    "vamp_vae",
}  # fmt: skip
"""Recipes whose divergence has no closed form, so that a score is an estimate from noise."""

TOOLS = {"js": "node", "c": "cc", "onnx": None, "numpy": None}


@pytest.fixture(params=FORMATS)
def to(request):
    tool = TOOLS[request.param]
    if tool is not None and shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed, so exports to {request.param} cannot be run")
    if request.param == "onnx":
        pytest.importorskip("onnx")
        pytest.importorskip("onnxruntime")
    return request.param


def labels_of(estimator, y):
    return y if estimator.model_.conditional else None


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_written_and_gives_what_the_estimator_gives(
    name, to, estimators, batch, tmp_path
):
    estimator, (x, y) = estimators(name), batch
    given = {"to": to, "X": x, "labels": labels_of(estimator, y)}
    written = estimator.export(tmp_path / "whole", part="reconstruct", **given)
    assert written.proof.deviation <= 1e-5
    assert written.proof.undecided == 0
    assert written.path.stat().st_size > 1000
    if name in DRAWN:
        with pytest.raises(SettingError, match="estimate from drawn noise"):
            estimator.export(tmp_path / "score", part="score", **given)
    else:
        assert estimator.export(tmp_path / "score", part="score", **given).proof.rows == len(x)


@pytest.mark.parametrize("part", set(PARTS) - {"predict"})
@pytest.mark.parametrize("name", ["vae", "conditional_vae", "top_k", "rvq_vae"])
def test_every_part_is_written(name, part, to, estimators, batch, tmp_path):
    estimator, (x, y) = estimators(name), batch
    labels = labels_of(estimator, y)
    written = estimator.export(tmp_path / "part", to=to, part=part, X=x, labels=labels)
    assert written.proof.deviation <= 1e-5
