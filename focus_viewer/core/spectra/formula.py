"""Formulas of spectral indices, compiled to numpy: arithmetic and names only.

A formula is text that came with a library or was typed. It is never handed to `eval`: its syntax
tree is walked, and anything else is refused before it is computed.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from focus_viewer.core.typing import DoubleArray

Value = DoubleArray | float
_Compute = Callable[[Mapping[str, Value]], Any]

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Pow: operator.pow,
    }
)
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = MappingProxyType(
    {ast.USub: operator.neg, ast.UAdd: operator.pos}
)
_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"log10": np.log10, "ln": np.log, "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs}
)
_MAX_LETTERS = 1000


class FormulaError(ValueError):
    """A formula that is more than arithmetic, or asks for what is not there."""


def compiled(formula: str, names: frozenset[str]) -> _Compute:
    """Return a formula as a function of named values.

    Parameters
    ----------
    formula : str
        Values and names joined by + - * / ** and brackets; log10, ln, exp, sqrt and abs of one.
    names : frozenset of str
        Names that it may use.

    Raises
    ------
    FormulaError
        If it holds anything else.
    """
    if len(formula) > _MAX_LETTERS:
        raise FormulaError(f"a formula of {len(formula)} letters is too long")
    try:
        return _function(ast.parse(formula.strip(), mode="eval").body, names)
    except SyntaxError as error:
        raise FormulaError(f"{formula!r} is not a formula ({error.msg})") from error
    except (RecursionError, MemoryError) as error:
        raise FormulaError("the formula has too many signs or brackets in one another") from error


def _function(node: ast.expr, names: frozenset[str]) -> _Compute:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            apply, first, second = (
                _BINARY[type(op)],
                _function(left, names),
                _function(right, names),
            )
            return lambda values: apply(first(values), second(values))
        case ast.UnaryOp(sign, operand) if type(sign) in _UNARY:
            turn, inner = _UNARY[type(sign)], _function(operand, names)
            return lambda values: turn(inner(values))
        case ast.Call(ast.Name(function), [operand], []) if function in _FUNCTIONS:
            of, inner = _FUNCTIONS[function], _function(operand, names)
            return lambda values: of(inner(values))
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            constant = _constant(number)
            return lambda values: constant
        case ast.Name(name) if name in names:
            return lambda values: values[name]
    raise FormulaError(f"{ast.unparse(node)!r} is not arithmetic of {', '.join(sorted(names))}")


def _constant(number: float) -> np.float64:
    """Return a number that divides and overflows as arrays do: to infinity, without an error."""
    try:
        return np.float64(number)
    except OverflowError as error:
        raise FormulaError("a number of the formula is too large") from error
