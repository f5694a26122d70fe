"""Stored scores on Mini-Landmarks: those of the pictures they name, and of no other set."""

import pytest
import torch

from suprank_edu import naive
from suprank_edu.data import load_samples, read
from suprank_edu.explore import landmark_scores
from suprank_edu.training import load_images


def test_the_stored_scores_are_those_of_the_pictures_they_name() -> None:
    samples = load_samples("mini_landmarks", "test")
    stored = landmark_scores(samples)
    assert not set(stored.queries) & set(stored.gallery)
    for name, scores in stored.scores.items():
        assert scores.shape == (3, 23), name
        assert bool((scores.abs() <= 1).all())
    labels = samples.labels.tolist()
    for query in stored.queries:  # each has 4 pictures of its landmark and 2 more of its supercategory
        levels = naive.shared_levels(labels[query], [labels[item] for item in stored.gallery])
        assert (levels.count(3), levels.count(2)) == (4, 2)
    # The edges need no training, so that the pictures can be held to what was stored.
    grey = load_images(samples, 96).double().mean(dim=1) / 255  # (N, 96, 96)
    across, down = grey.diff(dim=2).abs()[:, 1:], grey.diff(dim=1).abs()[:, :, 1:]  # (N, 95, 95)
    fields = torch.stack([across, down], dim=1)[:, :, :84, :84].reshape(-1, 2, 7, 12, 7, 12).mean(dim=(3, 5)).flatten(1)
    fields = fields - fields.mean(dim=0)
    fields = fields / fields.norm(dim=1, keepdim=True)  # (N, 98)
    assert torch.allclose(fields[stored.queries] @ fields[stored.gallery].T, stored.scores["edges"], atol=2e-3)


def test_scores_of_another_data_set_are_refused() -> None:
    with pytest.raises(ValueError, match=r"`dataset`: got no picture named '\w+', expected the test set"):
        landmark_scores(read("standin", split="test"))
