"""Every recipe in every format: what comes out is what the estimator gives."""

import contextlib

import pytest

from isthmus.errors import SettingError
from isthmus.export import FORMATS
from isthmus.export.parts import trace_part
from isthmus.export.proof import make_batch, prove
from isthmus.export.running import ToolMissingError
from isthmus.recipes import RECIPES

DRAWN = {
    "hi_vae", "iaf_vae", "maf_prior_vae", "mixture_prior_vae", "planar_flow_vae", "poincare_vae",
    "vamp_vae",
}  # fmt: skip
"""Recipes whose divergence has no closed form, so that a score is an estimate from noise."""


def labels_of(estimator, y):
    return y if estimator.model_.conditional else None


def prove_in_every_format(estimator, part, x, y):
    """Return the deviations by format, where the tool that runs it is installed."""
    traced = trace_part(estimator, part)
    batch = make_batch(estimator, part, x, labels_of(estimator, y))
    proofs = {}
    for to, form in FORMATS.items():
        source = form.write(traced.program, part, "a part")
        with contextlib.suppress(ToolMissingError):
            proofs[to] = prove(estimator, part, to, form, traced, source, batch)
    assert "numpy" in proofs
    return proofs


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_gives_in_every_format_what_its_estimator_gives(name, estimators, batch):
    estimator = estimators(name)
    if name in DRAWN:
        with pytest.raises(SettingError, match="estimate from drawn noise"):
            trace_part(estimator, "score")
    for part in ("reconstruct",) if name in DRAWN else ("reconstruct", "score"):
        for to, found in prove_in_every_format(estimator, part, *batch).items():
            assert found.deviation <= 1e-5, to
            assert found.undecided == 0, to


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("name", ["conditional_vae", "rvq_vae"])
def test_encoder_and_decoder_leave_by_themselves(name, part, estimators, batch, tmp_path):
    estimator, (x, y) = estimators(name), batch
    labels = labels_of(estimator, y)
    for suffix in (".py", ".onnx"):
        written = estimator.export(tmp_path / f"a{suffix}", part=part, X=x, labels=labels)
        assert written.proof.deviation <= 1e-5
        names = [port.name for port in written.program.inputs]
        assert names[1:] == (["label"] if name == "conditional_vae" else [])
