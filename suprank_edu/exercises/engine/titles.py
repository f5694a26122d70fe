"""The keys of all verdicts with their titles, in the order in which they are looked for."""

TITLES: dict[str, str] = {
    # what was handed in
    "not-attempted": "not attempted yet",
    "not-a-function": "this is not a function",
    "signature": "the arguments do not fit",
    "exception": "your code stopped with an exception",
    # what came back
    "type": "not the type of result that is needed",
    "shape": "the shape is not right yet",
    "dtype": "the dtype is not right yet",
    "non-finite": "the result is not finite",
    # misreadings of the numbers
    "off-by-one": "off by one rank",
    "ties": "right, until two scores tie",
    "self-positive": "the query counts as its own positive",
    "sign": "the sign is turned round",
    "order": "the order, not the ranks",
    "queries-mixed": "one query's scores meet another's",
    "axis": "the wrong axis",
    "norm": "another norm than the Euclidean one",
    "positives": "the wrong items are counted",
    "negatives": "the wrong negatives are counted",
    "batches": "something is off with the batches",
    "pieces": "something is off with the pieces",
    "ring": "something is off with the ring",
    "levels": "something is off with the levels",
    "h-rank": "something is off with H-rank",
    "rank-plus": "something is off with rank⁺",
    "pairs": "the wrong pairs are counted",
    "sum": "something is off with the sum",
    "prefix": "something is off with the prefix sums",
    "moments": "something is off with the moments",
    "rounding": "right, until rounding",
    "temperature": "something is off with the temperature",
    "sigmoid": "the plain sigmoid instead of H⁻",
    "line": "the part beyond δ is not right yet",
    "product": "a factor is missing",
    "term": "a term is not what it should be",
    "weights": "something is off with the weights",
    "peak": "compared with something else than the peak",
    "vote": "the votes are counted another way",
    "groups": "something is off with the groups",
    "unlabelled": "landmarks without a label need care",
    "normaliser": "divided by the wrong number",
    "no-positive": "queries without a positive need care",
    "negative-scores": "scores of zero and below are scores too",
    "other-metric": "another metric than the one asked for",
    # gradients
    "no-gradient": "no gradient comes back",
    "wrong-gradient": "the value is right, the gradient is not",
    # the rest
    "in-place": "an input was changed",
    "wrong": "not the expected numbers",
    "right": "right",
}

HINTS: tuple[str, ...] = tuple(TITLES)
