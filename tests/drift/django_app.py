"""What the applications on Django share: settings, how their database is made, how they are served."""

import pathlib
import sys

import django
import harness
from django.conf import settings

CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
           "django.contrib.messages.context_processors.messages"]


def configure(given, here, apps, urls, **more):
    """Set Django up, with the application's own modules from the folder `here`."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": given.db, "OPTIONS": {"timeout": 20}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=apps,
        LOGGING=harness.LOGGING,
        MEDIA_ROOT=f"{given.db}.media",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        # A slow hash would only make every login slower.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF=urls,
        SECRET_KEY="only for a fixture on loopback",
        STATIC_URL="/static/",
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": CONTEXT},
        }],
        USE_TZ=True,
        WITHOUT=set(given.without),
        **more,
    )
    sys.path.insert(0, str(here))
    django.setup()


def serve(given, fill):
    """Put the seeded database in its place, made by migrating and `fill` where there is none, and serve."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    def use(database):
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(database)

    def make(database):
        use(database)
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        fill()
        connection.close()
        use(given.db)

    harness.seeded(given, make)
    pathlib.Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
    harness.serve_wsgi(given, StaticFilesHandler(get_wsgi_application()), "/admin/")
