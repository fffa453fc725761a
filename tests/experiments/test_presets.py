"""Presets that staff keep, and how long training takes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from experiments.algorithms.catalogue import algorithm, algorithms
from experiments.choices import SessionStatus
from experiments.drafts import Draft
from experiments.learning.plans import SplitSettings
from experiments.models import Experiment, Preset, TrainingSession
from experiments.outlooks import outlook_for, preset_within
from experiments.sessions import create_and_start
from tests.experiments.families.markets import prices_csv
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import ResultFactory

pytestmark = pytest.mark.django_db
VOLATILITY = algorithm("volatility")
SPLIT = SplitSettings()


def outlook(**values):
    return outlook_for(VOLATILITY, values, rows=10_000, split=SPLIT)


@pytest.fixture
def price_table(project, owner):
    return imported_dataset(project, owner, prices_csv(300), name="Prices")


def timed(version, owner, seconds, epochs=40, **values):
    """Make a completed session that took so long."""
    draft = Draft(
        version=version,
        name="Timed",
        algorithm="volatility",
        target_column="",
        feature_columns=(),
        hyperparameters=values,
    )
    session = create_and_start(draft, actor=owner)
    TrainingSession.objects.filter(pk=session.pk).update(
        status=SessionStatus.COMPLETED,
        training_time_seconds=seconds,
        epochs_completed=epochs,
    )
    return session


def test_every_shipped_preset_is_a_row_with_its_values():
    for entry in algorithms():
        parse = entry.parameters_model().parse
        kept = [(p.name, p.title, parse(p.values)) for p in Preset.objects.of(entry)]
        assert kept == [(p.name, p.title, parse(p.values)) for p in entry.presets]
    rows = Preset.objects.filter(algorithm="regime").values_list("title", flat=True)
    assert list(rows) == ["Quick Test", "Standard", "Full Training", "Deep Research"]


def test_presets_of_the_market_are_those_that_were_asked_for():
    found = {
        p.name: tuple(p.values[n] for n in ("days", "epochs", "patience"))
        for p in Preset.objects.of(VOLATILITY)
    }

    assert found == {
        "quick": (90, 20, 10),
        "standard": (365, 50, 12),
        "full": (730, 100, 15),
        "deep": (1095, 200, 20),
    }


def test_what_staff_keep_is_what_is_offered(client, owner, project, price_table):
    Preset.objects.filter(algorithm="regime").exclude(name="quick").delete()
    Preset.objects.filter(name="quick").update(title="A glance", values={"days": 120})
    client.force_login(owner)

    said = {"dataset": price_table.pk, "target": "computed-regime"}
    page = client.get(reverse("experiments:create", args=[project.key]), said)
    told = client.get(reverse("algorithm-params", args=["regime"])).json()

    assert "A glance (1–2 min GPU, 2–5 min CPU)" in page.content.decode()
    assert [preset["values"] for preset in told["presets"]] == [{"days": 120}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"algorithm": "oracle"}, "There is no algorithm “oracle”"),
        ({"values": {"days": 89}}, "days must be between 90 and 1825"),
        ({"values": [1]}, "Name hyperparameters"),
    ],
)
def test_presets_that_cannot_be_are_refused(changes, sentence):
    preset = Preset(**{"algorithm": "regime", "name": "x", "title": "X"} | changes)

    with pytest.raises(ValidationError, match=sentence):
        preset.full_clean()


def test_staff_change_presets_in_the_admin(client, admin_user):
    client.force_login(admin_user)
    preset = Preset.objects.get(algorithm="regime", name="quick")
    listed = client.get(reverse("admin:experiments_preset_changelist"), {"q": "quick"})
    url = reverse("admin:experiments_preset_change", args=[preset.pk])
    said = {
        "algorithm": "regime", "name": "quick", "title": "Quick Test", "place": 0,
        "expected": "a minute",
    }  # fmt: skip

    refused = client.post(url, said | {"values": '{"epochs": 5}'})
    client.post(url, said | {"values": '{"epochs": 10}'})

    preset.refresh_from_db()
    assert "Quick Test" in listed.content.decode()
    assert "epochs must be between 10 and 500" in refused.content.decode()
    assert (preset.values, preset.expected) == ({"epochs": 10}, "a minute")


def test_before_any_session_the_rule_of_thumb_holds():
    """Years of days times hundreds of epochs times 5 minutes, 2 to 4 times on a CPU."""
    found = outlook(days=730, epochs=50)

    assert (found.low, found.high) == (2 * 300, 4 * 300)
    assert found.basis == "a rule of thumb; no session was timed here yet"
    assert not found.is_long
    assert outlook(days=1095, epochs=100).is_long


def test_a_rule_of_thumb_says_no_less_than_a_minute():
    found = outlook(days=90, epochs=50)

    # 37 s on a GPU, twice to four times that on a CPU.
    assert (found.low, found.high) == (
        pytest.approx(74, abs=0.1),
        pytest.approx(147.9, abs=0.1),
    )
    assert (outlook(days=90, epochs=10).low, outlook(days=90, epochs=20).high) == (
        60,
        60,
    )


def test_other_families_say_first_what_they_took_elsewhere(price_table, owner):
    def first(name, **values):
        return outlook_for(algorithm(name), values, rows=6000, split=SPLIT)

    found = first("exoplanet", epochs=50)

    # 6,000 rows, 50 epochs, 0.2 to 0.6 ms each, and what every session takes.
    assert (found.low, found.high) == pytest.approx((60.6, 180.6))
    assert found.basis == "one core of another machine; none was timed here yet"
    sizes = [first("stars", config=c).high for c in ("compact", "optimal", "large")]
    assert sizes == sorted(sizes)
    assert first("neural_network") is None


def test_networks_put_together_by_hand_tell_of_their_like_alone(price_table, owner):
    def own(layers):
        values = {"config": "custom", "epochs": 40, "layers": layers}
        return outlook_for(algorithm("stars"), values, rows=300, split=SPLIT)

    assert own(layers=1) is None
    timed(price_table.active_version, owner, 24.6, days=100, symbols=["BTC"])
    Experiment.objects.update(
        algorithm="stars",
        hyperparameters=algorithm("stars")
        .parameters_model()
        .parse({"config": "custom", "layers": 1})
        .model_dump(),
    )

    assert own(layers=1).basis == "1 session of this algorithm here, on the CPU"
    assert own(layers=8) is None


def test_history_is_what_tells_afterwards(price_table, owner):
    version = price_table.active_version
    # 300 rows are fewer than the days: 300 samples a symbol at the most.
    for seconds in (24.6, 48.6):
        timed(version, owner, seconds, epochs=40, days=100, symbols=["BTC"])

    found = outlook(days=200, epochs=80, symbols=["BTC"])

    # 24 and 48 s for 100 days and 40 epochs: four times that, by the middle half.
    assert found.low < 96 + 0.6 < found.high
    assert found.basis == "2 sessions of this algorithm here, on the CPU"


def test_only_sessions_on_the_device_of_now_tell(price_table, owner):
    version = price_table.active_version
    said = {"epochs": 10, "days": 100, "symbols": ["BTC"]}
    timed(version, owner, 100.6, **said)
    fast = timed(version, owner, 10.6, **said)
    ResultFactory(session=fast, details={"history": [{"epoch": 1}], "device": "cuda"})

    found = outlook(**said)

    assert (found.low, found.high) == pytest.approx((8.6, 12.6))
    assert found.basis == "1 session of this algorithm here, on the GPU"


def test_epochs_that_were_not_run_do_not_look_like_speed(price_table, owner):
    version = price_table.active_version
    timed(version, owner, 12.6, epochs=10, days=100, symbols=["BTC"])

    found = outlook(days=100, epochs=10, symbols=["BTC"])

    assert (found.low, found.high) == pytest.approx((10.2, 15.0))


def test_a_preset_is_proposed_for_a_given_time():
    def within(minutes):
        return preset_within(VOLATILITY, minutes, rows=10_000, split=SPLIT)

    assert within(0.5) is None
    assert within(5).name == "quick"
    assert within(12).name == "standard"
    assert within(500).name == "deep"


def test_every_shipped_preset_says_what_it_is_for(client, owner, project):
    kept = dict(Preset.objects.values_list("pk", "remark"))
    for entry in algorithms():
        for preset in Preset.objects.of(entry):
            assert preset.remark.endswith(".")
    client.force_login(owner)

    told = client.get(reverse("algorithm-params", args=["regime"])).json()
    page = client.get(
        reverse("registry:train", args=[project.key]), {"algorithm": "regime"}
    )

    assert all(kept.values())
    assert told["presets"][0]["remark"].startswith("To see that everything runs")
    assert "A year of days, for a first opinion. 3–5 min GPU" in page.text
