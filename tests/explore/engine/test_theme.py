"""The style that gives live figures their dark colours; test_jupyterlab.py sees it at work."""

from toys import toy

from suprank_edu.explore import Explorer, FigureFunction
from suprank_edu.explore.drawing import palette
from suprank_edu.explore.engine.live import LiveExplorer
from suprank_edu.explore.engine.theme import dark_style


def test_what_is_drawn_in_a_light_colour_has_a_dark_one() -> None:
    style = dark_style()
    assert '[style*="fill: rgb(0, 103, 177)"]{fill:#5cb8ff!important}' in style  # POSITIVE, written as plotly does
    for kind in ("fill", "stroke"):
        for meaning in palette._STYLES:
            assert f"{{{kind}:{meaning.dark}!important}}" in style


def test_only_a_figure_in_the_books_colours_follows_the_theme() -> None:
    def helpers(explorer: Explorer) -> list[str]:
        return [type(each).__name__ for each in LiveExplorer(explorer).box.children]

    own = FigureFunction(lambda: {"data": [{"type": "bar", "y": [1, 2]}], "layout": palette.layout(300)})
    assert "FollowTheme" in helpers(Explorer(own, [], title="Two bars", alt="Bars of 1 and 2."))
    assert "FollowTheme" not in helpers(toy())  # plotly's template
