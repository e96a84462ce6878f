"""Pages that a browser shows: what readers saw, and how an update changed. Everything of a page is escaped.

A page written here loads nothing: no script, no picture, no font; links are kept where they lead to the web.
"""

from collections.abc import Iterable
from html import escape

from liveblog.render import CONTROL, cell_text, moment_text
from liveblog.revisions import Section, Step
from liveblog.showing import Shown, ShownSection
from transforms.diff import as_html

PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --page: #fff; --ink: #1b1b1b; --faint: #5c5c5c; --link: #0b50a0;
  --edit: #8a5000; --gone: #b3151b; --line: #3b7a9e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --page: #161616; --ink: #e8e8e8; --faint: #a9a9a9; --link: #8ab4f8;
  --edit: #e39a2d; --gone: #ff7b72; --line: #5b9cc2; }} }}
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.55 Georgia, serif;
  overflow-wrap: anywhere; color: var(--ink); background: var(--page); }}
a {{ color: var(--link); }}
header {{ border-bottom: 2px solid; margin-bottom: .8rem; }}
h1 {{ font-size: 1.7rem; line-height: 1.2; }}
h2 {{ font-size: 1.15rem; margin: .2rem 0; }}
section {{ padding: .8rem 0; }}
section + section {{ border-top: 1px solid #8886; }}
section.card, section.boilerplate {{ color: var(--faint); font-size: .92rem; }}
.facts {{ color: var(--faint); font: .85rem/1.4 system-ui, sans-serif; }}
del {{ background: #fbd5d5; color: #7a1515; }}
ins {{ background: #d3f3d8; color: #12491d; text-decoration: none; }}
</style>
<body>
{body}
</body>
</html>
"""


def page_html(shown: Shown) -> str:
    """A blog as readers saw it."""
    head = [f"<h1>{text(shown.title or shown.url)}</h1>"]
    if shown.standfirst:
        head.append(paragraphs(shown.standfirst))
    facts = [f"as readers saw it at {moment_text(shown.observed_at)}", shown.state or "", link(shown.url, shown.url)]
    head.append(facts_line(facts))
    body = f"<header>{''.join(head)}</header>\n" + "\n".join(section_html(one) for one in shown.sections)
    return PAGE.format(language=text(shown.language or "und"), title=text(shown.title or shown.url), body=body)


def section_html(section: ShownSection) -> str:
    """One section: headline, time and authors, paragraphs."""
    flags = [name for name, on in (("pinned", section.pinned), ("key event", section.key_event)) if on]
    moment = moment_text(section.published_at) if section.published_at else ""
    if section.permalink:
        moment = link(section.permalink, moment or "link")
    facts = [moment, text(", ".join(section.authors)), *flags]
    head = f"<h2>{text(section.headline)}</h2>" if section.headline else ""
    inside = head + facts_line(facts) + paragraphs(section.text)
    return f'<section class="{text(section.kind)}" id="{text(section.section_id)}">{inside}</section>'


def diff_html(section: Section, steps: Iterable[Step]) -> str:
    """How a section changed, revision by revision."""
    title = section.headline or f"Section {section.section_id}"
    facts = facts_line([f"section {text(section.section_id)}", f"blog {text(section.blog_id)}"])
    body = f"<header><h1>{text(title)}</h1>{facts}</header>\n" + "\n".join(map(step_html, steps))
    return PAGE.format(language="und", title=text(title), body=body)


def step_html(step: Step) -> str:
    """One revision: when, what, and the words that went and came."""
    facts = facts_line(
        [f"revision {step.seq}", text(step.change), moment_text(step.observed_at), text(step.reason or "")]
    )
    words = "".join(f"<p>{as_html(pieces)}</p>" for pieces in step.words.values())
    others = "".join(
        f"<p>{name}: <del>{text(cell_text(before))}</del> <ins>{text(cell_text(after))}</ins></p>"
        for name, (before, after) in step.facts.items()
    )
    return f"<section>{facts}{words}{others}</section>"


def text(words: str) -> str:
    """Words of a page, escaped, without characters that steer the direction of writing."""
    return escape(CONTROL.sub("", words))


def link(address: str, label: str) -> str:
    """A link, where the address leads to the web; else only its label."""
    if not address.startswith(("http://", "https://")):
        return text(label)
    return f'<a href="{text(address)}" rel="noopener noreferrer nofollow">{text(label)}</a>'


def paragraphs(words: str) -> str:
    """Paragraphs, parted by blank lines."""
    return "".join(f"<p>{text(part)}</p>" for part in words.split("\n\n") if part.strip())


def facts_line(facts: Iterable[str]) -> str:
    """Small print; what is given stands as it is: escape it before."""
    return f'<p class="facts">{" · ".join(filter(None, facts))}</p>'
