"""How two evaluations are compared."""


def same_bits(one, other):
    assert list(one.per_query) == list(other.per_query)
    for key, values in one.per_query.items():
        assert values.tobytes() == other.per_query[key].tobytes(), key
