"""Django's own admin over its own user tables, served by Django's development server."""

import pathlib
import sys

import django
from django.conf import settings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
           "django.contrib.messages.context_processors.messages"]
APPS = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]
PASSWORDS = ["UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator",
             "NumericPasswordValidator"]


def configure(database):
    """What `django-admin startproject` writes, in one call."""
    from django.core.management.utils import get_random_secret_key

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        AUTH_PASSWORD_VALIDATORS=[
            {"NAME": f"django.contrib.auth.password_validation.{each}"} for each in PASSWORDS
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": database,
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[f"django.contrib.{each}" for each in APPS],
        MIDDLEWARE=MIDDLEWARE,
        ROOT_URLCONF="urls",
        SECRET_KEY=get_random_secret_key(),
        STATIC_URL="static/",
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": CONTEXT},
        }],
        USE_TZ=True,
    )
    django.setup()


def fill(given):
    """The tables, and one administrator whose password is this start's."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    users = get_user_model().objects
    admin, _ = users.get_or_create(
        username=given.user, defaults={"email": "admin@example.com", "is_staff": True, "is_superuser": True}
    )
    admin.set_password(given.password)
    admin.save()


def serve(given):
    """`runserver --noreload`, on a port that the system may choose."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", given.port), WSGIRequestHandler)
    server.daemon_threads = True
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    harness.ready(given, server.server_port, "/admin/")
    server.serve_forever()


given = harness.arguments()
configure(given.db)
fill(given)
serve(given)
