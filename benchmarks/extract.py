"""Pages a second on one core: this program beside its peers, and what each finds of a live blog.

    python -m benchmarks.extract [--pages FOLDER] [--passes N] [--memory N]

The same pages, in the same run; each pass takes every tool in turn, so that a busy minute of the machine hits them all.
Seconds are processor time, for each page the fastest of the passes; a tool that cannot be imported, or does not map a
page, is named and passed over. Ours does all of its work: charset, tree, every reader, merge, decision, and sections
cleaned of boilerplate. The bare parsers only parse. Real pages are shown by kind: live blogs and ordinary ones.

    pages     those that the tool maps
    ours is   how many times as fast ours is on these same pages
    updates   records of single updates that came out, over all pages (a text as one string holds none)
    memory    N pages (10,000 unless told; 0 for none), and the most memory held after a tenth of them and at the end;
              measured first, before any peer is loaded
    size      one live blog, made ever longer: its time should grow as its bytes do
"""

import argparse
import gzip
import importlib
import logging
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "pages"
KINDS = ("live", "ordinary")
OWN = ROOT / "tests" / "cases"
KIB = 1024

SIZES = (8, 80, 800, 4000, 16_000)
"""Updates of the live blogs made: 10 KB to 20 MB."""
HEAD = "<!doctype html><html><head><title>Harbour live</title></head><body><h1>Harbour live</h1><main>"
ENTRY = (
    '<article id="e{n}"><time datetime="2026-03-02T{hour:02}:{minute:02}:00Z">{hour:02}:{minute:02}</time>'
    "<h3>Report number {n} from the harbour</h3>"
    + "<p>Boat {n} has left the quay with <b>forty crates</b> of herring and one passenger, the "
    '<a href="/harbour/master">harbour master</a> says, and the weather holds for boat {n} until the evening tide.</p>'
    * 5
    + "</article>"
)

FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a peer raises for a page that it cannot read or does not map."""
Tool = Callable[[bytes], int]
"""Reads a page and says how many update records it found."""


@dataclass(frozen=True, slots=True)
class Result:
    """One tool over all pages."""

    tool: str
    seconds: Mapping[int, float]
    """By the page's number, for the pages that the tool maps: the fastest of some passes."""
    updates: int

    @property
    def per_s(self) -> float:
        """Pages a second."""
        return len(self.seconds) / sum(self.seconds.values()) if self.seconds else 0.0

    def slower_than(self, other: "Result") -> float:
        """How many times as long it takes for the same pages."""
        same = sum(other.seconds[page] for page in self.seconds)
        return sum(self.seconds.values()) / same if same else 0.0


# --- tools -----------------------------------------------------------------------------------------------------------


def ours() -> Tool:
    """This program, merge and cleaning included."""
    from transforms.read import read
    from transforms.records import Document, Kind

    return lambda page: sum(section.kind is Kind.UPDATE for section in read(Document(page)).sections)


def trafilatura() -> Tool:
    """Text and metadata; no updates."""
    module = importlib.import_module("trafilatura")

    def run(page: bytes) -> int:
        module.bare_extraction(page, with_metadata=True)
        return 0

    return run


def fundus() -> Tool:
    """The publisher's parser, for the publishers it maps; raises LookupError for others."""
    collection = importlib.import_module("fundus").PublisherCollection
    parsers = {
        "theguardian": collection.uk.TheGuardian,
        "mirror": collection.uk.TheMirror,
        "independent": collection.uk.TheIndependent,
        "timesofindia": collection.ind.TimesOfIndia,
    }

    def run(page: bytes) -> int:
        head = page[:20_000].lower()
        name = next((name for name in parsers if f"www.{name}".encode() in head), None)
        if name is None:
            raise LookupError("no parser of this publisher")
        parser = parsers[name].parser()
        article = parser.parse(page.decode("utf-8", "replace"), "suppress")
        return len(article.get("live_updates") or ())

    return run


def extruct() -> Tool:
    """Structured data only; counts the updates that JSON-LD lists."""
    module = importlib.import_module("extruct")

    def run(page: bytes) -> int:
        found = module.extract(page, syntaxes=["json-ld", "microdata"], errors="ignore")
        things = [thing for value in found["json-ld"] for thing in (value if isinstance(value, list) else [value])]
        return sum(len(thing.get("liveBlogUpdate") or ()) for thing in things if isinstance(thing, dict))

    return run


def lexbor() -> Tool:
    """The bare parser that ours stands on."""
    parser = importlib.import_module("selectolax.lexbor").LexborHTMLParser

    def run(page: bytes) -> int:
        parser(page)
        return 0

    return run


def lxml() -> Tool:
    """The bare parser that most others stand on."""
    module = importlib.import_module("lxml.html")

    def run(page: bytes) -> int:
        module.fromstring(page)
        return 0

    return run


