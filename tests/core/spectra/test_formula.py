"""Formulas are arithmetic and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_viewer.core.spectra.formula import FormulaError, compiled

NAMES = frozenset({"N", "R", "alpha"})


def test_by_hand() -> None:
    compute = compiled("2.0*(N - R) / -(N + R) ** 2 + +alpha", NAMES)
    assert compute({"N": 3.0, "R": 1.0, "alpha": 0.5}) == 2 * 2 / -16 + 0.5


def test_arrays() -> None:
    values = {"N": np.array([3.0, 1.0]), "R": np.array([1.0, 3.0])}
    np.testing.assert_array_equal(compiled("(N-R)/(N+R)", NAMES)(values), [0.5, -0.5])


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')", "N.__class__", "(lambda: N)()", "[N for N in R]", "N[0]",
        "N if R else 1", "N < R", "'N'", "True", "N @ R", "N // R", "not N", "f'{N}'", "1j", "G",
        "N := 3", "N +", "", "N\nR", "N + " * 400 + "N", "print(N)", "~N",
        "9" * 400 + " * N", "-" * 990 + "N", "(" * 400 + "N" + ")" * 400,
    ],
)  # fmt: skip
def test_what_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        compiled(formula, NAMES)


def trees() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(["N", "R", "0.5", "2"])
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            lambda left, sign, right: f"({left} {sign} {right})",
            inner,
            st.sampled_from(["+", "-", "*"]),
            inner,
        ),
        max_leaves=12,
    )


@given(trees(), st.floats(-2, 2), st.floats(-2, 2))
def test_it_computes_what_python_does(formula: str, near: float, red: float) -> None:
    values = {"N": near, "R": red}
    expected = eval(formula, {"__builtins__": {}}, values)  # noqa: S307 - made above
    assert compiled(formula, NAMES)(values) == pytest.approx(expected, rel=1e-12, abs=1e-12)
