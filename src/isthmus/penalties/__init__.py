"""Penalties: what else training pays for. Each is called with a `Pass` and returns (B,) nats.

A quantity of the whole batch is the same for every example.
"""

from isthmus.penalties.abstract import AbstractPenalty
from isthmus.penalties.code_critics import PriorCritic, TotalCorrelationCritic
from isthmus.penalties.consistency import Consistency
from isthmus.penalties.correlation import Decomposition, Decorrelation, TotalCorrelation, decompose
from isthmus.penalties.critic import AbstractCritic
from isthmus.penalties.discrepancy import KERNELS, MMD
from isthmus.penalties.jacobian import Contraction, DecoderIsometry, DecoderSmoothness
from isthmus.penalties.neighbours import AbstractNeighbours, NegativeSampling, Neighbours
from isthmus.penalties.reconstruction_critic import ReconstructionCritic
from isthmus.penalties.revival import AuxK
from isthmus.penalties.similarity import (
    StructuralSimilarity,
    multiscale_similarity,
    structural_similarity,
)
from isthmus.penalties.sparsity import L1, L2, KLSparsity
from isthmus.penalties.weights import DecoderWeightDecay, WeightDecay

MEMBERS: dict[str, type[AbstractPenalty]] = {
    "l1": L1,
    "l2": L2,
    "kl_sparsity": KLSparsity,
    "aux_k": AuxK,
    "contraction": Contraction,
    "mmd": MMD,
    "total_correlation": TotalCorrelation,
    "decorrelation": Decorrelation,
    "prior_critic": PriorCritic,
    "total_correlation_critic": TotalCorrelationCritic,
    "reconstruction_critic": ReconstructionCritic,
    "structural_similarity": StructuralSimilarity,
    "neighbours": Neighbours,
    "negative_sampling": NegativeSampling,
    "consistency": Consistency,
    "decoder_smoothness": DecoderSmoothness,
    "decoder_isometry": DecoderIsometry,
    "weight_decay": WeightDecay,
    "decoder_weight_decay": DecoderWeightDecay,
}
"""The penalties by the names that settings and the command line use."""

__all__ = [
    "KERNELS",
    "L1",
    "L2",
    "MEMBERS",
    "MMD",
    "AbstractCritic",
    "AbstractNeighbours",
    "AbstractPenalty",
    "AuxK",
    "Consistency",
    "Contraction",
    "DecoderIsometry",
    "DecoderSmoothness",
    "DecoderWeightDecay",
    "Decomposition",
    "Decorrelation",
    "KLSparsity",
    "NegativeSampling",
    "Neighbours",
    "PriorCritic",
    "ReconstructionCritic",
    "StructuralSimilarity",
    "TotalCorrelation",
    "TotalCorrelationCritic",
    "WeightDecay",
    "decompose",
    "multiscale_similarity",
    "structural_similarity",
]
