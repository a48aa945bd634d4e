"""Wagtail's admin, any release, over a small magazine."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

given = harness.arguments()

import django_app  # noqa: E402
import wagtail  # noqa: E402

# `wagtail.core` became `wagtail`.
CORE = "wagtail.core" if wagtail.VERSION < (3, 0) else "wagtail"
OLD = {"WAGTAILSEARCH_BACKENDS": {"default": {"BACKEND": "wagtail.search.backends.database"}}} if CORE != "wagtail" else {}
WAGTAIL = ["contrib.forms", "contrib.redirects", "embeds", "sites", "users", "snippets", "documents", "images",
           "search", "admin"]


def installed():
    apps = ["magazine", *(f"wagtail.{each}" for each in WAGTAIL), CORE, "modelcluster", "taggit"]
    return apps + [f"django.contrib.{each}" for each in ["auth", "contenttypes", "sessions", "messages", "staticfiles"]]


def fill():
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


django_app.configure(
    given,
    HERE,
    installed(),
    "magazine.urls",
    LANGUAGE_CODE="en",
    MEDIA_URL="/media/",
    # 7.4 saves by itself half a second after a change, and is at another address from then on: what
    # was acted upon could not be compared with where it was when the truth was written down.
    WAGTAIL_AUTOSAVE_INTERVAL=0,
    WAGTAIL_ENABLE_UPDATE_CHECK=False,
    WAGTAIL_ENABLE_WHATS_NEW_BANNER=False,
    WAGTAIL_GRAVATAR_PROVIDER_URL=None,
    WAGTAIL_SITE_NAME="Magazine",
    WAGTAILADMIN_BASE_URL="http://127.0.0.1",
    **OLD,
)
django_app.serve(given, fill)
