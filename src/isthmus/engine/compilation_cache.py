"""Compiled programs kept on disk: JAX's own cache, in a folder of ours."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

import jax
import pooch


def keep_compiled(folder: str | Path | None = None) -> Path | None:
    """Keep compiled programs on disk, for this process and later ones.

    Off unless this is called; for the command line, unless ``ISTHMUS_COMPILATION_CACHE`` is 1 or a
    folder. It saves a fifth of a short fit, but JAX rejects entries on some processors, and entries
    of another jaxlib have crashed processes. So they lie in a folder of their own for each jax,
    jaxlib and processor. Processes may share it; it may be deleted at any time.

    Parameters
    ----------
    folder : path or None
        Where; None is ``compiled`` in the user's cache folder.

    Returns
    -------
    Path or None
        The folder in use; None where it cannot be written, and nothing is kept.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     keep_compiled(folder).parent == Path(folder)
    ...     jax.config.update("jax_compilation_cache_dir", None)
    True
    """
    processor = hashlib.sha256(_processor().encode()).hexdigest()[:12]
    name = f"jax-{version('jax')}-jaxlib-{version('jaxlib')}-{processor}"
    place = Path(folder or Path(pooch.os_cache("isthmus")) / "compiled") / name
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / ".written").touch()
    except OSError:
        return None
    jax.config.update("jax_compilation_cache_dir", str(place))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
    return place


def _processor() -> str:
    """Return what tells one kind of processor from another: its flags, where they are known."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    described = sorted(
        {line for line in lines if line.startswith(("model name", "flags", "Features"))}
    )
    return "\n".join([platform.machine(), platform.processor(), *described])
