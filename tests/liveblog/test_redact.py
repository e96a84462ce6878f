"""A takedown as whoever keeps a lake orders it: the words are nowhere any more, and everything else still is."""

import gzip
import json
import shutil
from pathlib import Path

import polars
import pytest
import zstandard

from lake.lake import Lake, open_lake
from lake.packing import pack_day, remove_packed
from lake.tombstones import standing
from lake.verify import citation, verify
from liveblog import pipeline
from liveblog.errors import InputError
from liveblog.replay import replay
from liveblog.takedowns import (
    Result,
    order_of_address,
    order_of_section,
    order_of_text,
    repeat_all,
    survey,
    take_down,
)
from tests.lake.rows import look as row_look
from tests.lake.warcs import Segment
from transforms.identity import blog_id
from transforms.rows import Changes

URL = "https://gazette.example/live/ferry"
OTHER = "https://herald.example/live/ferry"
DAY = "2026-03-01"
WORDS = "Marlow Quillfeather was seen leaving the harbour office at dawn"
FIRST = "Quillfeather leaves the harbour"
TEMPLATE = """<!doctype html><html lang="en"><head><title>Ferry strike: live</title>
<script type="application/ld+json">%s</script></head><body><main><h1>Ferry strike: live</h1>%s</main></body></html>"""


def page(url: str, posts: list[tuple[str, str, str]], minute: int) -> bytes:
    """A live blog with posts (id, headline, text), newest first, as HTML and JSON-LD."""
    said = {
        "@context": "https://schema.org", "@type": "LiveBlogPosting", "url": url, "headline": "Ferry strike: live",
        "coverageStartTime": "2026-03-01T08:00:00Z", "dateModified": f"2026-03-01T12:{minute:02d}:00Z",
        "liveBlogUpdate": [
            {"@type": "BlogPosting", "@id": f"{url}#{name}", "headline": headline, "articleBody": text,
             "datePublished": f"2026-03-01T11:{50 - place:02d}:00Z"}
            for place, (name, headline, text) in enumerate(posts)
        ],
    }  # fmt: skip
    shown = "".join(
        f'<article id="{name}"><h2>{headline}</h2><time datetime="2026-03-01T11:{50 - place:02d}:00Z"></time>'
        f"<p>{text.replace(' was ', ' <b>was</b> ')}</p></article>"
        for place, (name, headline, text) in enumerate(posts)
    )
    return (TEMPLATE % (json.dumps(said), shown)).encode()


POSTS = [
    ("p3", "Crowds gather at pier two", "Hundreds stood in the rain this morning and waited for news of the crossing."),
    ("p2", FIRST, f"Our reporter says {WORDS}. Nobody else did."),
    ("p1", "Strike begins at midnight", "The crews walked out as announced; the union speaks of a long winter ahead."),
]
EDITED = [POSTS[0], ("p2", FIRST, f"Corrected: {WORDS}, twice. Nobody else did so today."), POSTS[2]]


def segment(folder: Path, name: str, minute: int, posts: list[tuple[str, str, str]]) -> Path:
    """A look at each of two blogs, at the same posts."""
    made = Segment()
    for url in (URL, OTHER):
        made.look(blog_id(url), minute, page(url, posts, minute), url=url, run_key=name)
    return made.saved(folder / f"{name}.warc.gz")


def publish(lake: Lake, path: Path, day: str = DAY) -> None:
    pipeline.publish(lake, run_key=path.stem, segments=[lake.raw.put_segment(path, day)])


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """Closed days, a fold, hot files, an older generation: every layer holds the words."""
    folder = tmp_path_factory.mktemp("redact")
    made = open_lake(str(folder / "lake"))
    publish(made, segment(folder, "one", 0, POSTS))
    made.compact()
    assert list(Path(made.root).glob("g1/days/revisions/*/*.parquet"))
    replay(made, run_key="again", guard=lambda: None, processes=1)
    publish(made, segment(folder, "two", 5, EDITED))
    return folder / "lake"


@pytest.fixture
def lake(template: Path, tmp_path: Path) -> Lake:
    """A lake that holds the words in every layer."""
    (tmp_path / "spool").mkdir()
    return open_lake(str(shutil.copytree(template, tmp_path / "lake")))


