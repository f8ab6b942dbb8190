"""Arrays (rows, samples) and blocks `[block][row][lane]`; the last block is filled up with its last sample."""

import numpy as np
from jaxtyping import Float

ALIGNED = 64
"""Bytes: a line of the cache, and the widest vector."""


def blocks_of(samples: int, width: int) -> int:
    """How many blocks hold so many samples."""
    return -(-samples // width)


def room(*shape: int) -> np.ndarray:
    """An array of zeros that begins where a vector may."""
    size = max(1, int(np.prod(shape)))
    raw = np.zeros(size + ALIGNED // 8)
    first = (-raw.ctypes.data % ALIGNED) // 8
    return raw[first : first + size].reshape(shape) if 0 not in shape else raw[:0].reshape(shape)


def packed(rows: Float[np.ndarray, "rows samples"], width: int) -> Float[np.ndarray, "blocks rows width"]:
    """Blocks of samples; one sample for all fills them alone."""
    count = blocks_of(rows.shape[1], width)
    result = room(count, rows.shape[0], width)
    if rows.size:
        padded = np.concatenate([rows, np.repeat(rows[:, -1:], count * width - rows.shape[1], axis=1)], axis=1)
        result[...] = padded.reshape(rows.shape[0], count, width).transpose(1, 0, 2)
    return result


def unpacked(blocks: Float[np.ndarray, "blocks rows width"], samples: int) -> Float[np.ndarray, "rows samples"]:
    """The samples again."""
    count, rows, width = blocks.shape
    return blocks.transpose(1, 0, 2).reshape(rows, count * width)[:, :samples]
