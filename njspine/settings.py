"""One settings file. Every difference between machines is an environment variable, listed in the README's table."""

import datetime
from pathlib import Path
from urllib.parse import urlsplit

from njspine import logs
from njspine.environment import SQLITE, database, env, mail, networks, one_of, secret_key, site_url, whole_number

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What runs, and where it keeps its things ------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).absolute()
SECRET_KEY = secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
HOST = env.str("HOST", "127.0.0.1")
PORT = whole_number("PORT", 8000, smallest=1, largest=65535)
SITE_URL = site_url(f"http://localhost:{PORT}")
SITE_HOST = urlsplit(SITE_URL).hostname
# Shown on the error page when the process has not read the clinic's number yet, or cannot.
CLINIC_PHONE = env.str("CLINIC_PHONE", "")
# Where people report a weakness: security.txt names it. Empty: the contact page.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")

# --- Who may talk to it, and how -------------------------------------------------------------------------------------
# One switch: on whenever patients reach the site by https.
HTTPS = env.bool("HTTPS", SITE_URL.startswith("https://"))
# Whose X-Forwarded-* headers count. The web server applies it to the scheme (njspine/gunicorn_conf.py), so Django
# needs no SECURE_PROXY_SSL_HEADER, which would believe anybody.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
ALLOWED_HOSTS = [SITE_HOST, *env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "njspine.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
# Probes ask inside the machine, where there is no certificate.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 31_536_000, smallest=0, largest=63_072_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", True)
# Preloading is a promise for years about the clinic's whole domain: the clinic's choice, not this program's.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# Not "no-referrer": browsers would then send "Origin: null" with a form, and Django refuses that.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# With the prefix a browser refuses the cookie unless it came over https from this very host.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if HTTPS else ("sessionid", "csrftoken")
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Django's default keeps messages in a cookie that anybody at the computer can read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Bytes of a form without files: a patient's request holds a few thousand, the longest page in the admin 300,000.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Bytes of a form with pictures; only the admin takes such.
UPLOAD_MAX_BYTES = 12_000_000
# Whether the worker tries links to other sites; `manage.py check_links` does in any case.
CHECK_LINKS = env.bool("CHECK_LINKS", False)

INSTALLED_APPS = [
    "njspine.apps.NjspineConfig",
    "njspine.apps.ClinicAdminConfig",
    "clinic",
    "content",
    "booking",
    "crispy_forms",
    "phonenumber_field",
    "django_prose_editor",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "njspine.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "njspine.middleware.RequestBoundsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "njspine.urls"
WSGI_APPLICATION = "njspine.wsgi.application"

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
                "clinic.context_processors.site",
            ],
        },
    }
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ["njspine"]
CRISPY_TEMPLATE_PACK = "njspine"
CRISPY_FAIL_SILENTLY = False

# --- Database --------------------------------------------------------------------------------------------------------
# Never ATOMIC_REQUESTS: mail and image work must stay outside transactions.
DATABASES = {"default": database(f"sqlite:///{VAR_DIR / 'clinic.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == SQLITE:
    # With Django's defaults about half of racing writes answered "database is locked"; with these none did.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"].update(CONN_HEALTH_CHECKS=True)
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5} | DATABASES["default"].get("OPTIONS", {})
# Opening a file costs a request as much as ten queries (the schema is read, Django's functions are set up).
DATABASES["default"].update(CONN_MAX_AGE=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Staff sign-in ---------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Automatic sign-out (45 CFR 164.312(a)(2)(iii)), kept by the server: njspine/sign_in.py.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 60 if DEBUG else 15)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)
SESSION_COOKIE_AGE = STAFF_SESSION_HOURS * 3600
# Wrong passwords are counted for an account and a network together, so nobody can lock out somebody elsewhere.
AXES_HANDLER = "njspine.sign_in.SignInHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "njspine.sign_in.network_address"
AXES_USERNAME_CALLABLE = "njspine.sign_in.account_name"
AXES_LOCKOUT_CALLABLE = "njspine.sign_in.locked"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

# --- Time and language -----------------------------------------------------------------------------------------------
# Instants are stored in UTC; people always read the clinic's own zone (Clinic.time_zone), never the browser's.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", "US")
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Mail ------------------------------------------------------------------------------------------------------------
globals().update(mail("consolemail://"))
# Where consolemail:// leaves its mails: one file each, for looking at.
MAIL_DIR = VAR_DIR / "mail"
# Seconds for one answer of the mail server. Checked by clinic/checks.py.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "front-desk@clinic.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Text messages ---------------------------------------------------------------------------------------------------
# The class that hands them to a provider (docs/text-messages.md). Empty: none are sent, and nobody is asked.
TEXT_BACKEND = env.str("TEXT_BACKEND", "")
# Where clinic.text_files.TextBackend leaves them.
TEXT_DIR = VAR_DIR / "texts"

# --- Logs ------------------------------------------------------------------------------------------------------------
LOGGING = logs.config(one_of("LOG_LEVEL", "INFO", logs.LEVELS))