def contents(lake: Lake):
    """Every object, unpacked as far as it goes."""
    for path in sorted(Path(lake.root).rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name.endswith(".gz"):
                content = gzip.decompress(content)
            elif path.name.endswith(".zst"):
                content = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(content).read()
            elif path.suffix == ".parquet":
                content = polars.read_parquet(path, hive_partitioning=False).write_json().encode()
            yield path.relative_to(lake.root).as_posix(), content.decode("utf-8", "replace")


def holding(lake: Lake, words: str) -> list[str]:
    """The objects in which the words stand, whatever stands between them."""
    plain = "".join(character for character in words.lower() if character.isalnum())
    bare = ((key, text.replace("<b>", "").replace("</b>", "").lower()) for key, text in contents(lake))
    return [key for key, text in bare if plain in "".join(character for character in text if character.isalnum())]


def sound(lake: Lake) -> bool:
    return [finding for finding in verify(open_lake(lake.root).chain) if not finding.harmless] == []


def down(lake: Lake, order, **more) -> Result:
    return take_down(lake, order, by="Legal desk", why="Order 12/26", run_key=more.pop("run_key", "takedown"))


def rows(lake: Lake, sql: str, number: int | None = None) -> list[tuple]:
    from lake.query import connect, run_sql

    opened = open_lake(lake.root)
    connection = connect(opened, opened.newest() if number is None else opened.snapshot(number))
    try:
        return list(run_sql(connection, sql).rows)
    finally:
        connection.close()


OTHERS = """
SELECT blog_id, section_id, seq, headline, text, digest FROM revisions WHERE publisher_id NOT LIKE '%p2' ORDER BY ALL"""


def test_a_text_is_gone_from_every_layer_and_every_snapshot(lake: Lake) -> None:
    layers = {key.split("/")[1 if key[0] == "g" else 0] for key in holding(lake, WORDS)}
    assert {"days", "hot", "checkpoints", "raw"} <= layers
    before, looks = rows(lake, OTHERS), rows(lake, "SELECT * FROM captures ORDER BY ALL")
    result = down(lake, order_of_text(WORDS))
    assert holding(lake, WORDS) == []
    assert holding(lake, FIRST)
    assert sound(lake)
    assert rows(lake, OTHERS) == before
    assert rows(lake, "SELECT * FROM captures ORDER BY ALL") == looks
    for snapshot in open_lake(lake.root).snapshots():
        texts = [
            text for (text,) in rows(lake, "SELECT text FROM revisions WHERE publisher_id LIKE '%p2'", snapshot.number)
        ]
        assert all(result.tombstone.mark in text for text in texts)
    assert rows(lake, "SELECT text FROM revisions WHERE publisher_id LIKE '%p2' AND seq = 1")[0] == (
        f"Our reporter says {result.tombstone.mark}. Nobody else did.",
    )


def test_a_section_is_gone_and_the_audit_says_so_without_its_words(lake: Lake) -> None:
    [(section,)] = rows(
        lake, f"SELECT DISTINCT section_id FROM revisions WHERE blog_id = '{blog_id(URL)}' AND publisher_id LIKE '%p2'"
    )
    before = rows(lake, OTHERS)
    result = down(lake, order_of_section(lake, section))
    assert rows(lake, OTHERS) == before
    texts = rows(lake, f"SELECT DISTINCT headline, text FROM revisions WHERE section_id = '{section}'")
    assert texts == [(None, result.tombstone.statement)]
    raw = [item.payloads[0].body.decode() for item in lake.raw.looks(DAY, [blog_id(URL)])]
    assert len(raw) == 2
    assert not any("Quillfeather" in body or "Nobody else did" in body for body in raw)
    assert all("Crowds gather" in body and "long winter" in body for body in raw)
    assert sound(lake)
    [audit] = rows(lake, "SELECT kind, selector, ordered_by, why, len(objects), rows, looks FROM redactions")
    assert audit[:4] == ("section", section, "Legal desk", "Order 12/26")
    assert audit[4] == len(result.done.objects) > 3
    assert min(audit[5:]) > 0


def test_an_address_takes_all_words_of_its_blog_and_leaves_its_looks(lake: Lake) -> None:
    others = rows(lake, f"SELECT * FROM revisions WHERE blog_id = '{blog_id(OTHER)}' ORDER BY ALL")
    looks = rows(lake, "SELECT * FROM captures ORDER BY ALL")
    result = down(lake, order_of_address(lake, URL))
    assert rows(lake, f"SELECT * FROM revisions WHERE blog_id = '{blog_id(OTHER)}' ORDER BY ALL") == others
    assert rows(lake, "SELECT * FROM captures ORDER BY ALL") == looks
    texts = rows(lake, f"SELECT DISTINCT headline, text, links, media FROM revisions WHERE blog_id = '{blog_id(URL)}'")
    assert texts == [(None, result.tombstone.statement, [], [])]
    assert [len(item.payloads[0].body) for item in lake.raw.looks(DAY, [blog_id(URL)])] == [0, 0]
    assert all(len(item.payloads[0].body) > 0 for item in lake.raw.looks(DAY, [blog_id(OTHER)]))
    assert sound(lake)


def test_a_blog_that_was_taken_down_is_no_longer_looked_at(lake: Lake) -> None:
    now = lake.store.now()
    pipeline.watch(lake, [URL, OTHER], run_key="watch", now=now, why="asked for")
    assert set(pipeline.plan(lake, run_key="p", now=now).addresses) == {blog_id(URL), blog_id(OTHER)}
    result = down(lake, order_of_address(lake, URL))
    assert set(pipeline.plan(lake, run_key="p", now=lake.store.now()).addresses) == {blog_id(OTHER)}
    told = rows(
        lake, f"SELECT why, removed FROM watches WHERE blog_id = '{blog_id(URL)}' ORDER BY observed_at DESC LIMIT 1"
    )
    assert told == [(f"taken down: {result.tombstone.redaction_id}", True)]


def test_an_address_of_which_nothing_is_held_is_refused_and_goes_not_on_record(liveblog, lake: Lake) -> None:
    before = dict(contents(lake))
    for more in (("--dry-run",), ("--by", "Legal desk", "--why", "Order 12/26")):
        ran = liveblog("redact", "--address", f"{URL}y", *more)
        assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"{URL}y" in ran.err
    assert dict(contents(lake)) == before


def test_an_address_that_led_to_a_blog_names_it(liveblog, lake: Lake, tmp_path: Path) -> None:
    made = Segment()
    made.look(blog_id(URL), 8, page(URL, EDITED, 8), url=URL, final_url=f"{URL}-strike")
    publish(lake, made.saved(tmp_path / "spool" / "three.warc.gz"))
    ran = liveblog("redact", "--address", f"{URL}-strike", "--dry-run")
    assert ran.status == 2
    assert f"{blog_id(URL)} ({URL})" in ran.err


def test_an_address_known_by_raw_responses_alone_is_taken_down_and_again(lake: Lake, tmp_path: Path) -> None:
    made = Segment()
    made.look(blog_id(f"{URL}/below"), 8, page(URL, POSTS, 8), url=f"{URL}/below")
    lake.raw.put_segment(made.saved(tmp_path / "spool" / "three.warc.gz"), DAY)
    first = down(lake, order_of_address(lake, f"{URL}/below"))
    assert first.done.looks == 1
    assert down(lake, order_of_address(lake, f"{URL}/below")).tombstone == first.tombstone


def test_it_survives_a_replay_and_so_do_all_other_words(lake: Lake) -> None:
    before = rows(lake, OTHERS)
    down(lake, order_of_text(WORDS))
    replay(lake, run_key="afterwards", guard=lambda: None, processes=1)
    assert holding(lake, WORDS) == []
    assert rows(lake, OTHERS) == before
    assert rows(lake, "SELECT count(*) FROM redactions") == [(1,)]
    segments = rows(lake, "SELECT DISTINCT segment FROM captures ORDER BY 1")
    assert segments == [(f"raw/dt={DAY}/one.warc.gz",), (f"raw/dt={DAY}/two.warc.gz",)]
    assert sound(lake)


def test_packed_days_are_taken_down_too(lake: Lake) -> None:
    pack_day(lake.store, lake.newest(), DAY)
    remove_packed(lake.store, DAY)
    assert any(key.startswith("packs/") for key in holding(lake, WORDS))
    looks = [item.look.capture_id for item in lake.raw.looks(DAY)]
    down(lake, order_of_text(WORDS))
    assert holding(lake, WORDS) == []
    assert sorted(item.look.capture_id for item in lake.raw.looks(DAY)) == sorted(looks)
    assert sound(lake)


def test_what_comes_later_is_kept_out(lake: Lake, tmp_path: Path) -> None:
    from liveblog.archiving import Archive

    down(lake, order_of_text(WORDS))
    before = rows(lake, "SELECT count(*) FROM revisions")
    archive = Archive(lake)
    archive(segment(tmp_path / "spool", "three", 9, EDITED))
    archive.finish()
    pipeline.publish(lake, run_key="three", segments=archive.keys)
    assert holding(lake, WORDS) == []
    assert rows(lake, "SELECT count(*) FROM captures") == [(6,)]
    assert rows(lake, "SELECT count(*) FROM revisions") == before
    assert sound(lake)


def test_ordered_again_it_changes_nothing_and_is_on_record_once(lake: Lake) -> None:
    first = down(lake, order_of_text(WORDS))
    second = down(lake, order_of_text(WORDS.upper()), run_key="second")
    assert (second.tombstone, second.snapshot, second.done) == (first.tombstone, first.snapshot, first.done)
    [third] = repeat_all(lake, run_key="third")
    assert third.snapshot == first.snapshot
    assert len(standing(lake.store)) == 1


def test_what_comes_back_from_an_older_copy_is_told_and_taken_down_again(lake: Lake, tmp_path: Path) -> None:
    shutil.copytree(lake.root, tmp_path / "backup")
    down(lake, order_of_text(WORDS))
    shutil.copytree(tmp_path / "backup", lake.root, dirs_exist_ok=True)
    assert holding(lake, WORDS)
    told = [finding for finding in verify(lake.chain) if finding.kind == "returned"]
    assert told
    assert "--again" in told[0].mend
    with pytest.raises(InputError, match="--again"):
        replay(lake, run_key="x", guard=lambda: None, processes=1)
    repeat_all(lake, run_key="again")
    assert holding(lake, WORDS) == []
    assert sound(lake)


def test_a_dry_run_says_what_would_be_touched_and_touches_nothing(lake: Lake) -> None:
    before = dict(contents(lake))
    touched = survey(lake, order_of_text(WORDS))
    assert {one.layer for one in touched} == {"rows", "checkpoint", "raw"}
    assert {one.key for one in touched} == set(holding(lake, WORDS))
    assert dict(contents(lake)) == before


def test_files_that_no_snapshot_names_go_as_well(lake: Lake) -> None:
    held = next(Path(lake.root).glob("g1/days/revisions/*/*.parquet"))
    orphan = Path(lake.root, f"g9/hot/revisions/dt={DAY}/left.parquet")
    orphan.parent.mkdir(parents=True)
    shutil.copy(held, orphan)
    down(lake, order_of_text(WORDS))
    assert not orphan.exists()


def test_pins_and_citations_say_that_words_were_taken_out(lake: Lake) -> None:
    assert "redacted" not in citation(lake.chain, 1)
    name = down(lake, order_of_text(WORDS)).tombstone.redaction_id
    assert name in citation(lake.chain, 1)
    lake.commit("later", lambda _: row_look("b9", 600), "run")
    assert name not in citation(lake.chain, lake.newest().number)


def test_where_a_reader_still_finds_the_words_the_page_goes_as_a_whole(lake: Lake, tmp_path: Path) -> None:
    letters = "".join(f"<i></i>{letter}<q></q>" if letter.isalpha() else letter for letter in WORDS)
    posts = [POSTS[0], ("p2", FIRST, f"Our reporter says {letters}. Nobody else did."), POSTS[2]]
    publish(lake, segment(tmp_path / "spool", "torn", 8, posts))
    assert rows(lake, "SELECT count(*) FROM captures") == [(6,)]
    down(lake, order_of_text(WORDS))
    bodies = [item.payloads[0].body for item in lake.raw.looks(DAY)]
    assert len(bodies) == 6
    assert not any(b"harbour office" in body or letters.encode() in body for body in bodies)
    assert sound(lake)


def test_the_command_takes_down_what_it_is_told_and_refuses_to_repeat_it(liveblog, lake: Lake) -> None:
    order = ("redact", "--text", WORDS, "--by", "Legal desk")
    assert liveblog("redact").status == 2
    assert liveblog(*order).status == 2
    assert liveblog(*order, "--why", f"because of {WORDS}").status == 2
    assert liveblog("redact", "--text", " . ", "--dry-run").status == 2
    assert liveblog("redact", "--section", "ffffffff", "--dry-run").status == 2
    dry = liveblog(*order, "--dry-run")
    assert dry.status == 0, dry.err
    assert "raw" in dry.out
    assert holding(lake, WORDS)
    done = liveblog(*order, "--why", "Order 12/26", "--json")
    assert done.status == 0, done.err
    assert done.json["rows"] > 0
    assert holding(lake, WORDS) == []
    cited = liveblog("snapshots", "cite", "1")
    assert done.json["redaction_id"] in cited.out
    assert done.json["redaction_id"] in liveblog("snapshots", "pin", "1").err


def test_a_bare_reader_sees_each_row_once_before_and_after(lake: Lake) -> None:
    def bare() -> list[tuple]:
        frame = polars.read_parquet(f"{lake.root}/g2/days/revisions/**/*.parquet", hive_partitioning=True)
        return sorted(frame.select("section_id", "seq").rows())

    before = bare()
    assert len(before) == len(set(before)) > 0
    down(lake, order_of_text(WORDS))
    assert bare() == before
    lake.commit("more", lambda _: Changes(row_look("b9", 600).rows), "run")
    lake.compact()
    assert sound(lake)
