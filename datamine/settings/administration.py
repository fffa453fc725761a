"""How the administration looks."""

from django.utils.translation import gettext_lazy

UNFOLD = {
    "SITE_TITLE": gettext_lazy("DataMine administration"),
    "SITE_HEADER": "DataMine",
    "SITE_SUBHEADER": gettext_lazy("Administration"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "bar_chart",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/favicon.ico"}
    ],
    "DASHBOARD_CALLBACK": "datamine.dashboard.add_dashboard",
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
    "COLORS": {
        "primary": {
            "50": "#eff5fd", "100": "#dbe8fa", "200": "#bcd4f5", "300": "#8fb8ee",
            "400": "#5b94e2", "500": "#3576d2", "600": "#1f5fbf", "700": "#1b4e9b",
            "800": "#1b437f", "900": "#1b3a6a", "950": "#142546",
        }
    },
}  # fmt: skip