TOOLS: dict[str, Callable[[], Tool]] = {
    "this program": ours,
    "trafilatura": trafilatura,
    "fundus": fundus,
    "extruct": extruct,
    "lexbor, parse only": lexbor,
    "lxml, parse only": lxml,
}


# --- measuring -------------------------------------------------------------------------------------------------------


def load(folder: Path | None) -> dict[str, list[bytes]]:
    """Pages by kind: of a folder, else the real ones where they are at hand, else the frozen cases of the project."""
    if folder is None and REAL.exists():
        return {kind: found for kind in KINDS if (found := _pages(REAL / kind))}
    found = _pages(folder or OWN)
    return {"pages": found} if found else {}


def _pages(folder: Path) -> list[bytes]:
    paths = sorted(path for pattern in ("**/*.html", "**/*.html.gz") for path in folder.glob(pattern))
    return [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths]


def measure(tools: Mapping[str, Tool], pages: Sequence[bytes], passes: int) -> list[Result]:
    """The fastest of some passes, after one that warms up; pages that a tool passes over are not counted for it."""
    mapped = {name: [at for at, page in enumerate(pages) if _maps(tool, page)] for name, tool in tools.items()}
    best = {name: dict.fromkeys(numbers, float("inf")) for name, numbers in mapped.items()}
    updates = dict.fromkeys(tools, 0)
    for _ in range(passes):
        for name, tool in tools.items():
            updates[name] = sum(_timed(tool, pages[number], number, best[name]) for number in mapped[name])
    return [Result(name, best[name], updates[name]) for name in tools]


def _timed(tool: Tool, page: bytes, number: int, best: dict[int, float]) -> int:
    began = time.process_time()
    updates = tool(page)
    best[number] = min(best[number], time.process_time() - began)
    return updates


def _maps(tool: Tool, page: bytes) -> bool:
    try:
        tool(page)
    except FAILURES as error:
        logging.getLogger(__name__).debug("passed over: %s", error)
        return False
    return True


def memory_growth(tool: Tool, pages: Sequence[bytes], count: int) -> tuple[int, int]:
    """Peak resident KiB after a tenth of `count` pages and after all of them."""
    early = 0
    for number in range(count):
        tool(pages[number % len(pages)])
        if number == count // 10:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return early, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def sizes(tool: Tool) -> None:
    """Time and memory of one live blog from 10 KB to 20 MB."""
    print(f"\n{'size':>10} {'seconds':>8} {'MB/s':>6} {'updates':>8}")
    tool(_live_blog(SIZES[0]))
    for count in SIZES:
        page = _live_blog(count)
        began = time.process_time()
        updates = tool(page)
        elapsed = time.process_time() - began
        print(f"{len(page) / 1e6:7.2f} MB {elapsed:8.3f} {len(page) / 1e6 / elapsed:6.1f} {updates:8}")


def _live_blog(count: int) -> bytes:
    entries = (ENTRY.format(n=n, hour=23 - n // 60 % 24, minute=59 - n % 60) for n in range(count))
    return (HEAD + "".join(entries) + "</main></body></html>").encode()


def show(results: Sequence[Result]) -> None:
    """One line a tool, with how much faster ours, the first, is on the pages that the tool maps."""
    print(f"{'tool':22} {'pages':>6} {'pages/s':>8} {'ours is':>8} {'updates':>8}")
    for result in results:
        ratio = f"{result.slower_than(results[0]):6.1f} x" if result.seconds else "-"
        print(f"{result.tool:22} {len(result.seconds):6} {result.per_s:8.1f} {ratio:>8} {result.updates:8}")


def _tools() -> dict[str, Tool]:
    """The tools that can be imported; the others are named."""
    found: dict[str, Tool] = {}
    for name, make in TOOLS.items():
        try:
            found[name] = make()
        except (ImportError, AttributeError) as error:
            print(f"{name}: passed over ({error})")
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 2 where there are no pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=Path, help="folder with .html and .html.gz files")
    parser.add_argument("--passes", type=int, default=9)
    parser.add_argument("--memory", type=int, default=10_000, metavar="N", help="read N pages and watch the memory")
    options = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    kinds = load(options.pages)
    if not kinds:
        print(f"no pages in {options.pages}: give a folder with .html or .html.gz files", file=sys.stderr)
        return 2
    if options.memory:
        early, late = memory_growth(ours(), [page for pages in kinds.values() for page in pages], options.memory)
        print(f"memory: {early // KIB} MiB after a tenth of {options.memory} pages, {late // KIB} MiB after all")
    sizes(ours())
    tools = _tools()
    for kind, pages in kinds.items():
        print(f"\n{kind}: {len(pages)} pages, {sum(map(len, pages)) / len(pages) / KIB:.0f} KiB on average")
        show(measure(tools, pages, options.passes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
