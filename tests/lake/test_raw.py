"""The raw archive: segments kept under their names, and looks read back as they were made."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest

from crawler.items import Outcome, Payload, record_id
from lake.errors import ObjectMissing, SegmentConflict, SegmentUnreadable
from lake.lake import Lake
from tests.lake.rows import look as rows_of_a_look
from tests.lake.warcs import URL, Segment
from transforms.rows import Changes

DAY = "2026-03-01"


def test_a_segment_is_archived_under_its_name_and_doing_it_again_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    look = segment.look()
    path = segment.saved(tmp_path / "run-0001.warc.gz")
    key = lake.raw.put_segment(path, DAY)
    assert key == "raw/dt=2026-03-01/run-0001.warc.gz"
    assert lake.raw.put_segment(path, DAY) == key
    assert [capture.look for capture in lake.raw.read(key)] == [look]


def test_other_content_under_the_same_name_is_an_error_and_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "run-0001.warc.gz"
    path.write_bytes(b"one")
    key = lake.raw.put_segment(path, DAY)
    path.write_bytes(b"two")
    with pytest.raises(SegmentConflict, match=r"run-0001\.warc\.gz"):
        lake.raw.put_segment(path, DAY)
    assert lake.store.get(key) == b"one"


def test_a_look_comes_back_with_its_body_as_received_and_its_segment(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    body = b"\x1f\x8b not really gzip"
    segment.look(body=body)
    key = local_lake.raw.put_segment(segment.saved(tmp_path / "a.warc.gz"), DAY)
    [capture] = local_lake.raw.read(key)
    assert capture.segment == key
    [payload] = capture.payloads
    assert payload == Payload(URL, 200, (("Content-Type", "text/html"), ("Content-Length", str(len(body)))), body)


def test_a_failed_look_has_no_body_but_is_a_look(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    segment.look(outcome=Outcome.FAILED, reason="no answer within 30 s")
    [capture] = local_lake.raw.read_file(segment.saved(tmp_path / "a.warc.gz"))
    assert capture.look.reason == "no answer within 30 s"
    assert capture.payloads == ()


def test_looks_come_in_the_order_in_which_they_ended(local_lake: Lake) -> None:
    segment = Segment()
    looks = [segment.look("b1", 0), segment.look("b2", 1, outcome=Outcome.BLOCKED), segment.look("b1", 2)]
    segment.buffer.seek(0)
    assert [capture.look for capture in local_lake.raw.read_file(segment.buffer)] == looks


def test_a_revisit_has_the_body_of_the_record_it_refers_to(local_lake: Lake) -> None:
    segment = Segment()
    first = segment.look("b1", 0, body=b"the page")
    refers_to = record_id(first.capture_id, "response")
    segment.look("b1", 1, body=b"the page", revisit_of=refers_to)
    captures = list(local_lake.raw.read_file(BytesIO(segment.buffer.getvalue())))
    assert [payload.body for capture in captures for payload in capture.payloads] == [b"the page", b"the page"]


def test_a_revisit_of_another_segment_asks_the_resolver_or_has_no_body(local_lake: Lake) -> None:
    segment = Segment()
    segment.look("b1", 1, body=b"the page", revisit_of="<urn:uuid:elsewhere>")
    content = segment.buffer.getvalue()
    [without] = local_lake.raw.read_file(BytesIO(content))
    assert without.payloads == ()
    asked = []

    def resolve(record: str, url: str, date: str) -> bytes:
        asked.append((record, url, date))
        return b"found"

    [found] = local_lake.raw.read_file(BytesIO(content), resolve)
    assert [payload.body for payload in found.payloads] == [b"found"]
    assert asked == [("<urn:uuid:elsewhere>", URL, "")]


def test_a_strangers_response_becomes_a_look_without_a_blog(local_lake: Lake) -> None:
    segment = Segment()
    segment.response("https://other.example/x", b"old page", "<urn:uuid:a>", "2019-07-01T08:00:00Z")
    segment.buffer.seek(0)
    [capture] = local_lake.raw.read_file(segment.buffer)
    assert (capture.look.blog_id, capture.look.source, capture.look.url) == ("", "import", "https://other.example/x")
    assert capture.look.observed_at.isoformat() == "2019-07-01T08:00:00+00:00"
    assert capture.payloads[0].body == b"old page"
    assert len(capture.look.capture_id) == 24


@pytest.mark.parametrize("content", [b"%PDF-1.7 not a WARC", b"WARC/1.1\r\n", b"\x1f\x8b\x08broken"])
def test_what_is_no_warc_is_said_to_be_none(local_lake: Lake, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strange.warc.gz"
    path.write_bytes(content)
    with pytest.raises(SegmentUnreadable, match=r"strange\.warc\.gz"):
        list(local_lake.raw.read_file(path))


def test_a_segment_cut_short_gives_the_looks_before_the_damage(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    first = segment.look("b1", 0)
    whole = segment.buffer.tell()
    segment.look("b1", 1, body=b"x" * 5000)
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(segment.buffer.getvalue()[: whole + 300])
    read = []
    with pytest.raises(SegmentUnreadable, match="before the damage"):
        read.extend(capture.look for capture in local_lake.raw.read_file(path))
    assert read == [first]


def test_an_archive_cut_within_a_records_head_is_said_to_be_cut(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    segment.look("b1", 0)
    plain = gzip.decompress(segment.buffer.getvalue())
    path = tmp_path / "cut.warc"
    for end in (plain.index(name) for name in (b"WARC-Date", b"WARC-Target-URI", b"Content-Length")):
        path.write_bytes(plain[:end])
        with pytest.raises(SegmentUnreadable, match=r"cut\.warc"):
            list(local_lake.raw.read_file(path))


def test_a_segment_that_is_not_there_is_missing(lake: Lake) -> None:
    with pytest.raises(ObjectMissing):
        lake.raw.read("raw/dt=2026-03-01/nowhere.warc.gz")


def test_segments_that_no_commit_has_taken_in_are_found(lake: Lake, tmp_path: Path) -> None:
    keys = []
    for number, day in enumerate(["2026-02-28", DAY, DAY]):
        path = tmp_path / f"{number}.warc.gz"
        path.write_bytes(b"%d" % number)
        keys.append(lake.raw.put_segment(path, day))
    snapshot = lake.commit("k", lambda _: Changes(rows_of_a_look().rows, segments=(keys[1],)), "run")
    assert lake.raw.unrecorded(snapshot, ["2026-02-28", DAY]) == [keys[0], keys[2]]
    assert lake.raw.unrecorded(snapshot, [DAY]) == [keys[2]]
