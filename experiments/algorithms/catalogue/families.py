"""Algorithms that know their domain."""

from __future__ import annotations

from experiments.algorithms.entry import Algorithm, Preset, Task

_FAMILIES = "experiments.families"
_GLANCE = "To see that everything runs, in a fraction of the epochs."
_MARKETS = (
    Preset(
        "quick",
        "Quick Test",
        {"days": 90, "epochs": 20, "patience": 10},
        "1–2 min GPU, 2–5 min CPU",
        "To see that everything runs; so few days say little.",
    ),
    Preset(
        "standard",
        "Standard",
        {"days": 365, "epochs": 50, "patience": 12},
        "3–5 min GPU, 6–15 min CPU",
        "A year of days, for a first opinion.",
    ),
    Preset(
        "full",
        "Full Training",
        {"days": 730, "epochs": 100, "patience": 15},
        "5–10 min GPU, 10–20 min CPU",
        "Two years of days, for a model that is to serve.",
    ),
    Preset(
        "deep",
        "Deep Research",
        {"days": 1095, "epochs": 200, "patience": 20},
        "15–30 min GPU, 30–60 min CPU",
        "Three years of days and many epochs, for the last bit of quality.",
    ),
)

FAMILIES = (
    Algorithm(
        name="diabetes",
        title="Diabetes screening (network)",
        task=Task.CLASSIFICATION,
        summary="Tells none, prediabetes and diabetes by HbA1c, age, BMI and gender.",
        parameters=f"{_FAMILIES}.diabetes.declaration:DiabetesParameters",
        factory=f"{_FAMILIES}.diabetes.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 60, "patience": 20}, remark=_GLANCE),
            Preset(
                "thorough",
                "Thorough",
                {"epochs": 300, "learning_rate": 0.0005},
                remark="Smaller steps over more epochs, for a model that is to serve.",
            ),
        ),
        domain=f"{_FAMILIES}.diabetes.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="exoplanet",
        title="Exoplanet vetting (network)",
        task=Task.CLASSIFICATION,
        summary="Tells planets, candidates and false positives by transit and star.",
        parameters=f"{_FAMILIES}.exoplanet.declaration:ExoplanetParameters",
        factory=f"{_FAMILIES}.exoplanet.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 15, "batch_size": 64}, remark=_GLANCE),
            Preset(
                "thorough",
                "Thorough",
                {"epochs": 100, "patience": 20},
                remark="More epochs and patience, for a model that is to serve.",
            ),
        ),
        domain=f"{_FAMILIES}.exoplanet.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="regime",
        title="Market regime (network)",
        task=Task.CLASSIFICATION,
        summary="Foretells bear market, correction, bull market or expansion by daily "
        "prices.",
        parameters=f"{_FAMILIES}.regime.declaration:RegimeParameters",
        factory=f"{_FAMILIES}.regime.declaration:build",
        presets=_MARKETS,
        domain=f"{_FAMILIES}.regime.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="volatility",
        title="Market volatility (network)",
        task=Task.REGRESSION,
        summary="Foretells by daily prices how much they will move, with intervals.",
        parameters=f"{_FAMILIES}.volatility.declaration:VolatilityParameters",
        factory=f"{_FAMILIES}.volatility.declaration:build",
        presets=_MARKETS,
        domain=f"{_FAMILIES}.volatility.declaration:FAMILY",
        by_epochs=True,
    ),
    Algorithm(
        name="stars",
        title="Variable stars (network)",
        task=Task.CLASSIFICATION,
        summary="Tells classes of variable stars by light curves, and finds periods.",
        parameters=f"{_FAMILIES}.stars.declaration:StarsParameters",
        factory=f"{_FAMILIES}.stars.declaration:build",
        presets=(
            Preset("quick", "Quick", {"epochs": 10, "batch_size": 32}, remark=_GLANCE),
            Preset(
                "optimal",
                "Optimal",
                {"config": "optimal", "epochs": 50},
                remark="Quality and time in balance, for a model that is to serve.",
            ),
            Preset(
                "large",
                "Large",
                {"config": "large", "epochs": 50},
                remark="The largest network, where accuracy counts more than time.",
            ),
        ),
        domain=f"{_FAMILIES}.stars.declaration:FAMILY",
        by_epochs=True,
    ),
)
