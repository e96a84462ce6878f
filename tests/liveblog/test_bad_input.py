"""Bad input: one clear line, the right exit status, a row in `captures` where a look took place, nothing lost."""

import stat
from pathlib import Path

import pytest

from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from tests.services.faulty_s3 import Fault, faulty_s3
from tests.services.minio import moto
from tests.services.pages import Answer, pages
from tests.services.ports import free_port

MIB = 1024 * 1024
BROKEN_JSON_LD = b"""<!doctype html><title>Storm: live</title><h1>Storm: live</h1>
<script type="application/ld+json">{"@type": "LiveBlogPosting", "liveBlogUpdate": [{"headline": </script>
<p>Nothing else stands here.</p>"""
LOGIN = b"""<!doctype html><title>Sign in</title><form action="/login" method="post">
<label>E-mail <input name="email"></label><label>Password <input type="password" name="password"></label>
<button>Sign in to continue</button></form>"""
BAD = {
    "/gone": (Answer(b"<h1>Not found</h1>", 404), "failed", "404"),
    "/report.pdf": (
        Answer(b"%PDF-1.7\n" + bytes(300), headers={"Content-Type": "application/pdf"}),
        "unreadable",
        "PDF",
    ),
    "/empty": (Answer(b""), "unreadable", "empty"),
    "/login": (Answer(LOGIN), "unreadable", ""),
    "/huge": (Answer(b"<p>" + b"x" * 50 * MIB), "too_large", "20"),
    "/broken": (Answer(BROKEN_JSON_LD), "unreadable", ""),
}
LIVE = """<!doctype html><html lang="de"><meta charset="utf-8"><title>Sturm im Liveticker</title>
<h1>Sturm im Liveticker</h1><main>{}</main>"""
ENTRY = """<article id="post-{n}"><time datetime="2026-11-22T1{n}:00:00Z">1{n}:00</time>
<h2>Böen über Größenau, Meldung {n}</h2>
<p>Die Feuerwehr zählt {n} umgestürzte Bäume, die Züge fahren weiter.</p></article>"""


def captures(liveblog: Liveblog) -> dict[str, tuple[str, str]]:
    answer = liveblog("sql", "--format", "json", "SELECT url, outcome, reason FROM captures")
    assert answer.status == 0, answer.err
    return {row["url"]: (row["outcome"], row["reason"] or "") for row in answer.json}


def test_every_bad_page_has_its_line_and_its_row_and_the_good_one_is_recorded(liveblog: Liveblog, newsroom: Newsroom):
    with pages({path: answer for path, (answer, _, _) in BAD.items()}) as server:
        unreachable = f"http://127.0.0.1:{free_port()}/live"
        bad = [*map(server.url, BAD), unreachable]
        done = liveblog("record", "--once", *bad, newsroom.url("gazette-ferry"))
        rows = captures(liveblog)
    assert done.status == 1
    said = done.err.splitlines()
    for address in bad:
        assert len([line for line in said if line.startswith(f"liveblog: {address}: ")]) == 1, done.err
    for path, (_, outcome, word) in BAD.items():
        assert rows[server.url(path)][0] == outcome, path
        assert word in rows[server.url(path)][1], path
    assert rows[unreachable][0] == "failed"
    assert rows[newsroom.url("gazette-ferry")] == ("changed", "")
    assert "Traceback" not in done.err


def test_a_page_in_another_charset_than_it_declares_is_read_right(liveblog: Liveblog):
    page = LIVE.format("".join(ENTRY.format(n=n) for n in range(9, 0, -1)))
    wrong = Answer(page.encode("windows-1252"), headers={"Content-Type": "text/html; charset=utf-8"})
    with pages({"/live": wrong}) as server:
        done = liveblog("record", "--once", server.url("/live"))
    assert done.status == 0, done.err
    found = liveblog("sql", "--format", "json", "SELECT headline FROM updates ORDER BY rank LIMIT 1").json
    assert found == [{"headline": "Böen über Größenau, Meldung 9"}]


