#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bars.py - draws the rows of a table as an SVG picture of horizontal bars, on a logarithmic scale.

    bars.py --title TEXT --unit TEXT --out FILE <<EOF
    group or "-" <tab> label <tab> value [<tab> "ours"]
    EOF

Rows of one group follow each other under its name; those marked "ours" have another colour.
"""
import argparse
import html
import math
import sys

WIDTH, LEFT, RIGHT, ROW, TOP = 900, 300, 70, 22, 48
OURS, THEIRS = "#1f77b4", "#9a9a9a"


def text(x, y, what, size=12, anchor="start", weight="normal"):
    return (f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{html.escape(what)}</text>')


def draw(rows, title, unit):
    low = 10 ** math.floor(math.log10(min(value for _, _, value, _ in rows)))
    high = max(value for _, _, value, _ in rows)
    scale = (WIDTH - LEFT - RIGHT) / math.log10(high / low)
    groups = len({group for group, *_ in rows if group != "-"})
    height = TOP + ROW * (len(rows) + groups) + 16
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
           text(12, 20, title, 14, weight="bold"), text(12, 38, unit)]
    tick = low
    while tick <= high:
        x = LEFT + scale * math.log10(tick / low)
        out.append(f'<line x1="{x:.0f}" y1="{TOP - 4}" x2="{x:.0f}" y2="{height - 12}" stroke="#ddd"/>')
        out.append(text(x, TOP - 8, f"{tick:g}", 10, "middle"))
        tick *= 10
    y, before = TOP, "-"
    for group, label, value, is_ours in rows:
        if group != before and group != "-":
            out.append(text(12, y + 15, group, weight="bold"))
            y += ROW
        before = group
        length = max(scale * math.log10(value / low), 1)
        out.append(text(LEFT - 8, y + 15, label, anchor="end"))
        out.append(f'<rect x="{LEFT}" y="{y + 4}" width="{length:.0f}" height="{ROW - 8}" '
                   f'fill="{OURS if is_ours else THEIRS}"/>')
        out.append(text(LEFT + length + 6, y + 15, f"{value:g}", 11))
        y += ROW
    return "\n".join(out + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--title", required=True)
    parser.add_argument("--unit", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rows = []
    for line in sys.stdin:
        fields = line.rstrip("\n").split("\t")
        rows.append((fields[0], fields[1], float(fields[2]), "ours" in fields[3:]))
    with open(args.out, "w", encoding="utf-8") as file:
        file.write(draw(rows, args.title, args.unit))


if __name__ == '__main__':
    main()
