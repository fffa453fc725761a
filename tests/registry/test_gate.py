"""The promotion gate: what it lets pass, what needs a reason, and how often it errs."""

from __future__ import annotations

import numpy as np
import pytest

from registry.exceptions import ReasonNeededError
from registry.gate import suggestion_for
from registry.models import ModelVersion
from registry.paired import ERROR_RATE, Verdict, compare_classes, compare_numbers
from registry.services import activate_version, promote_version, register_version
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import draft_on, trained_session

WORLDS = 400
#: Three standard deviations of a share counted in so many worlds.
SLACK = 3 * (ERROR_RATE * (1 - ERROR_RATE) / WORLDS) ** 0.5


def verdicts_of_classes(candidate: float, other: float) -> list[Verdict]:
    """Judge models that are right with these probabilities, in many worlds."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(WORLDS):
        right, wrong = rng.random((2, 300))
        y = ["yes"] * 300
        ours = np.where(right < candidate, "yes", "no").tolist()
        theirs = np.where(wrong < other, "yes", "no").tolist()
        found.append(compare_classes(y, ours, theirs).verdict)
    return found


@pytest.mark.unit
def test_gate_lets_an_equal_classifier_pass_at_its_error_rate_only():
    found = verdicts_of_classes(0.8, 0.8)

    assert found.count(Verdict.BETTER) / WORLDS <= ERROR_RATE + SLACK
    assert found.count(Verdict.WORSE) / WORLDS <= ERROR_RATE + SLACK


@pytest.mark.unit
def test_gate_lets_a_better_classifier_pass_and_no_worse_one():
    found = verdicts_of_classes(0.9, 0.75)

    assert found.count(Verdict.BETTER) / WORLDS >= 0.95
    assert Verdict.WORSE not in found


@pytest.mark.unit
@pytest.mark.parametrize(
    ("spread", "verdict", "least", "most"),
    [(1.0, Verdict.BETTER, 0, 0.12), (0.7, Verdict.BETTER, 0.9, 1)],
)
def test_gate_judges_numbers_by_their_errors(spread, verdict, least, most):
    rng, y = np.random.default_rng(7), np.zeros(150)
    found = [
        compare_numbers(y, rng.normal(0, spread, 150), rng.normal(0, 1, 150)).verdict
        for _ in range(100)
    ]

    assert least <= found.count(verdict) / 100 <= most


@pytest.mark.unit
def test_model_is_never_better_than_itself():
    y = list("abab" * 20)

    assert compare_classes(y, y, y).verdict == Verdict.ALIKE


def noisy(rows: int = 600) -> bytes:
    """Return a table whose class follows from one column, another being noise."""
    rng = np.random.default_rng(3)
    telling, noise = rng.random((2, rows)).round(4).tolist()
    lines = [
        f"{a},{b},{'yes' if a > 0.5 else 'no'}"
        for a, b in zip(telling, noise, strict=True)
    ]
    return "\n".join(["telling,noise,bought", *lines]).encode()


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner, noisy(), name="Noisy")


def registered(dataset, feature: str, actor, **said: object) -> ModelVersion:
    said.setdefault("split", {"train_ratio": 0.6})
    draft = draft_on(dataset, "bought", feature, **said)
    version = register_version(trained_session(draft, actor), name="noisy", actor=actor)
    return ModelVersion.objects.with_results().get(pk=version.pk)


@pytest.mark.django_db
def test_better_version_comes_into_service_without_a_reason(dataset, owner):
    weak = registered(dataset, "noise", owner)
    activate_version(weak, actor=owner)
    strong = registered(dataset, "telling", owner)

    suggestion = suggestion_for(strong)
    promote_version(strong, actor=owner)

    assert suggestion.verdict == Verdict.BETTER
    assert suggestion.sentence.startswith(f"It is better than {weak.version}. Accuracy")
    # The noise repeats in some rows, which the other then has learned from.
    assert 230 <= suggestion.paired.rows <= 240


@pytest.mark.django_db
def test_version_below_its_baseline_needs_a_reason_even_as_the_first(dataset, owner):
    weak = registered(dataset, "noise", owner)

    with pytest.raises(ReasonNeededError, match=r"baseline.*Give a reason"):
        promote_version(weak, reason=" ", actor=owner)

    promote_version(weak, reason="Only to try it.", actor=owner)
    assert ModelVersion.objects.get().is_active


@pytest.mark.django_db
def test_equal_version_needs_a_reason(dataset, owner):
    first = registered(dataset, "telling", owner)
    promote_version(first, actor=owner)
    second = registered(dataset, "telling", owner)

    with pytest.raises(ReasonNeededError, match="cannot be told apart"):
        promote_version(second, actor=owner)


@pytest.mark.django_db
def test_rows_the_version_in_service_learned_from_are_left_out(dataset, owner):
    first = registered(dataset, "telling", owner, split={"train_ratio": 0.9})
    promote_version(first, actor=owner)
    second = registered(
        dataset, "telling", owner, split={"train_ratio": 0.5, "random_seed": 1}
    )

    rows = suggestion_for(second).paired.rows

    # Of 300 test rows, those among the other's 540: about one in ten is left.
    assert 20 <= rows <= 50


@pytest.mark.django_db
def test_version_of_another_target_cannot_be_compared(dataset, owner):
    first = registered(dataset, "telling", owner)
    promote_version(first, actor=owner)
    draft = draft_on(
        dataset, "telling", "noise", "bought", algorithm="linear_regression"
    )
    session = trained_session(draft, owner)
    other = register_version(session, name="noisy", actor=owner)

    suggestion = suggestion_for(other)

    assert suggestion.verdict == Verdict.UNKNOWN
    assert suggestion.sentence.startswith("It cannot be compared: it predicts another")


@pytest.mark.django_db
def test_activation_by_page_and_api_goes_through_the_gate(
    client, owner, project, dataset
):
    first = registered(dataset, "telling", owner)
    promote_version(first, actor=owner)
    second = registered(dataset, "telling", owner)
    client.force_login(owner)
    api = f"/api/projects/{project.key}/models/noisy/"
    page = f"/models/{second.model_id}/activate/"
    said = {"version": second.version}

    shown = client.get(page, said)
    refused = client.post(page, said)
    refused_by_api = client.post(f"{api}activate/", said)
    told = client.get(f"{api}versions/{second.version}/suggestion/").json()
    done = client.post(f"{api}activate/", {**said, "reason": "Newer."})

    assert "cannot be told apart" in shown.text
    assert "Give a reason" in refused.text
    assert refused_by_api.status_code == 400
    assert refused_by_api.json()["errors"][0]["attr"] == "reason"
    assert (told["verdict"], told["needs_reason"]) == ("alike", True)
    assert done.status_code == 200
