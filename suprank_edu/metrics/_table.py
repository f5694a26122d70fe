"""Tables of metrics: one row a metric, one column a label level."""

from collections.abc import Mapping, Sequence

from suprank_edu._html import template

_WHOLE = "all levels"
# The caption is as wide as the page, not as the table. On a narrow screen an interval goes below its difference, in one
# piece; beyond that the table scrolls by itself. Names stay on one line.
_TABLE = """
<figure style="margin:0"><figcaption>{{ caption }}</figcaption><div style="overflow-x:auto" tabindex="0"><table>
<thead><tr><td></td>{% for name in head[1:] %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for row in body %}<tr><th scope="row" style="white-space:nowrap">{{ row[0] }}</th>
{% for cell in row[1:] %}<td>{{ cell|replace(', ', ',\u00a0') }}</td>{% endfor %}</tr>{% endfor %}
</tbody></table></div></figure>
"""


def grid(cells: Mapping[str, str]) -> list[list[str]]:
    """Arrange cells by key (`R@1/column0`, `H-AP`): a head row, then a row for each metric."""
    names = list(dict.fromkeys(key.split("/")[0] for key in cells))
    columns = list(dict.fromkeys(key.partition("/")[2] or _WHOLE for key in cells))
    rows = [["", *columns]]
    for name in names:
        keys = [name if column == _WHOLE else f"{name}/{column}" for column in columns]
        rows.append([name, *(cells.get(key, "") for key in keys)])
    return rows


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as plain text, the first column flush left and the others flush right."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    lines = []
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def as_html(rows: Sequence[Sequence[str]], caption: str) -> str:
    """Return the rows as an HTML table with row and column heads for screen readers."""
    return template(_TABLE).render(head=rows[0], body=rows[1:], caption=caption)
