"""Packed days: much smaller, nothing lost, and whoever reads the archive does not notice."""

import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.items import Outcome, record_id
from lake.cdxj import cdxj_lines, put_cdxj, surt
from lake.errors import ObjectMissing
from lake.lake import Lake
from lake.packing import pack_day, remove_packed
from lake.packs import decoded, packings
from lake.verify import verify
from tests.lake.rows import look as rows
from tests.lake.warcs import URL, Segment
from transforms.rows import Changes

DAY = "2026-03-01"
WARCIO = str(Path(sys.executable).with_name("warcio"))


def page(number: int) -> bytes:
    """A page of which a little changes from look to look; the rest does not compress by itself."""
    noise = b"".join(hashlib.sha256(b"%d" % part).hexdigest().encode() for part in range(600))
    return b"<h1>update %d</h1>" % number + noise


def archive(lake: Lake, folder: Path, looks: int = 12) -> list[str]:
    """Four segments with looks at two blogs, revisits and a failure among them, committed."""
    keys = []
    for part in range(4):
        segment = Segment()
        for number in range(looks // 4):
            minute = part * 10 + number
            first = segment.look("b1", minute, body=page(minute))
            segment.look("b1", minute + 0.5, page(minute), revisit_of=record_id(first.capture_id, "response"))
        segment.look("b2", part * 10 + 9, outcome=Outcome.FAILED, reason="no answer")
        keys.append(lake.raw.put_segment(segment.saved(folder / f"{part}.warc.gz"), DAY))
    lake.commit("k", lambda _: Changes(rows().rows, segments=tuple(keys)), "run")
    return keys


def test_packing_keeps_every_look_and_body_and_segments_can_go(lake: Lake, tmp_path: Path) -> None:
    keys = archive(lake, tmp_path)
    before = {key: sorted(lake.raw.read(key), key=lambda item: item.look.observed_at) for key in keys}
    size = sum(entry.bytes for entry in lake.newest().segments())
    packing = pack_day(lake.store, lake.newest(), DAY)
    assert packing is not None
    assert {pack.blog_id for pack in packing.packs} == {"b1", "b2"}
    assert sum(pack.bytes for pack in packing.packs) < size / 5
    assert remove_packed(lake.store, DAY) == keys
    assert {key: list(lake.raw.read(key)) for key in keys} == before
    assert list(verify(lake.chain)) == []
    with pytest.raises(ObjectMissing):
        lake.raw.read(f"raw/dt={DAY}/never.warc.gz")


def test_looks_of_a_day_are_the_same_packed_or_not(local_lake: Lake, tmp_path: Path) -> None:
    archive(local_lake, tmp_path)
    by_time = lambda item: (item.look.blog_id, item.look.observed_at)  # noqa: E731
    before = sorted(local_lake.raw.looks(DAY), key=by_time)
    pack_day(local_lake.store, local_lake.newest(), DAY)
    remove_packed(local_lake.store, DAY)
    assert sorted(local_lake.raw.looks(DAY), key=by_time) == before
    assert [item.look.blog_id for item in local_lake.raw.looks(DAY, ["b2"])] == ["b2"] * 4


def test_packing_again_packs_only_what_came_since(local_lake: Lake, tmp_path: Path) -> None:
    archive(local_lake, tmp_path)
    assert pack_day(local_lake.store, local_lake.newest(), DAY) is not None
    assert pack_day(local_lake.store, local_lake.newest(), DAY) is None
    segment = Segment()
    segment.look("b1", 700)
    key = local_lake.raw.put_segment(segment.saved(tmp_path / "late.warc.gz"), DAY)
    assert pack_day(local_lake.store, local_lake.newest(), DAY) is None  # no snapshot has taken it in yet
    local_lake.commit("late", lambda _: Changes(rows(minutes=700).rows, segments=(key,)), "run")
    packing = pack_day(local_lake.store, local_lake.newest(), DAY)
    assert packing is not None
    assert [entry.key for entry in packing.segments] == [key]
    assert len(packings(local_lake.store, DAY)) == 2


def test_a_crash_before_the_index_leaves_the_segments_in_charge(local_lake: Lake, tmp_path: Path, monkeypatch) -> None:
    keys = archive(local_lake, tmp_path)
    put = type(local_lake.store).put_if_absent

    def die(self, key: str, content: bytes):
        if "/index-" in key:
            raise KeyboardInterrupt
        return put(self, key, content)

    with monkeypatch.context() as patch:
        patch.setattr(type(local_lake.store), "put_if_absent", die)
        with pytest.raises(KeyboardInterrupt):
            pack_day(local_lake.store, local_lake.newest(), DAY)
    assert remove_packed(local_lake.store, DAY) == []
    assert len(list(local_lake.raw.looks(DAY))) == 28
    pack_day(local_lake.store, local_lake.newest(), DAY)
    assert remove_packed(local_lake.store, DAY) == keys
    assert len(list(local_lake.raw.looks(DAY))) == 28


def test_a_pack_is_a_plain_warc_to_zstd_and_warcio(local_lake: Lake, tmp_path: Path) -> None:
    archive(local_lake, tmp_path)
    packing = pack_day(local_lake.store, local_lake.newest(), DAY)
    assert packing is not None
    content = local_lake.store.get(packing.packs[0].key)
    plain = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompress(content, max_output_size=1 << 28)
    path = tmp_path / "pack.warc"
    path.write_bytes(plain)
    done = subprocess.run([WARCIO, "check", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert len(list(ArchiveIterator(BytesIO(plain)))) == 12 * 2 * 3


ENCODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}


@settings(deadline=None)
@given(st.binary(max_size=3000), st.sampled_from(sorted(ENCODERS)))
def test_a_body_is_kept_decoded_with_its_old_fields_beside(body: bytes, encoding: str) -> None:
    wire = ENCODERS[encoding](body)
    block = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(wire)}\r\n\r\n".encode() + wire
    head, _, plain = decoded(block).partition(b"\r\n\r\n")
    assert plain == body
    assert f"X-Archive-Orig-Content-Encoding: {encoding}\r\n".encode() in head
    assert head.endswith(b"Content-Length: %d" % len(body))


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([*sorted(ENCODERS), "", "unknown"]))
def test_what_is_not_cleanly_encoded_stays_as_it_is(body: bytes, encoding: str) -> None:
    block = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n".encode() + body + b"tail"
    head, _, rest = decoded(block).partition(b"\r\n\r\n")
    assert rest == body + b"tail" or b"X-Archive-Orig-Content-Encoding" in head


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.News.example:443/Live/Flood/?b=2&a=1#top", "example,news)/live/flood?a=1&b=2"),
        ("http://news.example", "example,news)/"),
        ("http://127.0.0.1:8080/x", "1,0,0,127:8080)/x"),
    ],
)
def test_addresses_sort_by_their_host(url: str, key: str) -> None:
    assert surt(url) == key


def test_an_index_leads_to_each_response(local_lake: Lake, tmp_path: Path) -> None:
    archive(local_lake, tmp_path)
    lines = cdxj_lines(local_lake.store, DAY)
    assert len(lines) == 24
    assert lines == sorted(lines)
    key = put_cdxj(local_lake.store, DAY)
    assert local_lake.store.get(key).decode().splitlines() == lines
    assert put_cdxj(local_lake.store, DAY) == key
    for line in lines:
        address, stamp, said = line.split(" ", 2)
        facts = json.loads(said)
        assert (address, stamp[:8]) == (surt(URL), "20260301")
        part = local_lake.store.get_range(f"raw/{facts['filename']}", int(facts["offset"]), int(facts["length"]))
        [record] = ArchiveIterator(BytesIO(part))
        assert record.rec_headers.get_header("WARC-Target-URI") == facts["url"]
        assert record.rec_type == ("revisit" if facts["mime"] == "warc/revisit" else "response")


def test_a_look_that_came_twice_is_read_twice_and_recorded_once(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    look = segment.look()
    segment.metadata(replace(look))
    [first, second] = local_lake.raw.read_file(segment.saved(tmp_path / "a.warc.gz"))
    assert first.look == second.look == look
