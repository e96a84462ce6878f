"""How moments, spans, shares and counts are said, and drawn."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from liveblog.render import CONTROL

BAR, GAP, HEIGHT = 4, 1, 24
"""Of a sparkline, in its own units."""
UNITS = ((1, "s"), (60, "min"), (3600, "h"), (86400, "d"))
LEAST = 2
"""Of a unit there are at least so many: 90 s, not 2 min."""


def plain(text: str | None) -> str:
    """Words of a page, without characters that steer the direction of writing; they are escaped when shown."""
    return CONTROL.sub("", text or "")


def span(seconds: float | None) -> str:
    """A span of time: ``42 s``, ``3 min``, ``7 h``, ``2 d``."""
    if seconds is None:
        return "–"
    size, unit = next((u for u in reversed(UNITS) if abs(seconds) >= LEAST * u[0]), UNITS[0])
    return f"{abs(seconds) / size:.0f} {unit}"


def moment(at: datetime | None, now: datetime) -> Markup:
    """A moment as people say it, with the exact time beside it for machines and on hovering."""
    if at is None:
        return Markup("–")
    seconds = (now - at).total_seconds()
    said = f"{span(seconds)} ago" if seconds >= 0 else f"in {span(seconds)}"
    exact, shown = at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, shown, said)


def percent(share: float | None) -> str:
    """A share; never rounded up to all, nor down to nothing."""
    if share is None:
        return "–"
    rounded = round(share * 100)
    if (rounded == 100 and share < 1) or (rounded == 0 and share > 0):
        return f"{share:.1%}" if 0.0005 < share < 0.9995 else ("> 99.9%" if share > 0.5 else "< 0.1%")
    return f"{rounded}%"


def sparkline(counts: Sequence[int]) -> Markup:
    """Bars of equal width, the highest as high as the picture; what they say is said in words, too."""
    top = max(counts, default=0)
    width = len(counts) * (BAR + GAP)
    bars = "".join(
        f"M{index * (BAR + GAP)} {HEIGHT}v-{max(1, round(count / top * HEIGHT))}h{BAR}V{HEIGHT}z"
        for index, count in enumerate(counts)
        if count
    )
    label = f"Updates in each of the last {len(counts)} hours, oldest first: {', '.join(map(str, counts))}"
    # Only numbers get in.
    return Markup(  # noqa: S704
        f'<svg class="spark" role="img" aria-label="{label}" viewBox="0 0 {width} {HEIGHT}" width="{width}" '
        f'height="{HEIGHT}" preserveAspectRatio="none"><path class="ground" d="M0 {HEIGHT - 0.5}h{width}"/>'
        f'<path d="{bars}"/></svg>'
    )
