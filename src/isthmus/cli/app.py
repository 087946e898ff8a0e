"""The command line: its global options and its exit codes; `verbs.py` lists what it can do."""

import gc
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from isthmus import __version__, stopping
from isthmus.cli import errors, interrupts, language
from isthmus.cli.verbs import Verbs
from isthmus.errors import SentinelWarning

INTERRUPTED = 130
"""The exit code of a process that Ctrl-C ended."""

app = typer.Typer(
    name="isthmus",
    cls=Verbs,
    help="Autoencoders you can trust: fit one to your data, compare it with PCA, use it.",
    epilog="Start with: isthmus fit digits",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"isthmus {__version__}\n")
        raise typer.Exit


@app.callback()
def _globals(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Print the traceback of an error; may stand anywhere."),
    ] = False,
) -> None:
    kept = os.environ.get("ISTHMUS_COMPILATION_CACHE", "")
    if kept:
        from isthmus.engine import keep_compiled

        keep_compiled(None if kept == "1" else kept)


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Parameters
    ----------
    argv
        The arguments without the program's name; those of the process when None.

    Returns
    -------
    int
        0 when all went well, 1 for a run that failed, 2 for a mistake in the usage or the data,
        130 when interrupted, 143 or 129 by SIGTERM or SIGHUP.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    debug = "--debug" in args
    args = [arg for arg in args if arg != "--debug"]  # it may stand behind the verb, too
    with _seldom_collected(), interrupts.heard(), warnings.catch_warnings():
        warnings.showwarning = _Warned()
        # Tables are matched to a model by the names of their columns before it sees them.
        warnings.filterwarnings("ignore", message="X does not have valid feature names")
        warnings.filterwarnings("ignore", category=SentinelWarning)  # as the source's notes say
        try:
            result = app(args, prog_name="isthmus", standalone_mode=False, obj=tuple(args))
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_stdout()
            return errors.FAILED
        except (Exception, KeyboardInterrupt) as error:
            return errors.report(error, debug=debug)
        except SystemExit as leave:  # typer's own way out for completion and broken pipes
            return leave.code if isinstance(leave.code, int) else errors.FAILED
    if result == INTERRUPTED:  # typer's answer to every interrupt, whichever signal it was
        return stopping.exit_code()
    return result if isinstance(result, int) else errors.OK


class _Warned:
    """Writes each warning once, as the same rows are met in the fit and in the report."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def __call__(self, message: Warning | str, *_: object, **__: object) -> None:
        sentence = language.translate(" ".join(str(message).split()))
        if sentence not in self._seen:
            sys.stderr.write(f"isthmus: warning: {sentence}\n")
        self._seen.add(sentence)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for garbage less often: imports and compiling make many objects, and hardly a cycle."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _open_closed_streams() -> None:
    """Let what is written to a stream that was closed before the start go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())


def _drop_stdout() -> None:
    """Let what is still buffered go nowhere, so that Python's own flush at the end is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
