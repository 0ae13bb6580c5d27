#!/usr/bin/env bash
# dask.distributed 2026.8.0: its own thread limits overrule OMP_NUM_THREADS, and outlive the cluster.
#
# Before it starts a worker, dask adds OMP_NUM_THREADS, MKL_NUM_THREADS, OPENBLAS_NUM_THREADS (1 each)
# and PYTHONHASHSEED to the environment of the process that asks, as far as they are not set there.
# 1. Who gives the workers two threads by OMP_NUM_THREADS=2 gets one: dask leaves that value alone and
#    adds the other two, which OpenBLAS and MKL (and so NumPy, and torch on x86) heed before it.
# 2. They stay when the cluster has ended: a notebook that reads its cubes with a cluster and then
#    loads NumPy or torch for the first time, or starts a program, computes with one thread.
# What helps: set all three names alike, and give the environment back afterwards, as
# focus_viewer/batch/work/cluster.py and process_start.py do.
#
# Seen with OMP_NUM_THREADS=2: OpenBLAS in a worker has 1 thread, in a program that is started after
# `with LocalCluster()` has ended 1 too, before it 2; the three other names are set. Needs two cores.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet distributed==2026.8.0 dask==2026.8.0 numpy==2.2.6 threadpoolctl==3.6.0
cd "$folder"
cat >cluster.py <<'PY'
import os
import subprocess
import sys

import distributed

ADDED = "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED"


def threads() -> int:
    import numpy  # noqa: F401
    from threadpoolctl import threadpool_info

    return max(pool["num_threads"] for pool in threadpool_info())


def started() -> int:
    code = "from cluster import threads; print(threads())"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)


if __name__ == "__main__":
    for name in ADDED:
        os.environ.pop(name, None)
    os.environ["OMP_NUM_THREADS"] = "2"
    before = started()
    local = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0")
    with local, distributed.Client(local) as client:
        inside = client.submit(threads).result()
    after = started()
    added = {name: os.environ.get(name) for name in ADDED}
    print(f"distributed {distributed.__version__}, OMP_NUM_THREADS {os.environ['OMP_NUM_THREADS']}: "
          f"threads before {before}, in a worker {inside}, afterwards {after}; added {added}")
    assert before == 2, "this needs two cores"
    assert (inside, after) == (1, 1), "the behaviour has changed"
    assert list(added.values()) == ["1", "1", "6640"], "the behaviour has changed"
PY
PYTHONPATH=. "$folder/venv/bin/python" cluster.py