@pytest.mark.parametrize(
    "address", ["example.org/live", "ftp://example.org/", "http://", "https://u:p@example.org/", "http://a b/"]
)
def test_an_address_that_cannot_be_fetched_is_bad_usage(liveblog: Liveblog, address: str):
    done = liveblog("record", "--once", address)
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert ":p@" not in done.err


def test_a_lake_that_cannot_be_written_is_said_before_anything_is_fetched(
    liveblog: Liveblog, newsroom: Newsroom, tmp_path: Path
):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = liveblog("record", "--once", newsroom.url("gazette-ferry"), LIVEBLOG_LAKE=str(blocked / "lake"))
    assert done.status == 1
    assert len(done.err.splitlines()) == 1
    assert str(blocked) in done.err
    assert not newsroom.log()


def test_wrong_s3_credentials_are_named_as_such_and_not_shown(liveblog: Liveblog, s3, s3_lake: str, newsroom: Newsroom):
    if s3.kind == "moto":
        pytest.skip("moto's server accepts any credentials")
    wrong = {**s3.environment, "AWS_SECRET_ACCESS_KEY": "wrong-secret-of-mine"}
    done = liveblog("record", "--once", newsroom.url("gazette-ferry"), **{**wrong, "LIVEBLOG_LAKE": s3_lake})
    assert done.status == 1
    assert len(done.err.splitlines()) == 1
    assert "credential" in done.err.lower()
    assert "wrong-secret-of-mine" not in done.err
    checked = liveblog("doctor", **{**wrong, "LIVEBLOG_LAKE": s3_lake})
    assert checked.status == 1
    assert "✗ credentials" in checked.out
    assert "wrong-secret-of-mine" not in checked.out


def test_a_store_that_overwrites_is_refused_before_anything_is_fetched(liveblog: Liveblog, newsroom: Newsroom):
    with moto() as upstream, faulty_s3(upstream.endpoint, Fault("strip_conditions", times=10_000)) as endpoint:
        upstream.create_bucket("unsafe")
        unsafe = {**upstream.environment, "AWS_ENDPOINT_URL": endpoint, "LIVEBLOG_LAKE": "s3://unsafe/lake"}
        done = liveblog("record", "--once", newsroom.url("gazette-ferry"), **unsafe)
        checked = liveblog("doctor", **unsafe)
    assert done.status == 1
    assert len(done.err.splitlines()) == 1
    assert "overwrites" in done.err
    assert not newsroom.log()
    assert checked.status == 1
    assert "✗ conditional" in checked.out


def test_a_failure_leaves_what_was_recorded_untouched(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url("gazette-ferry"))
    before = liveblog("sql", "--format", "csv", "SELECT * FROM revisions ORDER BY ALL").out
    with pages({"/empty": Answer(b"")}) as server:
        assert liveblog("record", "--once", server.url("/empty")).status == 1
    assert liveblog("sql", "--format", "csv", "SELECT * FROM revisions ORDER BY ALL").out == before


def test_a_query_that_duckdb_refuses_is_one_line_and_bad_usage(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url("gazette-ferry"))
    done = liveblog("sql", "SELECT nonsense FROM nowhere")
    assert done.status == 2
    assert done.err.startswith("liveblog: ")
    assert len(done.err.splitlines()) == 1


def test_a_lake_that_is_not_there_is_bad_usage(liveblog: Liveblog):
    for command in (["sql", "SELECT 1"], ["log", "storm"], ["snapshots"]):
        done = liveblog(*command)
        assert done.status == 2, command
        assert "no lake here yet" in done.err


def test_settings_that_make_no_sense_are_named(liveblog: Liveblog):
    for name, value in {
        "LIVEBLOG_DELAY_S": "soon",
        "LIVEBLOG_ALLOW_PRIVATE": "maybe",
        "LIVEBLOG_CONTACT": "a\nb",
    }.items():
        done = liveblog("doctor", **{name: value})
        assert done.status == 2, name
        assert name in done.err


