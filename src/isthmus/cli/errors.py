"""Exit codes, and one sentence for every mistake."""

import errno
import sys
import traceback

from isthmus import stopping
from isthmus.errors import (
    DataError,
    ModelFileError,
    NonFiniteLossError,
    PlaceTakenError,
    SettingError,
    closest,
)

OK, FAILED, USAGE = 0, 1, 2


def describe(error: BaseException) -> tuple[str, int]:
    """Return the sentence and the exit code for an error.

    Examples
    --------
    >>> describe(SettingError("latent_dim is 0; it should be at least 1"))
    ('latent_dim is 0; it should be at least 1', 2)
    >>> describe(PermissionError(13, "Permission denied", "runs"))
    ("'runs': permission denied.", 2)
    >>> describe(KeyError("x"))
    ("unexpected KeyError: 'x'; run again with --debug for the traceback.", 1)
    """
    if isinstance(error, KeyboardInterrupt):
        return "interrupted.", stopping.exit_code()
    if isinstance(error, (SettingError, DataError, ModelFileError, PlaceTakenError)):
        return _one_line(str(error)), USAGE
    if isinstance(error, NonFiniteLossError):
        return _one_line(str(error)), FAILED
    if isinstance(error, OSError) and error.strerror:
        return _os_sentence(error), USAGE
    if isinstance(error, MemoryError):
        return (
            f"there is not enough memory ({_one_line(str(error))}): ask for less at a time.",
            USAGE,
        )
    format_message = getattr(error, "format_message", None)  # typer's own usage errors
    if format_message is not None:
        return _usage_sentence(error, format_message()), USAGE
    kind, text = type(error).__name__, _one_line(str(error))
    return f"unexpected {kind}: {text}; run again with --debug for the traceback.", FAILED


def report(error: BaseException, *, debug: bool) -> int:
    """Print the sentence on stderr (and with ``debug`` the traceback); return the exit code."""
    sentence, code = describe(error)
    if debug:
        traceback.print_exception(error)
    sys.stderr.write(f"isthmus: {sentence}\n")
    return code


def _os_sentence(error: OSError) -> str:
    reason = (error.strerror or "").lower()
    if error.errno == errno.ENOSPC:
        reason += "; free some space, or choose another place"
    return f"{error.filename!r}: {reason}." if error.filename else f"{reason}."


def _usage_sentence(error: BaseException, message: str) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "isthmus"
    name = getattr(error, "option_name", None)
    if context is not None and name is not None and hasattr(error, "possibilities"):
        options = [one for param in context.command.params for one in param.opts if one[:2] == "--"]
        near = closest(name, options)
        hint = "" if near is None else f"; did you mean {near!r}?"
        message = f"there is no option {name!r}{hint}"
    message = _one_line(message).rstrip(".")
    see = f"{' See' if message.endswith('?') else '; see'} '{command} --help'."
    return f"{message[:1].lower()}{message[1:]}{see}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
