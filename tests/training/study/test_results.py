"""A folder of runs: filled, broken off and continued, read and averaged."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from suprank_edu.training.__main__ import main
from suprank_edu.training.study import Experiment, results
from suprank_edu.training.study.named_losses import LOSSES, NAMES
from suprank_edu.training.study.results import (
    Interval,
    as_text,
    chosen_lr,
    chosen_rates,
    fill,
    load_results,
    table,
    value_of,
)


def run(loss: str, lr: float, seed: int, on: str, value: float) -> dict[str, Any]:
    metrics = dict.fromkeys(("R@1/column0", "H-AP", "NDCG", "ASI"), 0.5) | {"mAP@R/column0": value}
    return {"loss": loss, "lr": lr, "seed": seed, "on": on, "metrics": metrics, "mild": 0.25, "gap": {"test": 0.1}}


def test_interval_of_the_textbook() -> None:
    # Mean 5, standard deviation 2, n = 4: 5 ± 3.182 · 2 / 2 (t table, 3 degrees of freedom).
    interval = Interval.of([3.0, 3.0, 7.0, 7.0])
    assert interval.mean == 5
    assert interval.half == pytest.approx(3.1824 * (4 / math.sqrt(3)) / 2, abs=1e-3)
    assert str(Interval.of([0.5])) == "0.500"
    assert math.isnan(Interval.of([]).mean)
    assert Interval.of([3.0, math.nan, 3.0, 7.0, 7.0]) == interval


def test_chosen_lr_is_the_best_on_validation_alone() -> None:
    runs = [
        run("a", 1e-3, 0, "validation", 0.3),
        run("a", 2e-3, 0, "validation", 0.4),
        run("a", 4e-3, 0, "test", 0.9),
        run("b", 9e-3, 0, "validation", 0.8),
    ]
    assert chosen_lr(runs, "a") == 2e-3
    with pytest.raises(ValueError, match=r"`loss`: got 'c', which has no validation run"):
        chosen_lr(runs, "c")


def test_a_rate_without_a_value_is_never_chosen() -> None:
    runs = [run("a", 1e-3, 0, "validation", math.nan), run("a", 2e-3, 0, "validation", 0.4)]
    assert chosen_lr(runs, "a") == chosen_lr(runs[::-1], "a") == 2e-3
    with pytest.raises(ValueError, match="`loss`: got 'a', whose 1 validation runs have no mAP@R/column0"):
        chosen_lr(runs[:1], "a")


def test_a_loss_without_a_value_stands_last_in_the_table() -> None:
    runs = [run(name, 1e-3, 0, "test", value) for name, value in (("b", 0.5), ("c", math.nan), ("a", 0.9))]
    assert [line.split()[0] for line in as_text(table(runs)).splitlines()] == ["loss", "a", "b", "c"]


def test_table_averages_tests_over_seeds() -> None:
    runs = [run("a", 1e-3, seed, "test", value) for seed, value in enumerate((0.3, 0.5))]
    runs += [run("b", 1e-3, 0, "test", 0.9), run("b", 1e-3, 0, "validation", 0.1)]
    rows = table(runs)
    assert rows["a"]["mAP@R/column0"].mean == pytest.approx(0.4)
    assert (rows["a"]["mAP@R/column0"].runs, rows["b"]["mAP@R/column0"].runs) == (2, 1)
    assert value_of(runs[0], "mild") == 0.25
    assert value_of(runs[0], "gap/test") == 0.1
    assert math.isnan(value_of(runs[0], "gap/train"))
    lines = as_text(rows).splitlines()
    assert [line.split()[0] for line in lines] == ["loss", "b", "a"]  # the best first


def test_runs_by_loss_are_the_test_runs_in_the_order_of_seeds() -> None:
    runs = [run("b", 1e-3, seed, "test", 0.5) for seed in (2, 0, 1)] + [run("a", 1e-3, 0, "validation", 0.5)]
    assert [one["seed"] for one in results.runs_by_loss(runs)["b"]] == [0, 1, 2]
    assert list(results.runs_by_loss([*runs, run("a", 1e-3, 5, "test", 0.5)])) == ["b", "a"]
    assert results.runs_by_loss(runs[3:]) == {}


def test_a_table_without_a_test_run_is_its_head() -> None:
    assert as_text(table([run("a", 1e-3, 0, "validation", 0.5)])).split() == ["loss", "seeds"]


def test_proxies_are_chosen_with_the_learning_rate_and_were_50_times_as_fast_before() -> None:
    runs = [run("a", 1e-3, 0, "validation", 0.3), run("a", 2e-3, 0, "validation", 0.4) | {"proxy_rate": 10.0}]
    assert chosen_rates(runs, "a") == (2e-3, 10)
    assert chosen_rates(runs[:1], "a") == (1e-3, 50)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Experiment]:
    """Experiments that would have been run: none trains here, and 0.002 is the best rate for all but triplet."""
    seen: list[Experiment] = []

    def write(self: Experiment, folder: Path, device: str | None = None) -> Path:
        seen.append(self)
        best = 7e-4 if self.loss == "triplet" else 2e-3
        far = abs(self.lr - best) + abs(self.proxy_rate - 10) / 1000  # proxies that learn 10 times as fast are best
        path = Path(folder) / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        found = run(self.loss, self.lr, self.seed, self.on, 1 - far) | {"proxy_rate": self.proxy_rate}
        recipe = {"lr": self.lr, "loss_lr": self.proxy_rate * self.lr, "seed": self.seed} | dict(self.changes)
        path.write_text(json.dumps(found | {"setting": self.setting, "recipe": recipe}))
        return path

    monkeypatch.setattr(Experiment, "write", write)
    return seen


def test_fill_chooses_then_tests_and_goes_on_where_it_was_broken(tmp_path: Path, made: list[Experiment]) -> None:
    def go() -> list[Path]:
        return fill(tmp_path, "omniglot", ["sup-ap", "triplet"], seeds=2, lrs=[7e-4, 2e-3, 6e-3])

    assert len(go()) == 6 + 4
    assert [(one.loss, one.lr, one.seed) for one in made[6:]] == [
        ("sup-ap", 2e-3, 0),
        ("triplet", 7e-4, 0),
        ("sup-ap", 2e-3, 1),
        ("triplet", 7e-4, 1),
    ]
    made.clear()
    assert go() == []
    (tmp_path / "test" / "triplet_seed1.json").unlink()
    assert [path.name for path in go()] == ["triplet_seed1.json"]


def test_fill_without_seeds_searches_rates_and_tests_nothing(tmp_path: Path, made: list[Experiment]) -> None:
    assert len(fill(tmp_path, "omniglot", ["triplet"], seeds=0, lrs=[7e-4, 2e-3])) == 2
    assert {one.on for one in made} == {"validation"}


def test_fill_takes_rates_from_elsewhere_or_one_as_it_is(tmp_path: Path, made: list[Experiment]) -> None:
    fill(tmp_path / "a", "omniglot", ["triplet"], seeds=1, lrs=[7e-4, 2e-3])
    made.clear()
    fill(tmp_path / "b", "mini-landmarks", ["triplet"], seeds=2, chosen_in=tmp_path / "a", changes=[("steps", 5)])
    assert [(one.setting, one.lr, one.on, one.changes) for one in made] == [
        ("mini-landmarks", 7e-4, "test", (("steps", 5),))
    ] * 2
    made.clear()
    fill(tmp_path / "c", "omniglot", ["sup-ap"], seeds=1, lrs=[0.5])
    assert [(one.lr, one.on) for one in made] == [(0.5, "test")]


def test_fill_tries_each_rate_of_proxies_with_each_learning_rate(tmp_path: Path, made: list[Experiment]) -> None:
    losses, rates = ["sup-ap", "arcface"], {"lrs": [2e-3, 6e-3], "proxy_rates": [5, 10, 50]}
    fill(tmp_path / "a", "omniglot", losses, seeds=1, **rates)
    tried = {loss: [(one.lr, one.proxy_rate) for one in made if one.loss == loss] for loss in losses}
    assert tried["sup-ap"] == [(2e-3, 50), (6e-3, 50), (2e-3, 50)]  # the last is the test
    assert tried["arcface"] == [(lr, times) for lr in (2e-3, 6e-3) for times in (5, 10, 50)] + [(2e-3, 10)]
    assert len({one.name for one in made}) == len(made)
    assert made[-1].recipe().loss_lr == pytest.approx(0.02)
    made.clear()
    assert fill(tmp_path / "a", "omniglot", losses, seeds=1, **rates) == []
    fill(tmp_path / "b", "omniglot", losses, seeds=1, chosen_in=tmp_path / "a")
    assert [(one.lr, one.proxy_rate) for one in made] == [(2e-3, 50), (2e-3, 10)]
    made.clear()
    fill(tmp_path / "c", "omniglot", losses, seeds=1, lrs=[1e-3], proxy_rates=[20])  # one of each is taken as it is
    assert [(one.proxy_rate, one.on) for one in made] == [(50, "test"), (20, "test")]


def test_fill_goes_on_until_no_best_rate_is_at_an_edge(tmp_path: Path, made: list[Experiment]) -> None:
    """Triplet is best at 7e-4, all others at 2e-3, and proxies at ten times that; the grid begins far from both."""
    losses, rates = ["triplet", "arcface"], {"lrs": [4e-3, 8e-3], "proxy_rates": [40, 80]}
    fill(tmp_path, "omniglot", losses, seeds=1, until_inside=True, **rates)
    for loss, lr, times in (("triplet", 7e-4, 50), ("arcface", 2e-3, 10)):
        tried = [(one.lr, one.proxy_rate) for one in made if one.loss == loss and one.on == "validation"]
        assert len(set(tried)) == len(tried)
        best_lr, best_times = next((one.lr, one.proxy_rate) for one in made if one.loss == loss and one.on == "test")
        assert min(lr for lr, _ in tried) < best_lr < max(lr for lr, _ in tried)
        assert best_lr == min({lr for lr, _ in tried}, key=lambda tried_lr: abs(tried_lr - lr))
        if loss == "arcface":
            assert min(t for _, t in tried) < best_times < max(t for _, t in tried)
            assert best_times == times
    made.clear()
    assert fill(tmp_path, "omniglot", losses, seeds=1, until_inside=True, **rates) == []


def test_a_table_mixes_no_rates_of_proxies(tmp_path: Path, made: list[Experiment]) -> None:
    fill(tmp_path, "omniglot", ["arcface"], seeds=1, lrs=[1e-3])
    with pytest.raises(ValueError, match=r"arcface_seed0\.json: got a run with other settings .*loss_lr: 0.05 there"):
        fill(tmp_path, "omniglot", ["arcface"], seeds=1, lrs=[1e-3], proxy_rates=[10])


@pytest.mark.parametrize("options", [{}, {"lrs": [1e-3], "chosen_in": "there"}])
def test_fill_wants_rates_from_one_place(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="`lrs`: got .*expected one of the two: learning rates, or"):
        fill(tmp_path, "omniglot", ["sup-ap"], **options)


def test_a_table_mixes_no_runs_of_other_settings(tmp_path: Path, made: list[Experiment]) -> None:
    """A trial of three steps must not pass for the run that was asked for afterwards."""
    small = [("steps", 3), ("channels", (4, 8))]
    fill(tmp_path, "omniglot", ["sup-ap"], seeds=1, lrs=[1e-3], changes=small)
    assert fill(tmp_path, "omniglot", ["sup-ap"], seeds=1, lrs=[1e-3], changes=small) == []
    for lr, changes, said in (
        (1e-3, [], "steps: 3 there, 300 here"),
        (1e-3, [("steps", 9)], "steps: 3 there, 9 here"),
        (2e-3, small, "lr: 0.001 there, 0.002 here"),
    ):
        with pytest.raises(ValueError, match=rf"sup-ap_seed0\.json: got a run with other settings .*{said}"):
            fill(tmp_path, "omniglot", ["sup-ap"], seeds=1, lrs=[lr], changes=changes)
    with pytest.raises(ValueError, match="setting: 'omniglot' there, 'mini-landmarks' here"):
        fill(tmp_path, "mini-landmarks", ["sup-ap"], seeds=1, lrs=[1e-3])


@pytest.mark.parametrize(
    ("losses", "options", "message"),
    [
        ([], {}, "`losses`: got none"),
        (["sup-ap"], {"seeds": -1}, "`seeds`: got -1, expected an integer"),
        (["sup-ap"], {"processes": 0}, "`processes`: got 0, expected an integer"),
        (["sup-ap"], {"lrs": [1e-3, -1.0]}, "`lr`: got -1.0, expected a number above 0"),
        (["arcface"], {"proxy_rates": [10, 0]}, "`proxy_rate`: got 0, expected a finite number above 0"),
        (["sup-ap"], {"proxy_rates": []}, "`proxy_rates`: got none, expected one or more"),
        (["sup-ap"], {"changes": [("rate", 1)]}, "`rate`: got a setting that does not exist"),
        (["sup-ap", "best"], {"lrs": [1e-3, 2e-3]}, "`loss`: got 'best', expected 'sup-ap'"),
    ],
)
def test_fill_names_what_makes_no_run_before_the_first(
    losses: list[str], options: dict[str, Any], message: str, tmp_path: Path, made: list[Experiment]
) -> None:
    with pytest.raises(ValueError, match=message):
        fill(tmp_path, "omniglot", losses, **{"lrs": [1e-3]} | options)
    assert made == []


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "[]", '{"loss": "sup-ap"}'], ids=["broken", "deep", "list", "part"]
)
def test_fill_makes_nothing_beside_a_run_that_is_damaged(text: str, tmp_path: Path, made: list[Experiment]) -> None:
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "sup-ap_seed0.json").write_text(text)
    with pytest.raises(ValueError, match=r"sup-ap_seed0\.json: got no run of results .*; remove it to make it anew"):
        fill(tmp_path, "omniglot", ["sup-ap"], seeds=1, lrs=[1e-3])
    assert made == []


def test_load_results_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="`folder`: got .*which holds no results"):
        load_results(tmp_path)
    (tmp_path / "test").mkdir()
    for text, message in (("{", "got no JSON"), ("[" * 100_000, "got no JSON"), ("[]", "got a list, expected a run")):
        (tmp_path / "test" / "sup-ap_seed0.json").write_text(text)
        with pytest.raises(ValueError, match=rf"sup-ap_seed0\.json: {message}"):
            load_results(tmp_path)
    (tmp_path / "test" / "sup-ap_seed0.json").write_text('{"metrics": {"mAP@R/level0": 0.5}}')
    with pytest.raises(
        ValueError, match=r"sup-ap_seed0\.json`: got the metric 'mAP@R/level0'.* expected 'mAP@R/column0'"
    ):
        load_results(tmp_path)


def test_the_command_line_makes_and_prints_a_table(
    tmp_path: Path, made: list[Experiment], capsys: pytest.CaptureFixture[str]
) -> None:
    losses = ["--losses", "sup-ap", "arcface", "--lrs", "7e-4", "2e-3", "--seeds", "1", "--set", "steps=3"]
    losses += ["--proxy-rates", "10", "100"]
    assert main(["results", str(tmp_path), "--setting", "omniglot", *losses]) == 0
    assert {one.proxy_rate for one in made if one.loss == "arcface"} == {10, 100}
    assert made[0].changes == (("steps", 3),)
    first = capsys.readouterr().out
    assert main(["results", str(tmp_path)]) == 0
    assert capsys.readouterr().out == first
    assert "sup-ap" in first
    assert results.CHOSEN_BY in first


@pytest.mark.slow
def test_two_processes_write_what_one_does(tmp_path: Path) -> None:
    tiny = [("steps", 2), ("batch_size", 16), ("image_size", 16), ("channels", (4, 8)), ("embedding_size", 8)]
    for processes in (1, 2):
        fill(
            tmp_path / str(processes),
            "mini-landmarks",
            ["sup-ap", "triplet"],
            seeds=1,
            lrs=[1e-3],
            changes=tiny,
            device="cpu",
            processes=processes,
        )
    alone, together = (load_results(tmp_path / str(processes)) for processes in (1, 2))
    assert [(one["loss"], one["seed"]) for one in alone] == [("sup-ap", 0), ("triplet", 0)]
    for one, other in zip(alone, together, strict=True):
        assert other["metrics"]["mAP/column0"] == pytest.approx(one["metrics"]["mAP/column0"], abs=1e-3)


def test_rankings_of_the_first_seed_are_read_in_the_order_of_the_names(tmp_path: Path) -> None:
    (tmp_path / "test").mkdir()
    for name, value in (("triplet_seed0", 3), ("sup-ap_seed0", 1), ("sup-ap_seed1", 2)):
        np.savez_compressed(tmp_path / "test" / f"{name}.npz", retrieved=np.full((2, 4), value), ap=np.zeros(2))
        (tmp_path / "test" / f"{name}.json").write_text("{}")
    found = results.load_rankings(tmp_path)
    assert list(found) == ["sup-ap", "triplet"]
    assert found["sup-ap"]["retrieved"].tolist() == [[1] * 4] * 2
    assert list(results.load_rankings(tmp_path, seeds=2)) == ["sup-ap"]
    with pytest.raises(FileNotFoundError, match=r"holds no rankings"):
        results.load_rankings(tmp_path / "test")


def test_every_loss_has_a_name_of_its_own() -> None:
    assert set(NAMES) == set(LOSSES)
    assert len(set(NAMES.values())) == len(LOSSES)


def test_a_folder_of_results_is_found_beside_the_package() -> None:
    assert (results.results_folder("omniglot-drawings") / "drawings.png").is_file()
    with pytest.raises(FileNotFoundError, match=r"`name`: got 'nowhere', expected a folder of book/results"):
        results.results_folder("nowhere")


@pytest.mark.parametrize(
    ("values", "sign"),
    [((0.1, 0.2, 0.15), 1), ((-0.1, -0.2, -0.15), -1), ((-0.1, 0.2, 0.15), 0), ((0.3,), 0), ((0.0, 0.0), 0)],
)
def test_the_sign_of_an_interval_is_that_of_all_it_holds(values: tuple[float, ...], sign: int) -> None:
    interval = Interval.of(values)
    assert interval.sign == sign
    if len(values) > 1:
        ends = interval.mean - interval.half, interval.mean + interval.half
        assert (min(ends) > 0) - (max(ends) < 0) == sign


def test_a_table_as_a_frame_has_names_seeds_and_the_best_first() -> None:
    runs = [run("triplet", 1e-3, seed, "test", value) for seed, value in enumerate((0.3, 0.5))]
    frame = results.as_frame(table([*runs, run("sup-ap", 1e-3, 0, "test", 0.9)], ("mAP@R/column0", "gap/test")))
    assert list(frame.index) == ["Sup-AP", "triplet"]
    assert list(frame.columns) == ["seeds", "mAP@R", "gap, test"]
    assert frame.loc["Sup-AP"].tolist() == [1, "0.900", "0.100"]
    assert frame.loc["triplet", "mAP@R"] == "0.400\u00a0±\u00a01.271"


def test_a_variant_takes_the_rates_of_the_loss_it_varies(tmp_path: Path, made: list[Experiment]) -> None:
    fill(tmp_path / "a", "omniglot", ["sup-ap"], seeds=1, lrs=[7e-4, 2e-3])
    made.clear()
    fill(tmp_path / "b", "omniglot", ["sup-ap-rho10"], seeds=1, chosen_in=tmp_path / "a")
    assert [(one.loss, one.lr) for one in made] == [("sup-ap-rho10", 2e-3)]
    made.clear()
    fill(tmp_path / "c", "omniglot", ["sup-ap-rho10"], seeds=1, lrs=[7e-4, 2e-3])
    assert [one.on for one in made] == ["validation", "validation", "test"], "its own, where they are searched"
