"""What the site is made of: its keys, apps, middleware and pages."""

from datamine import env

BASE_DIR = env.BASE_DIR
SECRET_KEY = env.SECRET_KEY
SECRET_KEY_FALLBACKS = env.SECRET_KEY_FALLBACKS
ARTIFACT_KEY = env.ARTIFACT_KEY  # signs models; `datamine.env` says where it is kept
DEBUG = env.DEBUG
ALLOWED_HOSTS = env.ALLOWED_HOSTS
CSRF_TRUSTED_ORIGINS = env.TRUSTED_ORIGINS

#: Ways in: password, second factor, key, identity provider.
ENTRANCE = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
)
INSTALLED_APPS = [
    "datamine.apps.SiteConfig",
    "projects.apps.ProjectsConfig",
    "datasets.apps.DatasetsConfig",
    "experiments.apps.ExperimentsConfig",
    "registry.apps.RegistryConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_standardized_errors",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_q",
    "knox",
    "csp",
    "axes",
    *ENTRANCE,
]
# Workers and their children show no pages: half the memory, half the time to start.
ONLY_FOR_PAGES = {
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_standardized_errors",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "axes",
    *ENTRANCE,
}
if env.IN_BACKGROUND:
    INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in ONLY_FOR_PAGES]

MIDDLEWARE = [
    "datamine.middleware.RequestNameMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "datamine.middleware.PolicyMiddleware",
    "datamine.middleware.AdminPolicyMiddleware",
    "datamine.api.throttling.ApiRateMiddleware",
    "datamine.middleware.RequestLimitMiddleware",
    "datamine.middleware.StorageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "datamine.middleware.SeenMiddleware",
    "datamine.middleware.LanguageMiddleware",
    "datamine.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "datamine.middleware.FormOnlyMiddleware",
]

ROOT_URLCONF = "datamine.urls"
WSGI_APPLICATION = "datamine.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "datamine.context.site",
            ],
        },
    }
]
