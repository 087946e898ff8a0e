"""How the pages write numbers."""


def number(value: float | None) -> str:
    """Write a number with four significant digits.

    Examples
    --------
    >>> number(0.0123456), number(1234567), number(45.5), number(None)
    ('0.01235', '1,234,567', '45.5', '–')
    """
    if value is None:
        return "–"  # noqa: RUF001 - a dash stands for "none"
    if isinstance(value, int) or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def set_name(split: str) -> str:
    """Write the name of a part of the data before "set" or "examples".

    Examples
    --------
    >>> set_name("train"), set_name("test")
    ('training', 'test')
    """
    return "training" if split == "train" else split


def percent(value: float | None) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.4567), percent(None)
    ('45.7%', '–')
    """
    return number(None) if value is None else f"{100 * value:.1f}%"
