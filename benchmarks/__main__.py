"""``make bench``: every part, or those that are named; each in a process of its own.

    python -m benchmarks [extract] [dedupe] [lake] [crawl]

A part measures this program beside its peers, on the same machine and in the same run, and prints medians.
"""

import subprocess
import sys

PARTS = ("extract", "dedupe", "lake", "crawl")


def main(wanted: list[str]) -> int:
    """Run the parts; 2 for one that does not exist, 1 where one failed."""
    unknown = [part for part in wanted if part not in PARTS]
    if unknown:
        print(f"no part {', '.join(unknown)}: choose from {', '.join(PARTS)}", file=sys.stderr)
        return 2
    status = 0
    for part in wanted or PARTS:
        print(f"\n== {part}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"benchmarks.{part}"]).returncode != 0
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
