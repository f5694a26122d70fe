"""What the book's extension mends of the pages that Sphinx and its theme make; test_access_browser.py looks at all."""

from suprank_access import BeautifulSoup, keep_names_together, mend_body, name_what_unfolds


def test_parameters_are_no_list_of_definitions() -> None:
    signature = '<dt class="sig sig-object py" id="f">f(<dl>\n<dd><em>a</em>,</dd>\n</dl>)</dt>'
    entry = f'<dl class="py function">{signature}<dd><p>Text.</p><dl><dt>term</dt><dd>meaning</dd></dl></dd></dl>'
    lines = '<div class="sig-params">\n<div class="sig-line"><em>a</em>,</div>\n</div>'
    mended = '<dt class="sig sig-object py" id="f">f(' + lines + ")</dt>"
    assert mend_body(entry) == entry.replace(signature, mended)


def test_what_unfolds_is_called_what_it_says_and_a_work_is_an_item_of_its_list() -> None:
    body = (
        '<details><summary aria-label="Toggle hidden content">Show</summary></details><p role="doc-biblioentry">A</p>'
    )
    assert mend_body(body) == '<details><summary>Show</summary></details><p role="listitem">A</p>'


def test_the_signs_of_the_contents_are_named_and_names_stay_on_one_line() -> None:
    contents = BeautifulSoup(
        '<li><a href="#">API of H-AP</a><details><summary><i></i></summary><ul></ul></details></li>', "html.parser"
    )
    for _ in range(2):  # the theme keeps what it has made, and gives it out again
        name_what_unfolds(contents)
        keep_names_together(contents)
    assert str(contents) == (
        '<li><a href="#">API of <span class="together">H-AP</span></a>'
        '<details><summary aria-label="Pages of API of H-AP"><i></i></summary><ul></ul></details></li>'
    )
