"""Members of the family on MNIST: samples of six autoencoders, likelihoods of VAE and IWAE."""

from typing import TYPE_CHECKING

from isthmus.studies.family_likelihood import compare_likelihoods
from isthmus.studies.family_samples import compare_samples
from isthmus.studies.study import Study

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


def run(bench: "Workbench") -> None:
    """Measure what equal networks reconstruct and make, then likelihoods as Burda et al. do."""
    compare_samples(bench)
    compare_likelihoods(bench)


STUDY = Study(
    name="family",
    title="The family on MNIST: reconstructions and samples of six, likelihoods of VAE and IWAE",
    needs=("mnist",),
    minutes=30,
    run=run,
)
