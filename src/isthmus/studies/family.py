"""Members of the family on MNIST: likelihoods of VAE and IWAE, and samples of six autoencoders."""

from typing import TYPE_CHECKING

from isthmus.studies.family_likelihood import compare_likelihoods
from isthmus.studies.family_samples import compare_samples
from isthmus.studies.study import Study

if TYPE_CHECKING:
    from isthmus.studies.workbench import Workbench


def run(bench: "Workbench") -> None:
    """Measure likelihoods as Burda et al. do, then what equal networks reconstruct and make."""
    compare_likelihoods(bench)
    compare_samples(bench)


STUDY = Study(
    name="family",
    title="The family on MNIST: likelihoods of VAE and IWAE, reconstructions and samples of six",
    needs=("mnist",),
    minutes=35,
    run=run,
)
