"""From which probability on a class is answered: weighed, decided, and followed."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from experiments import sessions
from experiments.decisions import decide, decision_of, weigh
from experiments.evaluation.thresholds import Costs
from experiments.exceptions import DecisionError
from experiments.models import Decision
from experiments.services import create_experiment
from registry import serving
from registry.services import register_version
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import draft_on, trained_session

#: A row whose two classes are about as likely.
UNSURE = {"dose": 50, "kind": "a"}


def patients(rows: int = 160) -> bytes:
    """Return a table in which a higher dose means illness more often."""
    lines = ["dose,kind,state"]
    for number in range(rows):
        dose = number * 37 % 100
        ill = dose + number * 53 % 61 - 30 > 50
        lines.append(f"{dose},{'ab'[number % 2]},{'ill' if ill else 'well'}")
    return ("\n".join(lines) + "\n").encode()


def trained(project, owner, **split):
    dataset = imported_dataset(project, owner, patients(), name="Patients")
    draft = draft_on(
        dataset, "state", "dose", "kind", algorithm="logistic_regression", split=split
    )
    return trained_session(draft, owner)


@pytest.fixture
def session(project, owner):
    """A trained session of two classes, with three folds and a test part."""
    return trained(project, owner, cv_folds=3)


def page_of(session):
    place = [session.experiment_id, session.number]
    return reverse("experiments:threshold", args=place)


def asked(client, session, rows):
    address = f"/api/experiments/{session.experiment_id}/predict/"
    body = json.dumps({"rows": rows})
    return client.post(address, body, content_type="application/json").json()


@pytest.mark.django_db
def test_page_weighs_costs_and_saves_what_was_chosen(client, session, owner):
    client.force_login(owner)
    costs = {"label": "0", "false_alarm": "1", "miss": "9", "threshold": ""}

    shown = client.get(page_of(session), costs)
    weighing = shown.context["weighing"]
    saved = client.post(page_of(session), costs, follow=True)

    assert weighing.chosen.threshold < 0.5
    assert weighing.chosen.cost(Costs(1, 9)) < weighing.usual.cost(Costs(1, 9))
    decision = Decision.objects.get()
    assert (decision.label, decision.threshold) == ("ill", weighing.threshold)
    page = saved.content.decode()
    result_page = client.get(session.get_absolute_url()).content.decode()
    assert "“ill” is answered from a probability of" in result_page
    assert page_of(session) in result_page
    assert "On the test rows, which had no part in it" in page
    assert "Back to the likelier class" in page
    again = saved.context["weighing"]
    assert (again.costs, again.threshold) == (Costs(1, 9), weighing.threshold)


@pytest.mark.django_db
def test_threshold_of_ones_own_and_back_again(client, session, owner):
    client.force_login(owner)
    said = {"label": "0", "false_alarm": "1", "miss": "1", "threshold": "0.3"}

    client.post(page_of(session), said)
    own = decision_of(session.result)
    client.post(page_of(session), said | {"usual": "1"})

    assert own == {"label": "ill", "threshold": 0.3}
    assert decision_of(session.result) is None
    assert Decision.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"miss": "-1"}, {"threshold": "2"}, {"label": "7"}, {"false_alarm": "nan"}],
)
def test_wrong_values_change_nothing(client, session, owner, wrong):
    client.force_login(owner)
    said = {"label": "0", "false_alarm": "1", "miss": "1", "threshold": ""}

    response = client.post(page_of(session), said | wrong)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_viewer_sees_and_stranger_does_not(client, session, viewer, stranger):
    client.force_login(viewer)
    assert "Answer “" not in client.get(page_of(session)).content.decode()
    assert client.post(page_of(session), {"usual": "1"}).status_code == 403

    client.force_login(stranger)
    assert client.get(page_of(session)).status_code == 404
    assert (
        client.get(f"/api/experiments/{session.experiment_id}/decision/").status_code
        == 404
    )


@pytest.mark.django_db
def test_page_without_rows_to_choose_on_says_so(client, project, owner):
    session = trained(project, owner)
    client.force_login(owner)

    page = client.get(page_of(session)).content.decode()

    assert "the test rows must not choose" in page
    with pytest.raises(DecisionError, match="train with folds first"):
        weigh(session.result, "ill", Costs())


@pytest.mark.django_db
def test_predictions_follow_the_decision_and_name_it(client, session, owner):
    client.force_login(owner)
    before = asked(client, session, [UNSURE])
    share = before["predictions"][0]["probabilities"]["ill"]
    other = before["predictions"][0]["prediction"]
    threshold = share - 0.01 if other == "well" else share + 0.01

    decide(
        session.result,
        weigh(session.result, "ill", Costs(), threshold),
        actor=owner,
    )
    after = asked(client, session, [UNSURE])

    assert "decision" not in before
    assert after["decision"] == {"label": "ill", "threshold": threshold}
    assert after["predictions"][0]["prediction"] != other
    assert after["predictions"][0]["probabilities"]["ill"] == share
    assert "is answered from a probability of" in after["notices"][-1]


@pytest.mark.django_db
def test_registered_version_keeps_its_decision(session, owner):
    result = session.result
    decide(result, weigh(result, "ill", Costs(), 0.0), actor=owner)
    sure = register_version(session, name="patients", actor=owner)
    decide(result, None, actor=owner)
    usual = register_version(session, name="patients", actor=owner)

    rows = [{"dose": 0, "kind": "a"}]
    first, second = (serving.predict_rows(v, rows) for v in (sure, usual))

    assert [row["prediction"] for row in first.predictions] == ["ill"]
    assert first.decision == {"label": "ill", "threshold": 0.0}
    assert [row["prediction"] for row in second.predictions] == ["well"]
    assert second.decision is None


@pytest.mark.django_db
def test_api_decides_by_costs_and_returns_what_it_brings(client, session, owner):
    client.force_login(owner)
    address = f"/api/experiments/{session.experiment_id}/decision/"
    json_type = {"content_type": "application/json"}

    empty = client.get(address).json()
    said = {"label": "ill", "cost_false_alarm": 1, "cost_miss": 9}
    made = client.post(address, said, **json_type).json()
    refused = client.post(address, said | {"label": "dead"}, **json_type)
    gone = client.delete(address).json()

    assert (empty["threshold"], empty["classes"]) == (None, ["ill", "well"])
    assert (made["label"], made["basis"]) == ("ill", "folds")
    assert made["on_basis"]["recall"] > 0.8
    assert made["on_test"]["hits"] + made["on_test"]["misses"] > 0
    assert refused.status_code == 400
    assert gone["threshold"] is None


@pytest.mark.django_db
def test_next_session_begins_without_a_decision(session, owner):
    decide(session.result, weigh(session.result, "ill", Costs(), 0.2), actor=owner)

    again = sessions.start_session(session.experiment, actor=owner)
    run_inline(again)

    assert decision_of(again.result) is None


@pytest.mark.django_db
def test_class_names_are_never_markup(client, project, owner):
    table = patients().replace(b"well", b"<b>well</b>")
    dataset = imported_dataset(project, owner, table, name="Marked")
    draft = draft_on(dataset, "state", "dose", split={"cv_folds": 3})
    experiment = create_experiment(draft, actor=owner)
    session = sessions.start_session(experiment, actor=owner)
    run_inline(session)
    client.force_login(owner)

    page = client.get(page_of(session)).content.decode()

    assert "&lt;b&gt;well&lt;/b&gt;" in page
    assert "<b>well</b>" not in page
