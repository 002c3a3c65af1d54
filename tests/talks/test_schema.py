"""The JSON Schema and the reader say the same of files."""

from __future__ import annotations

import json

import jsonschema
import pytest

from palaver.talks.handlers import HANDLERS
from palaver.talks.scenarios import loading
from tests.conftest import ROOT

SCHEMA = json.loads((loading.FILES.parent / "schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", loading.shipped())
def test_a_shipped_file_is_of_the_schema(name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(loading.find(name).read_text(encoding="utf-8")))


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    data = json.loads(loading.find("g-standoff").read_text(encoding="utf-8"))
    data["events"][0]["at"] = "yesterday"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_every_kind_of_act_is_documented() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    for kind in HANDLERS:
        noun, _dot, verb = kind.partition(".")
        assert noun in page and verb in page, kind
