"""Wagtail's admin, any release, over a small magazine."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

given = harness.arguments()

import django  # noqa: E402
import wagtail  # noqa: E402
from django.conf import settings  # noqa: E402

# `wagtail.core` became `wagtail`.
CORE = "wagtail.core" if wagtail.VERSION < (3, 0) else "wagtail"
OLD = {"WAGTAILSEARCH_BACKENDS": {"default": {"BACKEND": "wagtail.search.backends.database"}}} if CORE != "wagtail" else {}
CONTEXT = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
           "django.contrib.messages.context_processors.messages"]
WAGTAIL = ["contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets", "documents", "images",
           "search", "admin"]


def installed():
    apps = ["magazine", *(f"wagtail.{each}" for each in WAGTAIL), CORE, "modelcluster", "taggit"]
    return apps + [f"django.contrib.{each}" for each in ["auth", "contenttypes", "sessions", "messages", "staticfiles"]]


def configure():
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": given.db, "OPTIONS": {"timeout": 20}}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=installed(),
        LANGUAGE_CODE="en",
        LOGGING=harness.LOGGING,
        MEDIA_ROOT=f"{given.db}.media",
        MEDIA_URL="/media/",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        # A slow hash would only make every login slower.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF="magazine.urls",
        SECRET_KEY="only for a fixture on loopback",
        STATIC_URL="/static/",
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": CONTEXT},
        }],
        USE_TZ=True,
        WAGTAIL_ENABLE_UPDATE_CHECK=False,
        WAGTAIL_ENABLE_WHATS_NEW_BANNER=False,
        WAGTAIL_GRAVATAR_PROVIDER_URL=None,
        WAGTAIL_SITE_NAME="Magazine",
        WAGTAILADMIN_BASE_URL="http://127.0.0.1",
        WITHOUT=set(given.without),
        **OLD,
    )
    sys.path.insert(0, str(HERE))
    django.setup()


def fill(database):
    from django.core.management import call_command
    from django.db import connection

    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(database)
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    from django.contrib.auth.models import Group, User
    from magazine import models

    Page, Site = models.Page, models.Site
    User.objects.create_superuser(harness.USER, "admin@example.com", harness.PASSWORD)
    grace = User.objects.create_user("grace", "grace@example.com", "compilers", first_name="Grace", last_name="Hopper")
    grace.groups.add(Group.objects.get(name="Editors"))
    root = Page.objects.get(depth=1)
    home = Page.objects.get(depth=2)
    home.title = "Magazine"
    home.draft_title = "Magazine"
    home.save()
    Site.objects.update(site_name="Magazine")
    for title, intro, live in [("Spring", "What grows now.", True), ("Summer", "Shade and water.", True),
                               ("Autumn", "Not yet finished.", False), ("Winter", "Wood and wool.", True)]:
        article = models.Article(title=title, slug=title.lower(), intro=intro, live=live)
        home.add_child(instance=article)
        revision = article.save_revision()
        if live:
            revision.publish()
    for name, url in [("Seeds", "https://seeds.example/"), ("Tools", "https://tools.example/")]:
        models.Advert.objects.create(name=name, url=url)
    models.Redirect.objects.create(old_path="/old-spring", redirect_link="/spring/")
    assert root.get_descendant_count() == 5
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(given.db)


configure()
harness.seeded(given, fill)
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

pathlib.Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
harness.serve_wsgi(given, StaticFilesHandler(get_wsgi_application()), "/admin/")
