"""Arrays of images as small PNGs that a page can carry inside itself."""

import base64
import io

import numpy as np

from isthmus.figures import DIVERGING, Limits, mosaic


def grey_or_colour(canvas: np.ndarray, limits: Limits) -> np.ndarray:
    """Map values to 8 bits with transparent gaps: (H, W, 2) grey or (H, W, 4) colour.

    Parameters
    ----------
    canvas : ndarray of shape (H, W) or (H, W, C)
        NaN where nothing is.
    limits : (float, float)
        Values shown as black and white.
    """
    low, high = limits
    values = canvas[..., None] if canvas.ndim == 2 else canvas[..., :3]
    there = ~np.isnan(values[..., :1])
    level = np.clip((np.nan_to_num(values) - low) / ((high - low) or 1.0), 0, 1)
    if level.shape[-1] == 2:
        level = level[..., :1]
    return np.concatenate([np.rint(255 * level), 255 * there], axis=-1).astype(np.uint8)


def diverging(canvas: np.ndarray, reach: float) -> np.ndarray:
    """Map values in [-reach, reach] to the diverging colours, near white at zero: (H, W, 4)."""
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in DIVERGING], float)
    there = ~np.isnan(canvas)
    level = np.clip(np.nan_to_num(canvas) / (reach or 1.0), -1, 1)
    ends = np.where(level[..., None] < 0, colours[0], colours[2])
    rgb = colours[1] + np.abs(level)[..., None] * (ends - colours[1])
    return np.concatenate([np.rint(rgb), 255 * there[..., None]], axis=-1).astype(np.uint8)


def data_uri(pixels: np.ndarray) -> str:
    """Encode 8-bit pixels (H, W, 2 or 4) as a PNG inside a ``data:`` address."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def picture(images: np.ndarray, columns: int, limits: Limits, gap: int = 1) -> str:
    """Lay images (n, H, W, C) out in rows and encode them."""
    return data_uri(grey_or_colour(mosaic(images, columns, gap), limits))


def strip(images: np.ndarray, side: int, limits: Limits) -> str:
    """Lay images (n, H, W, C) out in one row, at most ``side`` wide each, and encode them."""
    return picture(shrink(images, side), len(images), limits)


def shrink(images: np.ndarray, side: int) -> np.ndarray:
    """Drop pixels evenly until images (n, H, W, ...) are at most ``side`` high and wide.

    Examples
    --------
    >>> shrink(np.zeros((2, 64, 50)), 32).shape
    (2, 32, 25)
    """
    step = -(-max(images.shape[1:3]) // side)
    return images[:, ::step, ::step]


def sprite_sheet(images: np.ndarray, limits: Limits) -> dict[str, object]:
    """Pack thumbnails (n, H, W, C) into one picture: its address, columns, and their size."""
    columns = int(np.ceil(np.sqrt(len(images))))
    height, width = images.shape[1:3]
    uri = picture(images, columns, limits, gap=0)
    return {"uri": uri, "columns": columns, "width": width, "height": height}
