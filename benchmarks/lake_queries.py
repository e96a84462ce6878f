"""Questions of an analyst: on many closed days, on a full open day, and on one file a poll."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.lake_world import MINUTE, START, Size, Words, many_revisions
from benchmarks.measuring import report, timed
from lake.generations import Generation
from lake.lake import Lake, open_lake
from lake.query import Connection, connect, run_sql
from transforms.rows import Changes


def questions(blog: str, moment: datetime) -> dict[str, str]:
    """What an analyst asks: each reads the texts it is about, and gives few numbers."""
    page = f"page_at('{blog}', '{moment.isoformat()}')"
    return {
        "page as of a time": f"SELECT count(*), sum(length(headline)), sum(length(text)) FROM {page}",  # noqa: S608 - our own words
        "a day's headlines": f"SELECT count(DISTINCT headline) FROM revisions WHERE dt = '{moment:%Y-%m-%d}'",  # noqa: S608 - our own words
        "a blog's edit history": f"SELECT count(*), sum(length(text)), sum(length(text_before)) FROM changes('{blog}')",  # noqa: S608 - our own words
    }


def ask_all(lake: Lake, asked: dict[str, str], label: str, target: str) -> None:
    """Time the questions on a lake's newest snapshot."""
    connection = connect(lake, lake.newest())
    for name, sql in asked.items():
        report(f"{name}, {label}", timed(partial(answered, connection, sql)), target)
    connection.close()


def answered(connection: Connection, sql: str) -> list[Any]:
    """All rows of an answer, by way of the lake's views."""
    return list(run_sql(connection, sql).rows)


def fetched(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    """All rows of an answer, by DuckDB alone."""
    return connection.execute(sql).fetchall()


def measure_queries(folder: Path, size: Size, open_day: Lake, naive: Path) -> None:
    """The questions on many closed days, on the full open day, and on one file a poll."""
    print(f"queries: {size.revisions} revisions over 30 closed days; an open day; one file a poll")
    lake = open_lake(str(folder / "million"))
    lake.prepare()
    generation, words = Generation.begin(lake.chain), Words(7)
    texts = [words.text(60) for _ in range(2000)]
    for day in range(30):
        generation.write(Changes({"revisions": tuple(many_revisions(size.revisions // 30, day, texts))}))
    generation.publish("bench", lambda: None, lake.raw.entry)
    moment = START + timedelta(days=20)
    ask_all(lake, questions(f"{5:016x}", moment), "closed days", "target 60 ms")
    hot = START + timedelta(hours=size.hours - 1)
    ask_all(open_day, questions(f"{1:016x}", hot), "open day", "target 200 ms")
    ask_naive(naive, hot)


def ask_naive(folder: Path, moment: datetime) -> None:
    """The same questions to one file a poll, as one would ask them there."""
    source = f"read_parquet('{folder}/*.parquet', filename = true)"
    minute = round((moment - START) / MINUTE)
    first = (
        f"SELECT section_id, min(filename) FROM {source} WHERE blog_id = '{1:016x}' GROUP BY section_id, text, headline"  # noqa: S608 - our own words
    )
    asked = {
        "page as of a time": f"SELECT count(*), sum(length(text)) FROM read_parquet('{folder}/{1:016x}-{minute:04d}.parquet')",  # noqa: S608, E501 - our own words
        "a day's headlines": f"SELECT count(DISTINCT headline) FROM {source}",  # noqa: S608 - our own words
        "a blog's edit history": f"SELECT count(*) FROM ({first})",  # noqa: S608 - our own words
    }
    with duckdb.connect() as connection:
        for name, sql in asked.items():
            report(f"{name}, one file a poll", timed(partial(fetched, connection, sql), 3))
