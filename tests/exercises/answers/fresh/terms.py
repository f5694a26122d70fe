"""Answers to the exercise `terms` by readers of the chapter."""

import numpy as np
import torch


def right_formula(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * (gallery - positives),
            queries * gallery,
        ]
    )


def right_double(queries, positives, gallery):
    q, p, g = (torch.tensor(x, dtype=torch.float64) for x in (queries, positives, gallery))
    return torch.stack([q * g**2, q * p * (g - p), q * g])


def right_per_query(queries, positives, gallery):
    negatives = gallery - positives
    one = torch.tensor([gallery**2, positives * negatives, positives + negatives])
    return queries * one


def right_numpy(queries, positives, gallery):
    sides = np.array([[gallery, gallery], [positives, gallery - positives], [gallery, 1]])
    return torch.from_numpy(queries * sides.astype(np.int64).prod(axis=1))


def right_added_up(queries, positives, gallery):
    dense = direct = items = 0
    for _ in range(queries):
        dense += gallery * gallery
        direct += positives * (gallery - positives)
        items += gallery
    return torch.tensor([dense, direct, items], dtype=torch.int64)


# Compares each gallery item only with the others: G · (G − 1).
def wrong_without_itself(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * (gallery - 1),
            queries * positives * (gallery - positives),
            queries * gallery,
        ]
    )


# Counts each pair of the dense form once instead of both ways.
def wrong_each_pair_once(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * (gallery - 1) // 2,
            queries * positives * (gallery - positives),
            queries * gallery,
        ]
    )


# Compares positives with the whole gallery: the positives are not taken off.
def wrong_positives_not_taken_off(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * gallery,
            queries * gallery,
        ]
    )


# Counts for one query only.
def wrong_one_query(queries, positives, gallery):
    return torch.tensor([gallery * gallery, positives * (gallery - positives), gallery])


# Forgets the queries in the number of sorted items.
def wrong_sorted_for_one_query(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * (gallery - positives),
            gallery,
        ]
    )


# Adds the positives to the gallery, which holds them already.
def wrong_positives_twice(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * (gallery - positives),
            queries * (gallery + positives),
        ]
    )


# Takes G for the negatives alone.
def wrong_gallery_of_negatives(queries, positives, gallery):
    everybody = gallery + positives
    return torch.tensor(
        [
            queries * everybody * everybody,
            queries * positives * gallery,
            queries * everybody,
        ]
    )


# Compares queries with the gallery in the dense form: Q · G.
def wrong_dense_is_the_score_table(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery,
            queries * positives * (gallery - positives),
            queries * gallery,
        ]
    )


# Counts the steps of the sort, G · log2(G), not the items.
def wrong_steps_of_the_sort(queries, positives, gallery):
    steps = queries * gallery * np.log2(gallery)
    return torch.tensor(
        [
            float(queries * gallery * gallery),
            float(queries * positives * (gallery - positives)),
            steps,
        ],
        dtype=torch.float64,
    )


# Sorts the negatives only.
def wrong_negatives_sorted_only(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * (gallery - positives),
            queries * (gallery - positives),
        ]
    )


# Compares positives with positives in the direct form.
def wrong_positives_with_positives(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * positives * positives,
            queries * gallery,
        ]
    )


# Counts in int32, which ends at two billion.
def wrong_int32(queries, positives, gallery):
    q, p, g = (torch.tensor(x, dtype=torch.int32) for x in (queries, positives, gallery))
    return torch.stack([q * g * g, q * p * (g - p), q * g])


# Adds where it should multiply: each query brings P positives and G − P negatives.
def wrong_added(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery * gallery,
            queries * (positives + gallery - positives),
            queries * gallery,
        ]
    )


# Puts the three the other way round, the cheapest first.
def wrong_order(queries, positives, gallery):
    return torch.tensor(
        [
            queries * gallery,
            queries * positives * (gallery - positives),
            queries * gallery * gallery,
        ]
    )


# Lets the dense form compare all items of all queries with one another: (Q · G)².
def wrong_queries_squared(queries, positives, gallery):
    return torch.tensor(
        [
            (queries * gallery) ** 2,
            queries * positives * (gallery - positives),
            queries * gallery,
        ]
    )


# Prints the numbers and returns nothing.
def wrong_printed(queries, positives, gallery):
    print(
        queries * gallery**2,
        queries * positives * (gallery - positives),
        queries * gallery,
    )


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "printed",
    "order": "order",
    "positives": "gallery_of_negatives positives_with_positives",
    "pairs": "without_itself each_pair_once positives_not_taken_off dense_is_the_score_table added queries_squared",
    "sum": "positives_twice negatives_sorted_only",
    "rounding": "int32",
    "product": "one_query sorted_for_one_query",
    "wrong": "steps_of_the_sort",
}
