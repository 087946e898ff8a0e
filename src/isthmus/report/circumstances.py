"""When a run was made, and with which versions."""

from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from isthmus.version import __version__

PACKAGES = ("jax", "equinox", "optax", "numpy", "scikit-learn")


def circumstances() -> dict[str, object]:
    """Return the time and the versions that a run is made with: ``created`` and ``versions``."""
    versions = {"isthmus": __version__, "python": python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"created": datetime.now(UTC).isoformat(timespec="seconds"), "versions": versions}
