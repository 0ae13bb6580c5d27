"""Many cubes: work list, journal and one table, in one process or on dask.distributed.

The package is the function `focus_viewer.batch` too.
"""

from __future__ import annotations

from focus_viewer.callable_package import make_callable

make_callable(__name__)
