"""The page that configures and trains a model: presets, sections, how long it takes."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.urls import reverse

from datamine.work.children import run_inline
from experiments.drafts import Draft
from experiments.models import Experiment, TrainingSession
from experiments.sessions import create_and_start
from registry.models import Retraining
from registry.services import register_version
from tests.experiments.families.markets import prices_csv
from tests.factories.datasets import imported_dataset
from tests.factories.registry import flowers_in_service

pytestmark = pytest.mark.django_db
EXAMPLE = settings.BASE_DIR / "static/examples/example_dataset.csv"
QUICK = {"epochs": 10, "window": 5, "batch_size": 256, "days": 370}


@pytest.fixture
def price_table(project, owner):
    table = prices_csv(450, ("BTC", "ETH"))
    return imported_dataset(project, owner, table, name="Prices")


@pytest.fixture
def model(price_table, owner):
    draft = Draft(
        version=price_table.active_version,
        name="Regimes",
        algorithm="regime",
        target_column="",
        feature_columns=(),
        hyperparameters=QUICK,
    )
    session = create_and_start(draft, actor=owner)
    run_inline(session)
    # A time is only a basis beyond what every session takes, however fast the machine.
    session.training_time_seconds = 20
    session.save(update_fields=["training_time_seconds"])
    return register_version(session, name="btc_regime_detector", actor=owner).model


def page(client, model, **query) -> str:
    return client.get(
        reverse("registry:retrain", args=[model.pk]), query
    ).content.decode()


def test_sections_are_those_of_the_family(client, owner, model):
    client.force_login(owner)

    shown = page(client, model)

    titles = ("Preset", "Data", "Hyperparameters", "Regimes")
    headings = [shown.index(f"<legend>{title}</legend>") for title in titles]
    assert headings == sorted(headings)
    assert "<legend>Volatility</legend>" not in shown
    assert "p-min_r2" not in shown
    assert 'name="p-days" value="370"' in shown


def test_rows_are_chosen_under_data_of_any_algorithm(client, project, owner):
    plain = flowers_in_service(project, owner).model
    client.force_login(owner)

    shown = page(client, plain)

    data, values = shown.index("<legend>Data"), shown.index("<legend>Hyperparameters")
    assert data < shown.index('name="rows"') < values < shown.index('name="p-')


def test_preview_tells_what_is_learned_from(client, project, owner):
    plain = flowers_in_service(project, owner).model
    client.force_login(owner)
    address = reverse("registry:retrain", args=[plain.pk])
    said = filled(page(client, plain)) | {"source": "records"}

    usual = page(client, plain)
    together = client.post(address, {**said, "with_training_rows": "on"}).text
    said.pop("with_training_rows", None)
    alone = client.post(address, said).text

    rows = f'<p class="type">{plain.active_version.session.base_version}'
    told = "0 records with their outcome"
    assert [told in shown for shown in (usual, together, alone)] == [False, True, True]
    assert [rows in shown for shown in (usual, together, alone)] == [True, True, False]


def test_a_preset_fills_the_form_and_the_estimate(client, owner, model):
    client.force_login(owner)

    shown = page(client, model, preset="deep")

    assert 'name="p-days" value="1095"' in shown
    assert 'name="p-epochs" value="200"' in shown
    assert 'value="deep" checked' in shown
    assert "1 session of this algorithm here, on the CPU" in shown


def test_what_fits_into_a_time_is_proposed(client, owner, model):
    client.force_login(owner)

    assert 'value="deep" checked' in page(client, model, minutes="5000")
    assert "No preset is likely to end" in page(client, model, minutes="0.001")
    assert 'value="current" checked' in page(client, model, minutes="x")


def filled(form: str) -> dict[str, str]:
    """Return what a browser would send of a form as it is shown."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        parts = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if parts["type"] not in {"radio", "checkbox"} or " checked" in tag:
            found[parts["name"]] = parts.get("value", "")
    for name, options in re.findall(
        r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def change(client, address, form, **changes) -> str:
    """Return the form as it comes back after something in it was changed."""
    said = filled(form) | changes
    return client.post(address, said, headers={"HX-Request": "true"}).text


def test_a_preset_sets_what_it_names_and_leaves_the_rest(client, owner, model):
    client.force_login(owner)
    address = reverse("registry:retrain", args=[model.pk])

    typed = change(client, address, page(client, model), **{"p-window": "9"})
    deep = change(client, address, typed, preset="deep")
    by_hand = change(client, address, deep, **{"p-epochs": "150"})

    assert [filled(form)["preset"] for form in (typed, deep, by_hand)] == [
        "custom", "deep", "custom",
    ]  # fmt: skip
    values = filled(by_hand)
    names = ("p-days", "p-epochs", "p-patience", "p-window")
    assert [values[name] for name in names] == ["1095", "150", "20", "9"]
    assert filled(change(client, address, by_hand, preset="current"))["p-days"] == "370"


def test_recommended_values_are_chips_and_more_is_allowed(client, owner, model):
    client.force_login(owner)
    address = reverse("registry:retrain", args=[model.pk])

    shown = page(client, model)
    beyond = change(client, address, shown, **{"p-train_val_split": "0.65"})
    wrong = change(client, address, shown, **{"p-train_val_split": "0.5"})

    assert 'aria-pressed="true" title="By default">80/20' in shown
    assert "Some values do not fit" not in beyond
    assert "train_val_split must be a number between 0.6 and 0.9" in wrong


def test_the_estimate_warns_of_more_than_twenty_minutes(client, owner, model):
    TrainingSession.objects.update(training_time_seconds=2000)
    client.force_login(owner)

    shown = page(client, model, preset="deep")

    assert "more than 20 minutes" in shown


def test_training_is_told_where_the_model_is(client, owner, model):
    client.force_login(owner)
    address = reverse("registry:retrain", args=[model.pk])
    said = filled(page(client, model)) | {"p-epochs": "11", "start": "1"}

    there = client.post(address, said, follow=True)
    part = client.get(model.get_absolute_url(), headers={"HX-Request": "true"})

    job = Retraining.objects.get()
    assert job.session.experiment.hyperparameters["epochs"] == 11
    assert f"{job.job_id} has started." in there.text
    assert 'hx-trigger="every 2s"' in part.text
    assert "<html" not in part.text
    assert "HX-Refresh" not in part.headers


def test_the_last_training_that_ends_loads_the_page_anew(client, owner, model):
    client.force_login(owner)

    part = client.get(model.get_absolute_url(), headers={"HX-Request": "true"})

    assert part["HX-Refresh"] == "true"


def test_the_dialog_asks_for_the_form_alone(client, owner, member, model):
    client.force_login(owner)
    shown = client.get(model.get_absolute_url()).text
    address = reverse("registry:retrain", args=[model.pk])
    part = client.get(address, headers={"HX-Request": "true"}).text
    client.force_login(member)
    others = client.get(model.get_absolute_url()).text

    assert f'hx-get="{address}" hx-target="#dialog-body" data-opens=' in shown
    assert part.lstrip().startswith("<form")
    assert "data-opens" not in others


def test_a_family_makes_a_model_on_the_page(client, owner, project, price_table):
    client.force_login(owner)
    address = reverse("registry:train", args=[project.key])
    shown = client.get(address).text
    volatility = change(client, address, shown, algorithm="volatility")
    said = filled(volatility)

    client.post(address, said | {"start": "1"})

    assert filled(shown)["algorithm"] == "regime"
    assert (filled(shown)["preset"], said["preset"]) == ("full", "defaults")
    assert (said["name"], said["p-days"]) == ("volatility_model", "365")
    assert said["rows"] == str(price_table.active_version.pk)
    job = Retraining.objects.get()
    assert (job.model.name, job.has_custom_config) == ("volatility_model", False)


def test_without_rows_a_family_says_what_it_needs(client, owner, project):
    client.force_login(owner)
    address = reverse("registry:train", args=[project.key])

    shown = client.get(address).text
    wanted = re.findall(r"columns of this family: ([^.]+)\.", shown)[0]
    refused = client.post(address, filled(shown) | {"start": "1"})

    assert "No dataset of this project has the columns of this family" in shown
    upload = reverse("datasets:upload", args=[project.key])
    asked = re.findall(rf'{upload}\?needs=([^"]+)"', shown)
    assert {unquote(names) for names in asked} == {wanted}
    assert "Dataset version: This field is required." in refused.text
    assert not Retraining.objects.exists()


def test_what_is_missing_is_said_once_with_where_to_fill_it(client, owner, project):
    lines = EXAMPLE.read_text().splitlines()
    period, _, _, *rest = lines[1].split(",")
    lines[1] = ",".join([period, "", "", *rest])
    table = imported_dataset(project, owner, "\n".join(lines).encode())
    client.force_login(owner)

    shown = client.get(reverse("registry:train", args=[project.key])).text

    assert "“duration”, “depth” have missing values. Fill them with" in shown
    assert shown.count("missing values.") == 1
    ids = {column.name: column.id for column in table.active_version.schema}
    address = reverse("datasets:prepare", args=[table.pk])
    query = (
        f"version=1&step=fill_missing&column={ids['duration']}&column={ids['depth']}"
    )
    assert f'href="{address}?{query}"'.replace("&", "&amp;") in shown


def test_another_horizon_brings_its_own_gap(client, owner, model):
    client.force_login(owner)
    url = reverse("model-train", args=[model.project.key, model.name])

    answer = client.post(
        url, {"config": QUICK | {"horizon": 14}}, content_type="application/json"
    )

    assert answer.status_code == 202
    newest = Experiment.objects.order_by("-pk")[0]
    assert Retraining.objects.get().session.experiment == newest
    assert (newest.hyperparameters["horizon"], newest.split["gap"]) == (14, 14)


def test_defaults_are_told_with_their_estimate(client, owner, model):
    client.force_login(owner)
    url = reverse("model-default-params", args=[model.project.key, model.name])

    told = client.get(url).json()

    assert (told["model_name"], told["model_type"]) == (model.name, "regime")
    wanted = {
        "days": 730, "epochs": 100, "patience": 15, "batch_size": 32,
        "learning_rate": 0.001, "train_val_split": 0.8, "hidden_size": None,
        "symbols": None, "min_r2": None,
    }  # fmt: skip
    assert {name: told["config"][name] for name in wanted} == wanted
    assert told["current"]["days"] == 370
    assert told["bounds"]["days"] == {"min": 90, "max": 1825}
    assert told["estimate"]["basis"] == "1 session of this algorithm here, on the CPU"
