"""Django's settings, made from the operator's (`config`). Nothing here is secret: keys are files (`core.keys`)."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from argine.desk import config_reading
from argine.desk.core import content_policy, databases, key_commands, keys

CONFIG = config_reading.read()
KEYS = CONFIG.keys.resolve()
key_commands.use(CONFIG.key_wrap_command, CONFIG.key_unwrap_command)
SECRET_KEY = keys.session_secret(KEYS)
DEBUG = False

_PACKAGE = Path(__file__).resolve().parent


def _beside(name: str) -> Path:
    """A folder that lies in the package where it is installed, and beside `src` in a checkout."""
    installed = _PACKAGE.parent / name
    return installed if installed.is_dir() else _PACKAGE.parents[2] / name


BROWSER = _beside("browser")

_SECURE = CONFIG.base_url.startswith("https://")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlsplit(CONFIG.base_url).hostname or "", *CONFIG.hosts]
ROOT_URLCONF = "argine.desk.urls"
WSGI_APPLICATION = "argine.desk.wsgi.application"

_APPS = (
    *("core", "audit", "configuration", "people", "banks", "clocks", "jobs", "cases", "exchange"),
    *("notify", "outward", "evidence"),
    *("intake", "console", "api", "hma", "feeds"),
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    *(f"argine.desk.{app}" for app in _APPS),
]

MIDDLEWARE = [
    "argine.desk.core.metrics.measured",
    "argine.desk.core.middleware.only_of_proxy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "argine.desk.configuration.middleware.up_to_date",
    "argine.desk.core.middleware.ContentPolicy",
    "argine.desk.core.middleware.headers",
    "argine.desk.core.middleware.programs_over_https",
    "argine.desk.core.middleware.room_given_back",
    "argine.desk.core.middleware.Refusals",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "argine.desk.core.middleware.OfPeople",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# What stands at the place of `OfPeople`: programs have no session, so an upload does not wait for these.
MIDDLEWARE_OF_PEOPLE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "argine.desk.core.context.platform",
            ],
        },
    }
]

DATABASES = {"default": databases.of_config(CONFIG)}
CACHES = {"default": {"BACKEND": "argine.desk.core.shared.SharedCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "argine.desk.people.passwords.NotGuessable"},
]
LOGIN_URL = "/console/login/"
LOGIN_REDIRECT_URL = "/console/"
ACCOUNT_ADAPTER = "argine.desk.console.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/console/login/"
# Who closes the browser is logged out: a desk may stand where others pass.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "argine.desk.console.adapters.MFAAdapter"
ACCOUNT_FORMS = {"change_password": "argine.desk.console.second_factor.ChangePasswordForm"}
MFA_FORMS = {
    "authenticate": "argine.desk.console.second_factor.AuthenticateForm",
    "authenticate_webauthn": "argine.desk.console.second_factor.AuthenticatePasskeyForm",
    "login_webauthn": "argine.desk.console.second_factor.LoginPasskeyForm",
    "reauthenticate": "argine.desk.console.second_factor.ReauthenticateForm",
    "reauthenticate_webauthn": "argine.desk.console.second_factor.ReauthenticatePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Argine"
# Browsers grant passkeys to http only on the machine itself.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _SECURE and CONFIG.local_only

# With this prefix browsers take a cookie only from this very host, over https: no neighbour under the same domain, and
# nobody on the way, can put one of their own in its place (RFC 6265bis). Over plain http they would take none.
COOKIE_PREFIX = "__Host-" if _SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}argine_staff"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "argine.desk.core.notices.NoticeStorage"
SESSION_ENGINE = "argine.desk.people.sessions"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
# Both end with the browser: nothing stays on the device of a person who came to report.
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "argine.desk.core.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
# Not `no-referrer`: browsers then send forms with `Origin: null`, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.trust_proxy else None
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["argine"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano")]
LOCALE_PATHS = [_PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}argine_language"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [_PACKAGE / "static", ("browser", BROWSER)]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300
WHITENOISE_ADD_HEADERS_FUNCTION = content_policy.of_file

# No upload ever touches a disk: the API reads a file in memory, the other faces take none.
FILE_UPLOAD_HANDLERS = ["argine.desk.core.uploads.RefuseFiles"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "argine.desk.core.logs.PlainLine"},
        "json": {"()": "argine.desk.core.logs.JsonLine"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": CONFIG.log_format},
        "counted": {"class": "argine.desk.core.metrics.CountLines"},
    },
    "root": {"handlers": ["stderr", "counted"], "level": "WARNING"},
    "loggers": {
        # Their lines name the requested path, which may carry an id.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # A wrong Host header is somebody else's slip, and would fill the log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
