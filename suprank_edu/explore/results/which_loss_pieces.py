"""The pieces of answer of `which_loss`: words around numbers that the results give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from suprank_edu.explore.drawing.words import fixed, number, pluralise
from suprank_edu.explore.results.which_loss_evidence import BATCHES, KNOW_LEVELS, Evidence
from suprank_edu.explore.results.which_loss_questions import METRICS, REACH, SET_NAMES
from suprank_edu.training.study import LOSSES, NAMES
from suprank_edu.training.study.claims import Finding
from suprank_edu.training.study.standing import Standing

_ROWS = 5
_WORDS = {"supported": "better", "contradicted": "worse"}
_NEEDS_LEVELS = "H-AP and NDCG weigh mistakes by a hierarchy"


@dataclass(frozen=True)
class Piece:
    """A piece of an answer: `when` it belongs there (question → values), what it says, a table, and a command."""

    title: str
    when: Mapping[str, Sequence[str]]
    texts: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default=())
    command: str = ""
    headline: str = ""


def pieces_of(evidence: Evidence) -> list[Piece]:
    """Return all pieces, in the order in which they are read."""
    answers = [
        _answer(evidence, name, metric, labels)
        for name in evidence.runs
        for metric in METRICS
        for labels in ("levels", "one")
        if labels == "levels" or "/" in METRICS[metric][0]
    ]
    missing = Piece(
        f"One column of labels: {_NEEDS_LEVELS}",
        {"labels": ("one",), "reports": ("H-AP", "NDCG")},
        ["With one column they say what AP says. Chapter 12 builds a hierarchy from the names of classes."],
        headline=f"No answer: {_NEEDS_LEVELS}, and one column holds none.",
    )
    per_set = [make(evidence, name) for make in (_levels, _temperature, _against, _reach) for name in evidence.runs]
    sizes = [_batch(evidence, size) for size in BATCHES]
    return [*answers, missing, *sizes, _classes(evidence), *per_set]


def _answer(evidence: Evidence, name: str, metric: str, labels: str) -> Piece:
    """Return which loss is the first, which are not told apart from it, and how it was trained."""
    rows = evidence.standings(name, METRICS[metric][0], levels=labels == "levels")
    first, *others = rows
    near = [NAMES[row.loss] for row in others if row.verdict == "not told apart"]
    title = f"{metric}, {'a hierarchy' if labels == 'levels' else 'one column of labels'}; {SET_NAMES[name]}"
    leads = f"{NAMES[first.loss]} is the first of {len(rows)} losses in {metric} on {SET_NAMES[name]}, {first.mean}"
    beside = f"Not told apart from it: {', '.join(near)}." if near else "All others are worse."
    simplest = _simplest(rows)
    if simplest != first.loss:
        beside += f" {NAMES[simplest]} is the first of these that needs neither proxies nor levels."
    lr, proxies = evidence.rates(name, first.loss)
    rate = f"Learning rate {lr:g}" + (f", of the proxies {proxies:g}" if LOSSES[first.loss].proxies else "")
    chosen = "not searched" if name.endswith("fine-tune") else "chosen on data put aside"
    return Piece(
        f"Answer: {title}",
        {"learns": (name,), "reports": (metric,), "labels": (labels,)},
        [
            f"Start with {NAMES[first.loss]}. {leads} ({pluralise(first.mean.runs, 'seed')}, 95 % interval).",
            f"{beside} Verdicts are over seeds and classes, and hold for all pairs of these losses at once.",
            f"{rate}, {chosen}.",
        ],
        [("loss", "mean", "from the first", "verdict", "needs"), *(_row(row) for row in rows[:_ROWS])],
        _command(name, first.loss, lr, proxies),
        f"Start with {NAMES[first.loss]}. {beside}",
    )


def _row(row: Standing) -> tuple[str, ...]:
    needs = [
        word for word, is_so in (("proxies", LOSSES[row.loss].proxies), ("levels", row.loss in KNOW_LEVELS)) if is_so
    ]
    is_first = row.difference == 0.0
    difference = "—" if is_first else fixed(row.difference, 3)
    return (
        NAMES[row.loss],
        fixed(row.mean.mean, 3),
        difference,
        "first" if is_first else row.verdict,
        ", ".join(needs) or "—",
    )


def _simplest(rows: Sequence[Standing]) -> str:
    """Return the first of those not told apart from the first that has no proxies and needs no levels, if one is."""
    near = [row.loss for row in rows if row.verdict == "not told apart"]
    plain = [loss for loss in near if not LOSSES[loss].proxies and loss not in KNOW_LEVELS]
    return plain[0] if plain else near[0]


def _command(name: str, loss: str, lr: float, proxies: float) -> str:
    """Return the command that trains so on a folder of photographs; none where a small network learns from nothing."""
    if not name.startswith("groceries"):
        return ""
    whole = " --fine-tune" if name.endswith("fine-tune") else ""
    rates = f"lr={lr:g}" + (f" loss_lr={proxies:g}" if LOSSES[loss].proxies else "")
    return f"python -m suprank_edu.training run folder {loss} --data PHOTOGRAPHS --out RUN{whole} --set {rates}"


def _difference(finding: Finding) -> str:
    low, high = finding.interval
    return f"{fixed(finding.difference, 3)} ({fixed(low, 3)} to {fixed(high, 3)})"


def _levels(evidence: Evidence, name: str) -> Piece:
    """Return what a loss that knows the hierarchy gains there, and what it costs at the finest column."""
    rows = [("loss against its twin", "metric", "difference", "verdict")]
    for each in evidence.of_levels(name):
        if each.word != "not run":
            metric = each.claim.metric.removesuffix("/column0")
            pair = f"{NAMES[each.claim.first]} − {NAMES[each.claim.second]}"
            rows.append((pair, metric, _difference(each), _WORDS.get(each.word, each.word)))
    return Piece(
        f"What the hierarchy brings, and its price; {SET_NAMES[name]}",
        {"learns": (name,), "labels": ("levels",)},
        ["The same loss with the levels and without. R@1 and mAP@R are those of the finest column."],
        rows,
    )


def _batch(evidence: Evidence, size: int) -> Piece:
    """Return what proxies add at a size of batch."""
    finding = evidence.of_batches[size]
    verdict = _WORDS.get(finding.word, finding.word)
    advice = "add proxies" if verdict == "better" else "proxies bring nothing to mAP@R that can be told from nothing"
    rows = [("loss", "mAP@R", "gap in batches of this size")]
    for loss in ("sup-ap", "roadmap-proxies"):
        reached, gap = evidence.reached(size, loss)
        rows.append((NAMES[loss], fixed(reached, 3), fixed(gap, 3)))
    return Piece(
        f"A batch of {size}: {size // 4} of the 81 products of Groceries, four photographs of each",
        {"batch": (str(size),)},
        [
            f"A loss on ranks: {advice}. With proxies less without: {_difference(finding)}, {verdict}.",
            "One set, one network: Groceries, a head. 300 steps of each size: larger batches saw more.",
        ],
        rows,
    )


def _classes(evidence: Evidence) -> Piece:
    return Piece(
        "More than 512 classes",
        {"classes": ("many",)},
        [
            "Nothing here was trained on more than 512. Proxies take one vector a class, and each must be met often "
            "enough to find its place: with nine batches of each class they stood lower among the losses than with 37 "
            "(chapter 15). Count the batches with each class before you choose proxies.",
            "The papers train with proxies on thousands of classes, for many epochs, and report that they help.",
        ],
    )


def _temperature(evidence: Evidence, name: str) -> Piece:
    """Return what a larger τ does, which was searched on one set alone."""
    found = evidence.of_temperatures
    if name == "groceries":
        words = "All losses on ranks chose τ = 0.1 on validation photographs, of 0.01 (published), 0.03, 0.1 and 0.3."
    else:
        words = (
            "τ is 0.01 here, as published, and was not searched. It was on Groceries with a head, and all chose 0.1:"
        )
    rows = [("loss", "mAP@R, τ 0.1 less 0.01", "verdict")]
    rows += [(NAMES[f.claim.second], _difference(f), _WORDS.get(f.word, f.word)) for f in found]
    return Piece(f"The temperature of losses on ranks; {SET_NAMES[name]}", {"learns": (name,)}, [words], rows)


def _against(evidence: Evidence, name: str) -> Piece:
    """Return how many of the papers' claims hold on a set, and which are contradicted."""
    judged = evidence.judged(name)
    run = [each for each in judged if each.word != "not run"]
    count = {word: sum(each.word == word for each in run) for word in ("supported", "not told apart", "contradicted")}
    words = ", ".join(f"{number(count[word])} {word}" for word in count)
    rows = [("what a paper claims", "what came out")]
    for each in run:
        if each.word == "contradicted":
            metric = each.claim.metric.removesuffix("/column0")
            claim = f"{NAMES[each.claim.first]} {each.claim.relation} than {NAMES[each.claim.second]} in {metric}"
            rows.append((claim, _difference(each)))
    return Piece(
        f"What contradicts the papers; {SET_NAMES[name]}",
        {"learns": (name,)},
        [f"Of {len(judged)} claims, written down beforehand, {len(run)} could be asked here: {words}."],
        rows if len(rows) > 1 else (),
    )


def _reach(evidence: Evidence, name: str) -> Piece:
    return Piece(
        f"How far this reaches; {SET_NAMES[name]}",
        {"learns": (name,)},
        [f"One set, one network: {REACH[name]} An order of losses found there is a place to start, not a law."],
    )
