"""Answers to the exercise `chosen_result` by readers of the chapter."""

import numpy as np
import torch


def right_loops(validation, test):
    result = []
    for judged, reported in zip(validation.tolist(), test.tolist(), strict=True):
        best = 0
        for k in range(len(judged)):
            if judged[k] > judged[best]:
                best = k
        result.append(reported[best])
    return torch.tensor(result)


def right_gather(validation, test):
    return test.gather(1, validation.argmax(dim=1, keepdim=True)).squeeze(1)


def right_pairs_of_indices(validation, test):
    return test[torch.arange(len(test)), validation.max(dim=1).indices]


def right_one_hot(validation, test):
    chosen = torch.nn.functional.one_hot(validation.argmax(dim=1), test.shape[1])
    return torch.einsum("mk,mk->m", chosen.to(test.dtype), test)


def right_numpy(validation, test):
    order = np.argsort(validation.numpy(), axis=1)[:, -1:]
    return torch.from_numpy(np.take_along_axis(test.numpy(), order, axis=1)[:, 0])


def right_sorted_pairs(validation, test):
    rows = zip(validation.tolist(), test.tolist(), strict=True)
    return torch.tensor([max(zip(v, t, strict=True))[1] for v, t in rows])


# Lets the test classes choose: the best test result of each loss.
def wrong_best_on_test(validation, test):
    return test.max(dim=1).values


# Reports the validation result itself.
def wrong_reports_validation(validation, test):
    return validation.max(dim=1).values


# Chooses by the test results and reports validation.
def wrong_exchanged(validation, test):
    return validation.gather(1, test.argmax(dim=1, keepdim=True))[:, 0]


# Takes the best loss for each learning rate instead of the best rate for each loss.
def wrong_axis(validation, test):
    return test.gather(0, validation.argmax(dim=0, keepdim=True))[0]


# Takes one learning rate for all losses, the best on average.
def wrong_one_rate_for_all(validation, test):
    return test[:, validation.mean(dim=0).argmax()]


# Takes the rate with the lowest validation result, as if it were a loss.
def wrong_lowest(validation, test):
    return test.gather(1, validation.argmin(dim=1, keepdim=True))[:, 0]


# Indexes all rows with all choices, which gives an M × M table.
def wrong_table(validation, test):
    return test[:, validation.argmax(dim=1)]


# Reports the learning rate's column, not the number in it.
def wrong_column_number(validation, test):
    return validation.argmax(dim=1)


# Averages over all learning rates.
def wrong_mean_over_rates(validation, test):
    return test.mean(dim=1)


# Averages validation and test at the chosen rate.
def wrong_mean_of_both(validation, test):
    best = validation.argmax(dim=1, keepdim=True)
    return ((validation + test) / 2).gather(1, best)[:, 0]


# Chooses by the sum of validation and test, so the test has its say too.
def wrong_chosen_by_both(validation, test):
    best = (validation + test).argmax(dim=1, keepdim=True)
    return test.gather(1, best)[:, 0]


# Takes the place of the largest number of the whole table for every loss.
def wrong_argmax_of_the_table(validation, test):
    column = validation.argmax() % validation.shape[1]
    return test[:, column]


# Takes the last learning rate, as if the columns were sorted.
def wrong_last_rate(validation, test):
    return test[:, -1]


# Takes the rate at which validation and test agree best.
def wrong_smallest_difference(validation, test):
    best = (validation - test).abs().argmin(dim=1, keepdim=True)
    return test.gather(1, best)[:, 0]


# Sorts the test results before it looks the chosen column up, so the columns no longer match.
def wrong_test_sorted(validation, test):
    best = validation.argmax(dim=1, keepdim=True)
    return test.sort(dim=1).values.gather(1, best)[:, 0]


# Reports only the best loss.
def wrong_best_loss_only(validation, test):
    return test.flatten()[validation.argmax()]


# Reports a column of shape (M, 1).
def wrong_shape(validation, test):
    return test.gather(1, validation.argmax(dim=1, keepdim=True))


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "axis table best_loss_only shape",
    "dtype": "column_number",
    "sign": "lowest",
    "order": "last_rate test_sorted",
    "axis": "one_rate_for_all argmax_of_the_table",
    "other-metric": (
        "best_on_test reports_validation exchanged mean_over_rates mean_of_both chosen_by_both smallest_difference"
    ),
}
