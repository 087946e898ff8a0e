"""Files of any content, opened as sources."""

import pytest

from isthmus.data import open_source


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens text or bytes as if they were a file's content."""

    def open_content(content, name="t.csv", **how):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_source(path, **how)

    return open_content
