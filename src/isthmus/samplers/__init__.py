"""Samplers: distributions fitted to the codes of an autoencoder after its own fit.

A sampler has ``fit(codes)`` and ``sample(n, random_state)``, which gives codes; `fit` joins one to
a fitted autoencoder, and what it returns gives examples.
"""

from isthmus.samplers.abstract import AbstractSampler
from isthmus.samplers.autoregressive import Autoregressive
from isthmus.samplers.density import GaussianMixture, KernelDensity, Normal
from isthmus.samplers.flow import MAF
from isthmus.samplers.generation import MEMBERS, Generator, draw_codes, fit
from isthmus.samplers.prior import Prior
from isthmus.samplers.two_stage import TwoStage

__all__ = [
    "MAF",
    "MEMBERS",
    "AbstractSampler",
    "Autoregressive",
    "GaussianMixture",
    "Generator",
    "KernelDensity",
    "Normal",
    "Prior",
    "TwoStage",
    "draw_codes",
    "fit",
]
