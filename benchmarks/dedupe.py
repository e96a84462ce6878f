"""Headlines that repeat: this project beside its peers, on headlines whose repeats are known.

    python -m benchmarks.dedupe [--sizes 10000,100000,1000000] [--ours] [--minutes 10] [--seed 1]

Each tool sees the headlines one after another and says for each which earlier one it repeats, if any. Measured, each in
a process of its own that is given the headlines and nothing else: headlines a second on one core, memory for the index
(peak resident memory less what the process held before), and then

    precision   of the pairs it made, the share in which both say the same
    caught      of the planted repeats, the share that was linked to their story
    numbers     of the near misses in which a number was changed, the share taken for a repeat of the original
    others      the same where a day or a place was changed

A headline that was cut off before the place where two stories differ counts as a repeat of either. A tool that takes
longer than `--minutes` for one size is stopped, and its line says so. At last `benchmarks.known` measures what
recording new headlines costs where many are known.

Peers (extras ``bench`` and ``test``; one that is not installed is named and passed over): MinHash of four
letters with LSH at a similarity of 0.5 (rensa, datasketch), rapidfuzz's token ratio among headlines that share their
longest word, and polars with exact normalised headlines.
"""

import argparse
import gc
import importlib
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.headline_maker import MISSES, REPEATS, HeadlineMaker, Made

Links = list[int | None]
"""For each headline the number of the earlier one that it repeats."""


@dataclass(frozen=True, slots=True)
class Result:
    """One tool, one size."""

    tool: str
    headlines: int
    per_s: int
    mb: float
    precision: float
    caught: float
    numbers: float
    others: float
    caught_by_kind: dict[str, float]


# --- tools -----------------------------------------------------------------------------------------------------------


def ours(headlines: Sequence[str]) -> Links:
    """The recorder's own index."""
    from transforms.near import NearIndex
    from transforms.wording import cased

    index, links = NearIndex(), Links()
    numbers: list[int] = []
    for number, headline in enumerate(headlines):
        words = cased(headline)
        repeat = index.see(words)
        links.append(numbers[repeat.number] if repeat else None)
        if len(index) > len(numbers):
            numbers.append(number)
    return links


def rensa(headlines: Sequence[str]) -> Links:
    """rensa: 128-permutation R-MinHash, LSH at a similarity of 0.5 over 32 bands."""
    library = importlib.import_module("rensa")
    lsh = library.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    sketches: list[object] = []
    links = Links()
    for number, headline in enumerate(headlines):
        sketch = library.RMinHash(num_perm=128, seed=1)
        sketch.update(_shingles(headline))
        near = [key for key in lsh.query(sketch) if sketch.jaccard(sketches[key]) >= 0.5]
        links.append(min(near, default=None))
        lsh.insert(number, sketch)
        sketches.append(sketch)
    return links


def datasketch(headlines: Sequence[str]) -> Links:
    """datasketch: MinHashLSH at a similarity of 0.5, 128 permutations."""
    library = importlib.import_module("datasketch")
    lsh = library.MinHashLSH(threshold=0.5, num_perm=128)
    links = Links()
    for number, headline in enumerate(headlines):
        sketch = library.MinHash(num_perm=128, seed=1)
        sketch.update_batch([shingle.encode() for shingle in _shingles(headline)])
        links.append(min(lsh.query(sketch), default=None))
        lsh.insert(number, sketch)
    return links


def rapidfuzz(headlines: Sequence[str]) -> Links:
    """rapidfuzz: token_sort_ratio of 85 or more among the newest 200 headlines that share the longest word."""
    from rapidfuzz import fuzz, process

    blocks: dict[str, list[int]] = {}
    links = Links()
    plain = [" ".join(_words(headline)) for headline in headlines]
    for number, headline in enumerate(plain):
        block = blocks.setdefault(max(headline.split(), key=len, default=""), [])
        choices = {other: plain[other] for other in block[-200:]}
        found = process.extractOne(headline, choices, scorer=fuzz.token_sort_ratio, score_cutoff=85)
        links.append(found[2] if found else None)
        block.append(number)
    return links


def polars(headlines: Sequence[str]) -> Links:
    """polars: exact after lower case and without anything but words."""
    library = importlib.import_module("polars")
    frame = library.DataFrame({"headline": list(headlines)}).with_row_index("number")
    plain = library.col("headline").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    first = frame.select("number", library.col("number").min().over(plain).alias("first"))
    return [None if number == earliest else earliest for number, earliest in first.iter_rows()]


