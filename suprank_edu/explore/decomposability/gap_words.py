"""The numbers and words under the gap explorer: E17, E18 and E19 with the current numbers, and what they say."""

from suprank_edu.explore.decomposability.gap_scenes import NEGATIVES, POSITIVES, Scene, scene, shares
from suprank_edu.explore.drawing.words import fixed, number, signed


def readout(scores: str, batches: int, reach: float) -> str:
    """Return E17, E18 and E19 with the current numbers, and what they say."""
    now = scene(scores, batches, reach)
    digits = 3 if batches <= 3 else 2  # so that the line stays a line
    aps = " + ".join(number(ap, digits) for ap in now.batch_aps)
    terms = " + ".join(number(term, digits) for term in worst_terms(batches))
    bound = f"E18 = 1 − ({terms})/{POSITIVES} = {number(clean(now.worst))}"
    above = f"{now.above[0]} of {POSITIVES} right, {now.above[1]} of {NEGATIVES} wrong"
    calibrated = f"E19 = {number(clean(now.calibrated))}"
    perfect = now.perfect == batches
    bad = batches - now.perfect
    which = "The one batch is" if batches == 1 else f"{bad} of {batches} batches {'is' if bad == 1 else 'are'}"
    first = "All batches perfect: gap ≤" if perfect else f"{which} not perfect: no bound,"
    return "\n".join(
        [
            f"Gap = mean − whole = ({aps})/{batches} − {number(now.whole)} = {signed(clean(now.gap))}",
            f"{first} {bound}",
            f"Above {fixed(now.threshold, 2)}: {above}: {'gap ≤ ' if perfect else 'no bound, '}{calibrated}",
            _remark(now, batches),
        ]
    )


def worst_terms(number: int) -> tuple[float, ...]:
    """Return what each of `number` equal batches adds to the sum of E18, one batch behind the other.

    Example:
        >>> [round(term, 3) for term in worst_terms(3)]
        [2.0, 0.733, 0.627]
    """
    own, wrong = shares(number)
    return tuple(sum(j / (j + b * wrong) for j in range(b * own + 1, (b + 1) * own + 1)) for b in range(number))


def _remark(now: Scene, batches: int) -> str:
    if batches == 1:
        return "One batch is the whole set: no gap."
    if now.above == (POSITIVES, 0):
        return "One threshold parts right from wrong in all batches: no gap."
    if now.perfect < batches:
        if now.gap < -1e-9:
            return "Negative: the batches look worse than the whole."
        return (
            "The batches flatter: their average is above the AP of the whole." if now.gap > 1e-9 else "No gap, by luck."
        )
    if now.gap > now.worst - 1e-9:
        return "The worst that perfect batches can do: this ranking attains E18."
    if now.calibrated > now.worst - 1e-9:
        return "Here a threshold buys nothing: E19 is E18."
    return "A common threshold makes the bound smaller: E19 is below E18."


def clean(value: float) -> float:
    """Return 0 for what is 0 but for rounding."""
    return 0.0 if abs(value) < 1e-9 else value
