"""The report for management as one printed page: plain HTML, bars drawn in SVG, a table for each.

Nothing is loaded and nothing runs in it: what a browser prints of it is the PDF (S-475, S-476).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

STYLE = """
@page { size: A4; margin: 10mm }
body { font: 11px/1.35 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #22201d; max-width: 190mm; margin: 0 auto }
h1 { font-size: 20px; margin: 0 } h2 { font-size: 13px; margin: 9px 0 2px }
p { margin: 2px 0 } .soft { color: #655f57 } .bad { color: #a8201a }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px; margin: 8px 0 }
.tiles div { border: 1px solid #e0dad2; border-radius: 6px; padding: 4px 8px }
.tiles dt { color: #655f57 } .tiles dd { margin: 0; font-size: 17px; font-weight: 600 }
.tiles small { display: block; font-size: 11px; font-weight: 400 }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 14px }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: 1px 6px; border-bottom: 1px solid #e0dad2; font-weight: 400 }
td { font-variant-numeric: tabular-nums } thead th { color: #655f57 }
svg { width: 100%; height: 60px } rect { fill: #a93422 }
section { break-inside: avoid }
"""
HIGH, WIDE = 60, 600  # of the drawing, in its own units


def page(language: str, title: str, subtitle: str, sections: Iterable[str]) -> str:
    """The whole document."""
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="soft">{escape(subtitle)}</p>{"".join(sections)}</main></body></html>'
    )


def tiles(found: Iterable[tuple[str, str, str, bool]]) -> str:
    """Figures: the name, the figure, what stands below it, and whether it misses its target."""
    said = (
        f'<div><dt>{escape(name)}</dt><dd class="{"bad" if off else ""}">{escape(figure)}'
        f'<small class="soft">{escape(below)}</small></dd></div>'
        for name, figure, below, off in found
    )
    return f'<dl class="tiles">{"".join(said)}</dl>'


def bars(title: str, values: Sequence[tuple[str, int]]) -> str:
    """One bar a day; the table beneath says the same."""
    most, width = max((n for _, n in values), default=0) or 1, WIDE / max(1, len(values))
    drawn = "".join(
        f'<rect x="{place * width + 1:.1f}" y="{HIGH - HIGH * n / most:.1f}" '
        f'width="{max(1.0, width - 2):.1f}" height="{HIGH * n / most:.1f}">'
        f"<title>{escape(name)}: {n}</title></rect>"
        for place, (name, n) in enumerate(values)
    )
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(title)}">{drawn}</svg>'
    )


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table whose first column names the row."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(line[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in line[1:])
        + "</tr>"
        for line in lines
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def section(title: str, *parts: str) -> str:
    """A part of the page under its title."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def lines(texts: Iterable[str]) -> str:
    """Sentences, one below the other."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts)
