"""Band lists of a header: good bands and default bands."""

from __future__ import annotations

import numpy as np

from focus_viewer.core.cubes.notes import Ignored
from focus_viewer.core.typing import BoolArray, IntArray
from focus_viewer.io.metadata.header import Header


def read_good_bands(header: Header, order: IntArray, notes: list[str]) -> BoolArray:
    """Return good bands by the header's bad-band list (`bbl`), in the order of the axis.

    Parameters
    ----------
    order : IntArray, shape (bands,)
        The file's band at each place of the axis.
    notes : list of str
        Gets what is wrong with the list, in which case all bands are good.

    Returns
    -------
    BoolArray, shape (bands,)
    """
    every = np.ones(order.size, dtype=np.bool_)
    if "bbl" not in header:
        return every
    flags = header.numbers("bbl")
    if flags is None or not np.isfinite(flags).all():
        problem = "is not a list of numbers"
    elif flags.size != order.size:
        problem = f"has {flags.size} values for {order.size} bands"
    elif not (flags > 0).any():
        problem = "calls every band bad"
    else:
        return np.asarray(flags > 0)[order]
    notes.append(
        Ignored(f"The header's bad-band list (bbl) {problem}: all bands are taken as good.")
    )
    return every


def read_default_bands(header: Header, order: IntArray, notes: list[str]) -> tuple[int, ...]:
    """Return the header's default bands, zero-based in axis order: one, three or none.

    ENVI counts bands from 1; a 0 among them shows that the writer did not.
    """
    if "default bands" not in header:
        return ()
    declared = header.numbers("default bands")
    if (
        declared is None
        or declared.size not in (1, 3)
        or not (declared == np.round(declared)).all()
    ):
        notes.append(
            Ignored("The header's default bands are not one or three band numbers: ignored.")
        )
        return ()
    first = 1
    if (declared == 0).any():
        first = 0
        notes.append("The header's default bands have a 0: they were taken as counted from 0.")
    if not ((declared >= first) & (declared < first + order.size)).all():
        notes.append(
            Ignored(f"The header's default bands are not among its {order.size} bands: ignored.")
        )
        return ()
    position = np.argsort(order)
    return tuple(int(position[int(band) - first]) for band in declared)
