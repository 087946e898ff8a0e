"""A classifier or a regressor on the code that has learned nothing."""

from isthmus.doctor.finding import Finding
from isthmus.doctor.fit import Fit


def head_at_chance(fit: Fit) -> Finding | None:
    """Compare accuracy with the share of the commonest label, and R2 with 0, the mean's."""
    if fit.head is None:
        return None
    kind, score, chance = fit.head.kind, fit.head.score, fit.head.chance
    if score > chance:
        return None
    what = "accuracy" if kind == "accuracy" else "R²"
    trivial = "the commonest label" if kind == "accuracy" else "the mean"
    return Finding(
        "look",
        f"What is read from the code is no better than {trivial}: {what} {score:.2f}, and "
        f"{chance:.2f} for {trivial}.",
        "Look whether labels belong to these examples; then raise the weight of the head, or the "
        "size of the code.",
        {"score": score, "chance": chance},
    )
