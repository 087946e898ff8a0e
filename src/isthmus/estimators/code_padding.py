"""Models with a wider code than they use, so that several code sizes share one program.

The weights of the dimensions too many are zero on both sides of the code. There they stay: such a
dimension is always zero, so nothing flows back through the decoder's weights to it, and what would
flow to the encoder's is a product with the decoder's zeros. The model is the smaller one exactly.
"""

from dataclasses import replace

from isthmus.model import Model


def can_pad(model: Model) -> bool:
    """Tell whether zeros in the code and in its weights change nothing about a model."""
    return (
        model.latent.free
        and model.encoder.ends_linear(-1)
        and model.decoder is not None
        and model.decoder.ends_linear(0)
        and not model.heads
        and all(penalty.ignores_zeros for penalty in model.penalties)
    )


def resize(model: Model, latent_dim: int) -> Model:
    """Return the model with its code padded with zeros, or cut, to ``latent_dim``."""
    assert model.decoder is not None
    return replace(
        model,
        encoder=model.encoder.resized(-1, latent_dim),
        decoder=model.decoder.resized(0, latent_dim),
        latent_dim=latent_dim,
    )