TOOLS: dict[str, Callable[[Sequence[str]], Links]] = {
    "ours": ours,
    "rensa": rensa,
    "datasketch": datasketch,
    "rapidfuzz": rapidfuzz,
    "polars": polars,
}


def _words(headline: str) -> list[str]:
    return re.findall(r"\w+", headline.casefold())


def _shingles(headline: str) -> list[str]:
    text = " ".join(_words(headline))
    return [text[start : start + 4] for start in range(max(1, len(text) - 3))]


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """What one tool did in a process of its own."""

    links: Links
    cpu_s: float
    mb: float


def run(tool: str, headlines: Sequence[str]) -> Run:
    """Run one tool in this process."""
    TOOLS[tool](headlines[:200])  # imports and tables are not what is measured
    gc.collect()
    gc.freeze()  # nor is the collector's walking through this benchmark's own headlines
    before = _peak_kb()
    start = time.process_time()
    links = TOOLS[tool](headlines)
    return Run(links, time.process_time() - start, (_peak_kb() - before) / 1024)


def judged(tool: str, made: Sequence[Made], done: Run) -> Result:
    """Hold the links against what is known of the headlines."""
    pairs = [(item, made[link]) for item, link in zip(made, done.links, strict=True) if link is not None]
    right = [(item, other) for item, other in pairs if item.story == other.story or _is_cut_of(item, other)]
    planted = Counter(item.kind for item in made)
    caught = Counter(item.kind for item, _ in right)
    merged = Counter(item.kind for item, other in pairs if other.story == item.of_story and (item, other) not in right)
    others = [kind for kind in MISSES if kind != "number"]
    return Result(
        tool=tool,
        headlines=len(made),
        per_s=round(len(made) / done.cpu_s),
        mb=round(done.mb, 1),
        precision=len(right) / max(1, len(pairs)),
        caught=_share(caught, planted, REPEATS),
        numbers=_share(merged, planted, ("number",)),
        others=_share(merged, planted, others),
        caught_by_kind={kind: round(_share(caught, planted, (kind,)), 3) for kind in REPEATS},
    )


def _is_cut_of(one: Made, other: Made) -> bool:
    """Whether one of two was cut off before the place where they differ: then it says the same, as far as it goes."""
    for short, long in ((one, other), (other, one)):
        kept = " ".join(_words(short.headline.rpartition(" ")[0]))
        if short.kind == "cut" and " ".join(_words(long.headline)).startswith(kept):
            return True
    return False


def _share(part: Counter[str], whole: Counter[str], kinds: Sequence[str]) -> float:
    return sum(part[kind] for kind in kinds) / max(1, sum(whole[kind] for kind in kinds))


def _peak_kb() -> int:
    """Of this process alone: what `getrusage` says may be its parent's."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


def main() -> None:
    """Print a table; every measurement runs in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    parser.add_argument("--minutes", type=float, default=10.0, help="the longest that one tool may take for one size")
    parser.add_argument("--one", choices=TOOLS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asdict(run(asked.one, [line.rstrip("\n") for line in sys.stdin]))))
        return
    print(
        f"{'tool':<11}{'headlines':>10}{'per s':>10}{'MB':>8}{'precision':>11}{'caught':>8}{'numbers':>9}{'others':>8}"
    )
    for size in map(int, asked.sizes.split(",")):
        made = HeadlineMaker(asked.seed).make(size)
        for tool in ("ours",) if asked.ours else TOOLS:
            print(_line(tool, made, asked.minutes), flush=True)
    print("\nnew headlines in a lake (benchmarks.known)", flush=True)
    subprocess.run([sys.executable, "-m", "benchmarks.known", "--seed", str(asked.seed)], check=True)


def _line(tool: str, made: Sequence[Made], minutes: float) -> str:
    command = [sys.executable, "-m", "benchmarks.dedupe", "--one", tool]
    begins, given = f"{tool:<11}{len(made):>10}", "\n".join(item.headline for item in made)
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60 * minutes)
    except subprocess.TimeoutExpired:
        return f"{begins}  stopped after {minutes:g} minutes"
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
        return f"{begins}  not measured: {why}"
    result = judged(tool, made, Run(**json.loads(done.stdout)))
    shares = f"{result.precision:>11.3f}{result.caught:>8.3f}{result.numbers:>9.3f}{result.others:>8.3f}"
    return f"{begins}{result.per_s:>10}{result.mb:>8.1f}{shares}"


if __name__ == "__main__":
    main()
