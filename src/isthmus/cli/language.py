"""Sentences about parameters of Python, said about options of the command line.

Errors and warnings of the package name parameters, as ``label="species"``, ``array=`` or
``latent_dim is 0``. Whoever typed a command knows options: the command line translates every such
sentence, at one place, by the options of the verb that runs.
"""

import ast
import re
import shlex
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from isthmus.errors import IsthmusError

Words = Mapping[str, str]
"""The options by the names of their parameters."""

_spoken: ContextVar[Callable[[], Words]] = ContextVar("spoken", default=dict)

_VALUE = r"\"[^\"]*\"|'[^']*'|\([^)]*\)|\[[^\]]*\]|[^\s,;:)]*[^\s,;:).]"

_RULES = re.compile(r"schema=Rules\(kinds=\{\"(.+?)\": \"(\w+)\"\}\)")
"""How a sentence of Python gives the kind of a column."""

_DONE = "is_translated"


@contextmanager
def speaking(words: Callable[[], Words]) -> Iterator[None]:
    """Translate what is said within, errors on their way out included.

    Parameters
    ----------
    words
        Returns the options by the names of their parameters; called where there is something to
        translate.
    """
    before = _spoken.set(words)
    try:
        yield
    except IsthmusError as error:
        if not (vars(error).get(_DONE) or _raised_here(error)):
            error.args = (translate(str(error)), *error.args[1:])
            vars(error)[_DONE] = True
        raise
    finally:
        _spoken.reset(before)


@contextmanager
def untranslated(names: Iterable[str]) -> Iterator[None]:
    """Leave some parameters as they are, such as those that a grid names."""
    kept, words = set(names), _spoken.get()
    with speaking(lambda: {name: said for name, said in words().items() if name not in kept}):
        yield


def _raised_here(error: BaseException) -> bool:
    """Tell whether the command line itself raised an error: it speaks of options by itself."""
    frames = traceback.walk_tb(error.__traceback__)
    *_, (frame, _) = frames
    return frame.f_globals["__name__"].startswith("isthmus.cli.")


def translate(text: str) -> str:
    """Return a sentence with options in the place of parameters.

    Quoted text and lists of known names stay as they are.

    Examples
    --------
    >>> with speaking(lambda: {"label": "--label", "batch_size": "--batch-size"}):
    ...     print(translate('drop "label", or pass label="the species".'))
    ...     print(translate("batch_size is 0; name it with label=."))
    drop "label", or pass --label 'the species'.
    --batch-size is 0; name it with --label.
    >>> with speaking(lambda: {"label": "--label"}):
    ...     print(translate('schema=Rules(kinds={"net weight": "number"}) reads it.'))
    --kind 'net weight=number' reads it.
    """
    words = _spoken.get()()
    if not words:
        return text
    text = _RULES.sub(lambda found: f"--kind {shlex.quote(f'{found[1]}={found[2]}')}", text)
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    long = "|".join(sorted((name for name in map(re.escape, words) if "_" in name), reverse=True))
    pattern = (
        rf"(?<![\w.-])(?P<set>{names})=(?P<value>{_VALUE})?(?![\w=])"
        rf"|(?:^|(?<=[:;.,] ))(?P<is>{names})(?= is )"
        r"|(?P<quoted>\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|[Kk]nown are [^.]*)"
    ) + (rf"|(?<![\w.-])(?P<name>{long})(?![\w=])" if long else "")

    def said(found: re.Match[str]) -> str:
        parts = found.groupdict()
        if parts["quoted"] is not None or parts["value"] in ("None", "False"):
            return found[0]
        option = words[parts["set"] or parts["is"] or parts["name"]]
        return f"{option} {_typed(option, parts['value'])}".rstrip() if parts["value"] else option

    return re.sub(pattern, said, text)


def _typed(option: str, value: str) -> str:
    """Write a value of Python as it is typed after an option; True is the option alone."""
    if value == "True":
        return ""
    if value[0] == "(":
        sides = [side.strip() for side in value.strip("()").split(",") if side.strip()]
        return ("x" if option in ("--image-shape", "--resize") else ",").join(sides)
    if value[0] == "[":
        return shlex.quote(",".join(map(str, ast.literal_eval(value))))
    return shlex.quote(value[1:-1]) if value[0] in "\"'" else value
