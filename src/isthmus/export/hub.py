"""A model on a hub: the model file, its card and its exports, by ``huggingface_hub``."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from isthmus.errors import SettingError
from isthmus.estimators.fitted import Fitted
from isthmus.export.card import model_card
from isthmus.export.exporting import Export


def push(
    estimator: Fitted,
    repository: str,
    *,
    run: str | Path | None = None,
    exports: Iterable[Export] = (),
    private: bool = True,
) -> str:
    """Put a fitted estimator on a model hub: ``model.safetensors``, ``README.md``, exports.

    The hub is whichever ``huggingface_hub`` is set up for, and so are its credentials. Files of
    these names that are there already become a new revision.

    Parameters
    ----------
    estimator
        Fitted.
    repository
        ``owner/name``; made if there is none.
    run
        Its run folder, whose measurements the card shows. A ``README.md`` in it is sent instead of
        a new card, so that what its author added is kept.
    exports
        Exports to send along.
    private
        Whether a repository that is made is private.

    Returns
    -------
    str
        The address of what was sent.

    Raises
    ------
    SettingError
        If the package is not installed, or ``repository`` is no such name.
    """
    if repository.count("/") != 1 or not all(repository.split("/")):
        raise SettingError(f"repository is {repository!r}; it must be OWNER/NAME.")
    try:
        import huggingface_hub  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise SettingError(
            "Models are sent by the package huggingface_hub, which is not installed: "
            "pip install 'isthmus[hub]'."
        ) from None
    exports = list(exports)
    hub = huggingface_hub.HfApi()
    with tempfile.TemporaryDirectory() as folder:
        estimator.save(Path(folder) / "model.safetensors")
        card = _own_card(run) or model_card(estimator, run, exports)
        (Path(folder) / "README.md").write_text(card, encoding="utf-8")
        for one in exports:
            (Path(folder) / one.path.name).write_bytes(one.path.read_bytes())
        hub.create_repo(repository, private=private, exist_ok=True)
        sent = hub.upload_folder(
            repo_id=repository, folder_path=folder, commit_message="Model by isthmus"
        )
    return str(sent)


def _own_card(run: str | Path | None) -> str | None:
    """Return the card that lies in a run folder."""
    path = None if run is None else Path(run) / "README.md"
    return path.read_text("utf-8") if path is not None and path.is_file() else None
