"""Arrangements of group labels that are as likely as the real one if groups do not differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations, product
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray

from focus_viewer.core.typing import IntArray

_LABEL = np.int16  # many arrangements of many units fit into memory

MOST_ARRANGEMENTS = 10_000
"""All arrangements are tried up to this number; else the real one and 9,999 random ones."""


@dataclass(frozen=True, eq=False)
class Arrangements:
    """Arrangements of labels, the real one among them.

    Attributes
    ----------
    labels : array of int, shape (arrangements, observations)
        Group of each observation.
    complete : bool
        Whether these are all there are.
    """

    labels: NDArray[np.integer]
    complete: bool


def arrange(labels: IntArray, block_size: int = 0, seed: int = 0) -> Arrangements:
    """Return arrangements of labels: all, or the real one and random ones.

    Parameters
    ----------
    labels : IntArray, shape (observations,)
    block_size : int
        Labels move within blocks of so many successive observations; 0 for freely.
    """
    return _arranged(tuple(labels.tolist()), block_size, seed)


@lru_cache(maxsize=2)  # value, curve and spectrum of a study have the same
def _arranged(known: tuple[int, ...], block_size: int, seed: int) -> Arrangements:
    labels = np.array(known, dtype=_LABEL)
    if block_size:
        blocks = len(labels) // block_size
        if blocks * np.log(factorial(block_size)) <= np.log(MOST_ARRANGEMENTS):
            orders = list(permutations(labels[:block_size].tolist()))
            rows = [sum(each, ()) for each in product(orders, repeat=blocks)]
            return Arrangements(np.array(rows, dtype=_LABEL), complete=True)
        return _random(labels.reshape(blocks, block_size), seed)
    sizes = np.bincount(labels).tolist()
    if _arrangements(sizes) <= MOST_ARRANGEMENTS:
        ways = list(_all(tuple(range(len(labels))), sizes))
        return Arrangements(np.array(ways, dtype=_LABEL), complete=True)
    return _random(labels[None], seed)


def _arrangements(sizes: list[int]) -> int:
    """Return the number of ways to share observations out to groups of these sizes."""
    ways, left = 1, sum(sizes)
    for size in sizes:
        ways, left = ways * comb(left, size), left - size
    return ways


def _all(free: tuple[int, ...], sizes: list[int], group: int = 0) -> Iterator[list[int]]:
    """Yield the labels of each way to give free observations to the groups from one on."""
    if group == len(sizes) - 1:
        yield _labels(free, group, sum(sizes))
        return
    for chosen in combinations(free, sizes[group]):
        left = tuple(each for each in free if each not in chosen)
        for rest in _all(left, sizes, group + 1):
            for each in chosen:
                rest[each] = group
            yield rest


def _labels(places: tuple[int, ...], group: int, size: int) -> list[int]:
    labels = [0] * size
    for place in places:
        labels[place] = group
    return labels


def _random(blocks: NDArray[np.integer], seed: int) -> Arrangements:
    """Return the real arrangement and random ones, labels shuffled within each row of blocks."""
    number, size = blocks.shape
    many = np.tile(blocks, (MOST_ARRANGEMENTS - 1, 1))
    shuffled = np.random.default_rng(seed).permuted(many, axis=1)
    labels = np.concatenate([blocks.reshape(1, -1), shuffled.reshape(-1, number * size)])
    return Arrangements(labels, complete=False)
