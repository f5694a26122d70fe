"""Numbers as a reader writes them: three digits, a real minus sign, powers of ten; levels and counts as said."""

import html
import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def untagged(text: str) -> str:
    """Return a name for a figure, in whose texts plotly reads tags: as it was written, whatever it holds.

    Example:
        >>> untagged("<b>A & B")
        '&lt;b&gt;A &amp; B'
    """
    return html.escape(text, quote=False)


def minus(text: str) -> str:
    """Return `text` with a typographic minus sign, and without the sign of a zero."""
    if text.startswith("-") and not text.strip("-0."):
        text = text[1:]
    return text.replace("-", "−")


def number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, without trailing zeros.

    Example:
        >>> number(1.4933), number(-0.25), number(0.000045398), number(100.0), number(2.0 / 3)
        ('1.49', '−0.25', '4.54 × 10⁻⁵', '100', '0.667')
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "not a number"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if -4 < exponent < 6:
        text = f"{value:.{max(0, digits - 1 - exponent)}f}"
        return minus(text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa = f"{value / 10.0**exponent:.{digits - 1}f}".rstrip("0").rstrip(".")
    return minus(f"{mantissa} × 10") + str(exponent).translate(_SUPERSCRIPTS)


def signed(value: float, digits: int = 3) -> str:
    """Return `number(value, digits)` with a sign in front, but of 0.

    Example:
        >>> signed(0.5), signed(-0.25), signed(0.0)
        ('+0.5', '−0.25', '0')
    """
    return ("+" if value > 0 else "") + number(value, digits)


def fixed(value: float, places: int) -> str:
    """Return `value` with a fixed number of decimals, so that a number that moves keeps its width.

    Example:
        >>> fixed(-0.1, 2), fixed(-0.001, 2)
        ('−0.10', '0.00')
    """
    return minus(f"{value:.{places}f}")


def below_one(gap: float) -> str:
    """Return `1 - gap` so that a number close to 1 is not rounded to it.

    Example:
        >>> below_one(0.05), below_one(0.000045)
        ('0.95', '1 − 4.5 × 10⁻⁵')
    """
    return number(1 - gap) if gap >= 0.005 else f"1 − {number(gap, 2)}"


def readable_name(column_name: str) -> str:
    """Return the name of a label column as it is said in a sentence.

    Example:
        >>> readable_name("super_class"), readable_name("natural_or_human_made")
        ('super class', 'half')
    """
    words = column_name.replace("_", " ")
    return "half" if " or " in words else words


def pluralise(count: int, noun: str, plural: str | None = None) -> str:
    """Return a number with what it counts, in the singular or the plural.

    Example:
        >>> pluralise(1, "seed"), pluralise(1200, "seed"), pluralise(2, "query", "queries")
        ('1 seed', '1,200 seeds', '2 queries')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