def test_extract_names_each_file_that_cannot_be_read_and_reads_the_rest(liveblog: Liveblog, tmp_path: Path):
    good, pdf = tmp_path / "good.html", tmp_path / "report.pdf"
    good.write_text(LIVE.format("".join(ENTRY.format(n=n) for n in range(9, 0, -1))))
    pdf.write_bytes(b"%PDF-1.7\n" + bytes(300))
    done = liveblog("extract", "--jsonl", "missing.html", str(pdf), str(good))
    assert done.status == 2
    assert [line.split(": ")[1] for line in done.err.splitlines()] == ["missing.html", str(pdf)]
    assert '"is_live_blog":true' in done.out.splitlines()[-1]


def test_a_folder_without_permission_is_no_traceback(liveblog: Liveblog, tmp_path: Path):
    spool = tmp_path / "locked"
    spool.write_text("a file where a folder should be")
    spool.chmod(stat.S_IRUSR)
    done = liveblog("doctor", LIVEBLOG_SPOOL=str(spool))
    assert done.status == 1
    assert "✗ spool" in done.out


def test_what_says_where_the_lake_is_may_be_no_address_of_one(liveblog: Liveblog):
    for address in ("gs://bucket/lake", "s3://"):
        done = liveblog("sql", "SELECT 1", LIVEBLOG_LAKE=address)
        assert done.status == 2
        assert (
            done.err == f"liveblog: {address}: not an address of a lake. Write a folder's path or s3://bucket/prefix.\n"
        )


def test_an_aws_profile_that_is_not_there_is_named(liveblog: Liveblog):
    wrong = {"LIVEBLOG_LAKE": "s3://bucket/lake", "AWS_PROFILE": "nobody"}
    done = liveblog("sql", "SELECT 1", **wrong)
    assert done.status == 1
    assert "nobody" in done.err
    assert "AWS_PROFILE" in done.err
    assert len(done.err.splitlines()) == 1
    checked = liveblog("doctor", **wrong)
    assert checked.status == 1
    assert "✗ lake" in checked.out


@pytest.mark.parametrize(
    "command",
    [["show", "storm", "--html"], ["sql", "SELECT 1", "-o"], ["raw", "5e0c", "--output"]],
    ids=lambda it: it[0],
)
def test_a_file_that_cannot_be_written_is_named_before_anything_is_done(liveblog: Liveblog, command: list[str]):
    done = liveblog(*command, "nowhere/page.html")
    assert done.status == 2
    assert "nowhere/page.html: no such folder" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_device_is_not_replaced_by_an_answer(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url("gazette-ferry"))
    done = liveblog("sql", "SELECT 1", "-o", "/dev/null")
    assert done.status == 2
    assert "/dev/null" in done.err
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    "given",
    [["replay", "--from", "2026-13-01"], ["pause", "--domain", "https://example.org/"], ["pause", "--domain", "a b"]],
    ids=" ".join,
)
def test_days_and_domains_that_are_none_are_bad_usage(liveblog: Liveblog, newsroom: Newsroom, given: list[str]):
    liveblog("watch", "add", newsroom.url("gazette-ferry"))
    done = liveblog(*given)
    assert done.status == 2
    assert given[-1] in done.err
    assert "give it as www.example.org" in done.err or "write it like 2026-11-22" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_file_of_the_lake_that_is_gone_is_named_without_the_sql_of_a_view(
    liveblog: Liveblog, newsroom: Newsroom, tmp_path: Path
):
    liveblog("record", "--once", newsroom.url("gazette-ferry"))
    for path in (tmp_path / "lake").glob("g1/hot/revisions/*/*.parquet"):
        path.unlink()
    done = liveblog("sql", "SELECT count(*) FROM updates")
    assert done.status == 1
    assert "g1/hot/revisions/" in done.err
    assert "liveblog verify" in done.err
    assert "read_parquet" not in done.err


def test_extract_says_which_addresses_it_fetches(liveblog: Liveblog):
    done = liveblog("extract", "ftp://example.org/live")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "ftp://…: cannot be fetched" in done.err


def test_an_import_of_what_is_no_warc_is_told_without_its_bytes(liveblog: Liveblog, tmp_path: Path):
    given = tmp_path / "picture.warc.gz"
    given.write_bytes(b"\x9fLUMP \xd2\xc8\n" * 500)
    done = liveblog("import", str(given))
    assert done.status == 2
    assert f"{given}: Unknown archive format. Not a WARC" in done.err
    assert "LUMP" not in done.err
