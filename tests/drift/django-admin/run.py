"""Django's admin, any release, over a small library."""

import datetime
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

given = harness.arguments()

import django_app  # noqa: E402

APPS = [f"django.contrib.{each}" for each in ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]]


def fill():
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


django_app.configure(given, HERE, [*APPS, "library"], "library.urls", LANGUAGE_CODE="en-us")
django_app.serve(given, fill)
