"""Every folder of tests/cases is a page with what is read from it: inputs, expected output, frozen time.

page.txt | page.html | page.json    the page, as received
about.json                          what is known around it: fields of `Document`, times as ISO 8601
expected.json                       `transforms.report.page_to_json`, without the path and the reasons' wording
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from transforms.read import read
from transforms.records import Document
from transforms.report import page_to_json

LEFT_OUT = {"path", "reasons"}
CASES = sorted(Path(__file__).parents[1].joinpath("cases").glob("*/about.json"))


@pytest.mark.parametrize("about", CASES, ids=lambda path: path.parent.name)
def test_a_frozen_page_is_read_as_it_was(about):
    folder = about.parent
    known = json.loads(about.read_text("utf-8"))
    if known.get("fetched_at"):
        known["fetched_at"] = datetime.fromisoformat(known["fetched_at"])
    page = next(folder.glob("page.*"))
    told = page_to_json(read(Document(page.read_bytes(), **known)), page.name)
    told = {key: value for key, value in told.items() if key not in LEFT_OUT}
    assert json.loads(json.dumps(told)) == json.loads((folder / "expected.json").read_text("utf-8"))


def test_there_are_cases():
    assert CASES
