"""Django's admin, any release, over a small library."""

import datetime
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

given = harness.arguments()

import django  # noqa: E402
from django.conf import settings  # noqa: E402

CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
           "django.contrib.messages.context_processors.messages"]


def configure():
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": given.db, "OPTIONS": {"timeout": 20}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles", "library"],
        LANGUAGE_CODE="en-us",
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
        ROOT_URLCONF="library.urls",
        SECRET_KEY="only for a fixture on loopback",
        STATIC_URL="/static/",
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": CONTEXT},
        }],
        USE_TZ=True,
        WITHOUT=set(given.without),
    )
    sys.path.insert(0, str(HERE))
    django.setup()


def fill(database):
    from django.core.management import call_command
    from django.db import connection

    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(database)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    from django.contrib.auth.models import Group, Permission, User
    from library.models import Author, Book, Review

    admin = User.objects.create_superuser(harness.USER, "admin@example.com", harness.PASSWORD)
    grace = User.objects.create_user("grace", "grace@example.com", "compilers", first_name="Grace", last_name="Hopper")
    alan = User.objects.create_user("alan", "alan@example.com", "machines", first_name="Alan", last_name="Turing")
    edsger = User.objects.create_user("edsger", "edsger@example.com", is_staff=True)
    # Whether a password was changed is seen beside one that was the same before.
    alan.password, edsger.password = grace.password, admin.password
    alan.save()
    edsger.save()
    editors = Group.objects.create(name="Editors")
    editors.permissions.set(Permission.objects.filter(content_type__app_label="library", codename__startswith="add"))
    Group.objects.create(name="Readers")
    grace.groups.add(editors)
    people = [Author.objects.create(name=name, country=country) for name, country in [
        ("Ursula K. Le Guin", "us"), ("Stanislaw Lem", "pl"), ("Jorge Luis Borges", "ar"), ("Italo Calvino", "it")]]
    books = [("The Dispossessed", 0, "published", 4), ("The Left Hand of Darkness", 0, "published", 2),
             ("Solaris", 1, "published", 7), ("The Cyberiad", 1, "draft", 1), ("Ficciones", 2, "published", 3),
             ("The Aleph", 2, "draft", 0), ("Invisible Cities", 3, "published", 5),
             ("If on a winter's night a traveler", 3, "withdrawn", 9)]
    for at, (title, author, status, copies) in enumerate(books):
        book = Book.objects.create(title=title, author=people[author], status=status, copies=copies,
                                   acquired=datetime.date(2020 + at % 4, 1 + at, 3))
        Review.objects.create(book=book, reader=grace, text=f"Read in {2020 + at}", stars=1 + at % 5)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(given.db)


configure()
harness.seeded(given, fill)
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

os.makedirs(settings.MEDIA_ROOT, exist_ok=True)
harness.serve_wsgi(given, StaticFilesHandler(get_wsgi_application()), "/admin/")
