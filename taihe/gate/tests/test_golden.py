"""A letter, once released, never changes: every version has a golden sample that must stay readable.

A new letter, or a new version, needs ``golden/<kind>.v<version>.json`` with a sample body and the shape's
digest, which this test prints.  A class that changed under its old version fails here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from taihe.gate.letters import Letter
from taihe.gate.letters.base import current_version, every_letter, letter_class
from taihe.ground.digests import canonical, digest

FOLDER = Path(__file__).parent / "golden"
WORDS_FOR_PEOPLE = ("title", "description", "examples")


def _bare(schema: Any) -> Any:
    """A JSON schema without the words that may be improved at any time."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    properties = schema.get("properties", {})
    bare = {key: _bare(value) for key, value in schema.items() if key not in (*WORDS_FOR_PEOPLE, "properties")}
    return bare | ({"properties": {name: _bare(one) for name, one in properties.items()}} if properties else {})


def shape_digest(shape: type[Letter]) -> str:
    """What two zones must agree on: fields and their bounds, direction, lane, and whether it is boxed."""
    return digest([_bare(shape.model_json_schema()), shape.DIRECTION, shape.LANE, shape.PERSONAL])


def sample_file(shape: type[Letter]) -> Path:
    return FOLDER / f"{shape.KIND}.v{shape.VERSION}.json"


@pytest.mark.parametrize("shape", every_letter(), ids=lambda shape: f"{shape.KIND}.v{shape.VERSION}")
def test_every_letter_has_a_golden_sample_of_its_present_shape(shape):
    file = sample_file(shape)
    assert file.exists(), f"write {file.name} with a body and the shape {shape_digest(shape)}"
    sample = json.loads(file.read_text("utf-8"))
    assert sample["shape"] == shape_digest(shape), (
        f"{shape.__name__} changed under version {shape.VERSION}: raise VERSION and keep the old class, "
        f"or, while it is unreleased, write the shape {shape_digest(shape)}"
    )
    letter = shape.model_validate_json(canonical(sample["body"]), strict=True)
    assert letter.model_dump(mode="json") == sample["body"], "a sample shows every field as it travels"


@pytest.mark.parametrize("shape", every_letter(), ids=lambda shape: f"{shape.KIND}.v{shape.VERSION}")
def test_the_version_before_is_read_as_the_newest(shape):
    newest = current_version(shape.KIND)
    assert newest
    if shape.VERSION < newest - 1:
        pytest.fail(f"{shape.__name__} can never be received any more: remove it and its sample")
    sample = json.loads(sample_file(shape).read_text("utf-8"))
    assert shape.model_validate_json(canonical(sample["body"]), strict=True).upgraded().VERSION == newest


def test_no_sample_is_left_of_a_letter_that_is_gone():
    known = {sample_file(shape).name for shape in every_letter()}
    assert {file.name for file in FOLDER.glob("*.json")} == known


@pytest.mark.parametrize("change", ["field", "bound", "type", "default", "lane", "personal", "direction"])
def test_the_digest_tells_every_change_that_matters(change):
    from typing import ClassVar

    from pydantic import Field

    class Before(Letter):
        """One wording."""

        KIND: ClassVar[str] = "test.shape"
        DIRECTION = "both"
        text: str = Field(max_length=10, description="one wording")

    class Reworded(Letter):
        """Another wording."""

        KIND: ClassVar[str] = "test.shape"
        DIRECTION = "both"
        text: str = Field(max_length=10, description="another wording")

    def changed() -> type[Letter]:
        members = {"__annotations__": {"text": str}, "text": Field(max_length=10), "DIRECTION": "both"}
        if change == "field":
            members["__annotations__"] = {"text": str, "more": str}
        elif change == "bound":
            members["text"] = Field(max_length=11)
        elif change == "type":
            members["__annotations__"] = {"text": int}
            members["text"] = Field()
        elif change == "default":
            members["text"] = Field(default="甲", max_length=10)
        else:
            members[change.upper()] = {"lane": "urgent", "personal": True, "direction": "inner-to-outer"}[change]
        return type("After", (Letter,), members | {"KIND": "test.shape", "__module__": __name__})

    assert shape_digest(Before) == shape_digest(Reworded)
    assert shape_digest(changed()) != shape_digest(Before)


def test_versions_out_of_reach_are_not_read():
    assert letter_class("gate.heartbeat", 1) is not None
    assert letter_class("gate.heartbeat", 2) is None
    assert letter_class("no.such", 1) is None
