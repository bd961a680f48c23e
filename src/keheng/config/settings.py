"""Django settings. Everything that differs between installations comes from the environment:

``KEHENG_HOME``        folder for the embedded database, keys, uploads, front-end packages
``DATABASE_URL``       a real PostgreSQL server (>= 15) in place of the embedded one
``KEHENG_SECRET_KEY``  Django's secret; made and kept in the home folder when not given
``KEHENG_KEYS``        the key ring as JSON; ``keys.json`` in the home folder when not given
``KEHENG_HOSTS``       host names served, comma-separated (default: this machine)
``KEHENG_DEBUG``       1 shows error details; never in production
``KEHENG_API_CALLS``   calls of the HTTP API a minute and member of staff (default: 600)
``KEHENG_HTTPS``       1 when a proxy serves HTTPS in front: secure cookies, HSTS
``KEHENG_SCANNER``     a virus scanner for files handed in: reads standard input, exits 1 on a finding
``KEHENG_WEBHOOK_NETWORKS``  networks of the institution that webhooks may call, such as 10.0.0.0/8,192.168.1.0/24
``KEHENG_SMTP_URL``    the mail server: smtp://, smtp+starttls:// or smtps://user:password@host:port
``KEHENG_MAIL_FROM``   the sender of mail where no mailbox of complaints is set up
``KEHENG_UPLOAD_LIMIT_MB``  how large a file handed in may be (default 20)
"""

import os
import shlex
from ipaddress import ip_network
from pathlib import Path

import django_stubs_ext
from django.utils.csp import CSP

from keheng.common.bigint import send_as_bigint
from keheng.config.mail import mailer
from keheng.runtime.database import connection_settings
from keheng.runtime.frontend import packages_folder
from keheng.runtime.home import home
from keheng.runtime.secrets import django_secret

django_stubs_ext.monkeypatch()  # lets field and form classes be written with their type parameters

PACKAGE = Path(__file__).resolve().parents[1]
HOME = home()

DEBUG = os.environ.get("KEHENG_DEBUG") == "1"
SECRET_KEY = django_secret()
ALLOWED_HOSTS = [host for host in os.environ.get("KEHENG_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
HTTPS = os.environ.get("KEHENG_HTTPS") == "1"

INSTALLED_APPS = [  # our own before the libraries: so our templates and words stand before theirs
    "keheng.ui",
    "keheng.api",
    "keheng.audit",
    "keheng.org",
    "keheng.files",
    "keheng.approvals",
    "keheng.notices",
    "keheng.versions",
    "keheng.webhooks",
    "keheng.customers",
    "keheng.portfolio",
    "keheng.ingest",
    "keheng.tiering",
    "keheng.care",
    "keheng.service_requests",
    "keheng.complaints",
    "keheng.outreach",
    "keheng.workforce",
    "keheng.desk",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "keheng.ui.middleware.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "keheng.ui.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "keheng.org.middleware.token_sign_in",
    "keheng.audit.middleware.origin",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "keheng.ui.middleware.PrivateMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "keheng.org.middleware.temporary_password",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "keheng.config.urls"
ASGI_APPLICATION = "keheng.config.asgi.application"
DATABASES = {"default": connection_settings()}
send_as_bigint()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "keheng.ui.context.frame",
            ],
            "builtins": ["keheng.ui.templatetags.keheng"],
        },
    }
]

# -- sign-in ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "org.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "keheng.org.sign_in.StaffAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {  # an outlet signs in at half past eight from one address
    "login": "120/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "rate_service": "60/m/ip,10/10m/key",  # customers rate through an outlet's one address, too
}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "keheng.org.sign_in.StaffMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Keheng"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# -- pages --------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS: list[str] = []

STATIC_URL = "/static/"
FRONTEND_PACKAGES = packages_folder()
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "keheng.ui.static_files.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "keheng.ui.static_files.VersionedStaticStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = "^/static/"  # every address carries a hash of its content

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # pages carry the token themselves
CSRF_FAILURE_VIEW = "keheng.ui.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

WEBHOOK_NETWORKS = [ip_network(text) for text in os.environ.get("KEHENG_WEBHOOK_NETWORKS", "").split(",") if text]
API_CALLS_A_MINUTE = int(os.environ.get("KEHENG_API_CALLS", "600"))

# -- files and mail -----------------------------------------------------------------------------------------------

MEDIA_ROOT = HOME / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 * 2**20
FILE_UPLOAD_TEMP_DIR = None
FILES_UPLOAD_LIMIT = int(os.environ.get("KEHENG_UPLOAD_LIMIT_MB", "20")) * 2**20
FILES_PIXEL_LIMIT = 50_000_000
FILES_SCANNER = shlex.split(os.environ.get("KEHENG_SCANNER", ""))
INGEST_UPLOAD_LIMIT = 1 * 2**30  # bytes sent by the page; larger files are loaded by the command
MAILERS = {"default": mailer(os.environ.get("KEHENG_SMTP_URL", ""))}
DEFAULT_FROM_EMAIL = os.environ.get("KEHENG_MAIL_FROM", "keheng@localhost")
CACHES = {  # in the database: every process counts the same failed sign-ins
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "ui_cache"}
}

DEFAULT_EXCEPTION_REPORTER_FILTER = "keheng.ui.error_reports.SilentReporterFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
