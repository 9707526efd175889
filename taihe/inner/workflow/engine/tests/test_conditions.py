"""The small language of conditions: what it can say, and that it can say nothing else."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.inner.workflow.engine import conditions
from taihe.inner.workflow.engine.conditions import ConditionWrong, holds

FACTS = {
    "outcome": "approve",
    "levels": 3,
    "urgent": True,
    "kind": "请示",
    "outcomes_vote": {"approve": 4, "against": 1},
}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('outcome == "approve"', True),
        ('outcome != "approve"', False),
        ('outcome in ("approve", "read")', True),
        ('outcome not in ["return"]', True),
        ("levels == 2", False),
        ("1 < levels <= 3", True),
        ("not urgent", False),
        ('urgent and kind == "请示" or levels > 5', True),
        ('outcomes_vote["approve"] * 3 >= sum(outcomes_vote) * 2', True),
        ('outcomes_vote["abstain"] == 0', True),
        ("max(outcomes_vote) - min(outcomes_vote) == 3", True),
        ("max(levels, 7) + -1 == 6", True),
        ("len(kind) == 2", True),
        ('"against" in outcomes_vote', True),
        ('"请" in kind', True),
    ],
)
def test_says_what_flows_need(text, answer):
    assert holds(text, FACTS) is answer


ESCAPES = [
    "().__class__.__base__.__subclasses__()",
    "outcome.__class__",
    "outcome.format",
    "'{0.__class__}'.format(outcome)",
    "[c for c in ().__class__.__base__.__subclasses__()]",
    "(lambda: 1)()",
    "__import__('os').system('id')",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd')",
    "getattr(outcome, 'upper')()",
    "globals()",
    "vars()",
    "breakpoint()",
    "type(outcome)",
    "(x := 1) == 1",
    "[x for x in outcome]",
    "{x: 1 for x in outcome}",
    "f'{outcome.__class__}'",
    "f'{levels}' == '3'",
    "outcome[0]",
    "outcomes_vote[outcome]",
    "outcomes_vote['a':'b']",
    "outcomes_vote.keys()",
    "max(outcome, key=print)",
    "max(*outcomes_vote)",
    "sum(**outcomes_vote)",
    "len()",
    "levels if urgent else 1",
    "levels ** 9",
    "levels / 2",
    "levels // 2",
    "levels % 2",
    "levels << 60",
    "levels | 1",
    "~levels",
    "+levels",
    "levels is 3",
    "await outcome",
    "yield",
    "...",
    "None",
    "1.5 > 1",
    "1j",
    "b'x' == b'x'",
    "9999999999999999 > 1",
    "{'a': 1}",
    "{1}",
    "(outcome,)",
    "__builtins__",
    "outcome; levels",
    "import os",
    "",
    "(" * 200,
    "not " * 60 + "urgent",
    "levels == " + "+".join(["1"] * 200),
    "l\u0435vels == 1",
    "outcome\x00",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_says_nothing_else(text):
    with pytest.raises(ConditionWrong):
        conditions.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "levels",
        "outcome and urgent",
        "urgent and levels > outcome",
        "urgent or levels > outcome",  # no short circuit: the mismatch shows although the first half decides
        "outcome + outcome == outcome",
        'outcome * 3 == "a"',
        "levels * 1000000000000 * 1000000000000 > 1",
        "unknown == 1",
        "levels in 3",
        "len(levels) == 1",
        "sum(outcome) == 1",
        "min(outcome) == 1",
    ],
)
def test_facts_of_the_wrong_kind_are_refused_in_time(text):
    with pytest.raises(ConditionWrong):
        holds(text, FACTS)


def test_names_the_facts_it_needs():
    tree = conditions.parse('sum(outcomes_vote) > levels and outcomes_vote["approve"] > 1')
    assert conditions.names(tree) == {"outcomes_vote", "levels"}
    assert conditions.counted(tree) == {("outcomes_vote", "approve")}


WORDS = """
    outcome levels urgent outcomes_vote __class__ eval len sum max lambda for x in not and or if else is . ( ) [ ]
    { } , : = == < >= + - * ** / % 'a' "approve" 1 0 f'{x}' @ ; := 1e9 ~
"""
ALPHABET = st.sampled_from(WORDS.split())


@given(st.one_of(st.lists(ALPHABET, max_size=14).map(" ".join), st.text(max_size=40)))
def test_any_text_is_either_answered_or_refused(text):
    try:
        tree = conditions.parse(text)
    except ConditionWrong:
        return
    assert not [node for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]
    assert conditions.names(tree) <= conditions.names(ast.parse(text.strip(), mode="eval").body)
    try:
        assert holds(text, FACTS) in (True, False)
    except ConditionWrong:
        pass


FORBIDDEN = (
    ast.Attribute,
    ast.Lambda,
    ast.comprehension,
    ast.NamedExpr,
    ast.JoinedStr,
    ast.Starred,
    ast.keyword,
    ast.IfExp,
)

ATOMS = st.sampled_from(
    ["outcome", "levels", "urgent", "outcomes_vote", 'outcomes_vote["approve"]', "7", '"approve"', "True"]
)
SENTENCES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "==", "<", "and", "or", "in"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(st.sampled_from(["len", "sum", "max", "min", "not "]), inner).map(lambda t: f"{t[0]}({t[1]})"),
    ),
    max_leaves=8,
)


@given(SENTENCES)
def test_within_the_grammar_it_agrees_with_python(text):
    """Where ours answers, Python with the same facts answers the same (counts read as their numbers)."""
    try:
        answer = holds(text, FACTS)
    except ConditionWrong:
        return
    assert answer == eval(text, {"__builtins__": {"len": len, "sum": _sum, "max": _max, "min": _min}}, dict(FACTS))  # noqa: S307


def _many(value):
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]


def _sum(value):
    return sum(_many(value))


def _max(value):
    return max(_many(value))


def _min(value):
    return min(_many(value))
