"""Conditions at an exclusive gateway: a small language of facts, and nothing else of Python.

A condition may name the facts of the matter, compare them, join them with and/or/not, test `in`, add, subtract and
multiply whole numbers, and call len/min/max/sum.  There are no attributes, no other calls, no loops and no text
arithmetic, so that whoever can upload a drawing still cannot run anything.  Every part is always evaluated (no short
circuit): a mismatch of kinds shows at deployment, with sample facts, and not on the day somebody's document gets there.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

LONGEST = 300
LARGEST = 10**12
_DEEPEST = 12
_COUNTS = "outcomes_"

_COMPARE: dict[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.In: lambda one, many: operator.contains(many, one),  # type: ignore[arg-type]
    ast.NotIn: lambda one, many: not operator.contains(many, one),  # type: ignore[arg-type]
}
_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class ConditionWrong(ValueError):
    """The condition is outside the grammar, or its facts do not fit; the message is a Chinese phrase."""


@lru_cache(maxsize=512)
def parse(text: str) -> ast.expr:
    """The condition as a checked tree; raises ConditionWrong with what is not allowed."""
    if len(text) > LONGEST:
        raise ConditionWrong(f"条件超过 {LONGEST} 个字符")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionWrong("条件不是一个完整的表达式") from None
    _allow(tree, 0)
    return tree


def names(tree: ast.expr) -> set[str]:
    """The facts a condition asks for (functions left out)."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def counted(tree: ast.expr) -> set[tuple[str, str]]:
    """The pairs (outcomes_<node>, outcome key) a condition counts."""
    return {
        (node.value.id, node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    }


def holds(text: str, facts: Mapping[str, object]) -> bool:
    """Whether the condition holds; raises ConditionWrong when a fact is missing or of the wrong kind."""
    answer = _value(parse(text), facts)
    if not isinstance(answer, bool):
        raise ConditionWrong("条件的结果必须是“是”或“否”")
    return answer


def _allow(node: ast.AST, depth: int) -> None:
    if depth > _DEEPEST:
        raise ConditionWrong("条件嵌套过深")
    rule = _GRAMMAR.get(type(node))
    if rule is None:
        raise ConditionWrong(f"条件中不允许使用 {type(node).__name__}")
    for part in rule(node):
        _allow(part, depth + 1)


def _allow_constant(node: ast.Constant) -> list[ast.AST]:
    value = node.value
    if isinstance(value, int) and abs(value) <= LARGEST:
        return []
    if isinstance(value, str):
        return []
    raise ConditionWrong("条件中的常量只能是文字、整数、True、False")


def _allow_name(node: ast.Name) -> list[ast.AST]:
    if "__" in node.id or not node.id.isascii():
        raise ConditionWrong(f"条件中不允许使用名称 {node.id}")
    return []


def _allow_call(node: ast.Call) -> list[ast.AST]:
    if not isinstance(node.func, ast.Name) or node.func.id not in _FUNCTIONS:
        raise ConditionWrong("条件中只能调用 len、min、max、sum")
    if node.keywords or not node.args:
        raise ConditionWrong("函数的参数写法不对")
    return list(node.args)


def _allow_subscript(node: ast.Subscript) -> list[ast.AST]:
    name, key = node.value, node.slice
    if isinstance(name, ast.Name) and name.id.startswith(_COUNTS) and isinstance(key, ast.Constant):
        if isinstance(key.value, str):
            return [name, key]
    raise ConditionWrong('方括号只能用来计数，例如 outcomes_vote["approve"]')


def _allow_binary(node: ast.BinOp) -> list[ast.AST]:
    if type(node.op) not in _ARITHMETIC:
        raise ConditionWrong("条件中只能使用加、减、乘")
    return [node.left, node.right]


def _allow_unary(node: ast.UnaryOp) -> list[ast.AST]:
    if not isinstance(node.op, ast.Not | ast.USub):
        raise ConditionWrong(f"条件中不允许使用 {type(node.op).__name__}")
    return [node.operand]


def _allow_compare(node: ast.Compare) -> list[ast.AST]:
    if any(type(op) not in _COMPARE for op in node.ops):
        raise ConditionWrong("条件中不允许使用 is")
    return [node.left, *node.comparators]


def _allow_list(node: ast.Tuple | ast.List) -> list[ast.AST]:
    if not all(isinstance(item, ast.Constant) for item in node.elts):
        raise ConditionWrong("列表中只能写常量")
    return list(node.elts)


_GRAMMAR: dict[type[ast.AST], Callable[..., list[ast.AST]]] = {
    ast.Constant: _allow_constant,
    ast.Name: _allow_name,
    ast.Call: _allow_call,
    ast.Subscript: _allow_subscript,
    ast.BinOp: _allow_binary,
    ast.UnaryOp: _allow_unary,
    ast.Compare: _allow_compare,
    ast.BoolOp: lambda node: list(node.values),
    ast.Tuple: _allow_list,
    ast.List: _allow_list,
}


def _value(node: ast.expr, facts: Mapping[str, object]) -> object:
    return _EVALUATE[type(node)](node, facts)


def _name(node: ast.Name, facts: Mapping[str, object]) -> object:
    if node.id in facts:
        return facts[node.id]
    raise ConditionWrong(f"缺少事项信息 {node.id}")


def _number(value: object) -> int:
    if isinstance(value, int) and abs(value) <= LARGEST:
        return int(value)
    raise ConditionWrong("加、减、乘和 sum 只能用于整数")


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ConditionWrong("and、or、not 只能连接“是/否”的判断")


def _boolean(node: ast.BoolOp, facts: Mapping[str, object]) -> object:
    answers = [_truth(_value(part, facts)) for part in node.values]
    return all(answers) if isinstance(node.op, ast.And) else any(answers)


def _unary(node: ast.UnaryOp, facts: Mapping[str, object]) -> object:
    value = _value(node.operand, facts)
    return not _truth(value) if isinstance(node.op, ast.Not) else -_number(value)


def _binary(node: ast.BinOp, facts: Mapping[str, object]) -> object:
    left, right = (_number(_value(side, facts)) for side in (node.left, node.right))
    return _number(_ARITHMETIC[type(node.op)](left, right))


def _compare(node: ast.Compare, facts: Mapping[str, object]) -> object:
    values = [_value(part, facts) for part in (node.left, *node.comparators)]
    try:
        answers = [_COMPARE[type(op)](values[i], values[i + 1]) for i, op in enumerate(node.ops)]
    except TypeError:
        raise ConditionWrong("比较的两边不是同一类信息") from None
    return all(answers)


def _call(node: ast.Call, facts: Mapping[str, object]) -> object:
    assert isinstance(node.func, ast.Name)  # noqa: S101  (the grammar allowed nothing else)
    return _FUNCTIONS[node.func.id]([_value(arg, facts) for arg in node.args])


def _subscript(node: ast.Subscript, facts: Mapping[str, object]) -> object:
    assert isinstance(node.slice, ast.Constant)  # noqa: S101
    counts = _value(node.value, facts)
    if not isinstance(counts, Mapping):
        raise ConditionWrong("方括号只能用于各结论的票数")
    return _number(counts.get(node.slice.value, 0))


def _numbers(args: list[object]) -> list[int]:
    """The numbers a function is applied to: its arguments, or those of its one collection (of counts: the counts)."""
    many = args[0] if len(args) == 1 else args
    if isinstance(many, Mapping):
        many = list(many.values())
    if not isinstance(many, list | tuple):
        raise ConditionWrong("min、max、sum 只能用于整数或票数")
    return [_number(item) for item in many]


def _length(args: list[object]) -> int:
    if len(args) == 1 and isinstance(args[0], str | list | tuple | Mapping):
        return len(args[0])
    raise ConditionWrong("len 只能用于文字、列表或票数")


_FUNCTIONS: dict[str, Callable[[list[object]], int]] = {
    "len": _length,
    "min": lambda args: min(_numbers(args), default=0),
    "max": lambda args: max(_numbers(args), default=0),
    "sum": lambda args: _number(sum(_numbers(args))),
}

_EVALUATE: dict[type[ast.expr], Callable[..., object]] = {
    ast.Constant: lambda node, facts: node.value,
    ast.Name: _name,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.Tuple: lambda node, facts: [item.value for item in node.elts],
    ast.List: lambda node, facts: [item.value for item in node.elts],
}
