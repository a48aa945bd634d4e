"""Flask-Admin, any release, over a press room: Bootstrap 2 or 3 as the release prefers by default."""

import os
import pathlib
import secrets
import sys

HERE = pathlib.Path(__file__).resolve().parent
# The login form is that of the same application in tests/apps.
APP = HERE.parent.parent / "apps" / "flask-admin"
sys.path[:0] = [str(HERE.parent), str(APP)]
import harness  # noqa: E402

given = harness.arguments()
# SQLAlchemy 1.4 tells everybody about 2.0.
os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"

from flask import Flask, flash  # noqa: E402
from flask_admin import Admin  # noqa: E402
from flask_admin.actions import action  # noqa: E402
from flask_admin.contrib.sqla import ModelView  # noqa: E402
from flask_sqlalchemy import SQLAlchemy  # noqa: E402
from sqlalchemy.pool import NullPool  # noqa: E402
from guarded import Guarded, Index  # noqa: E402

db = SQLAlchemy()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False)
    email = db.Column(db.String(120), unique=True, nullable=False)
    active = db.Column(db.Boolean, nullable=False, default=True)
    posts = db.relationship("Post", back_populates="author")

    def __str__(self):
        return self.username


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(120), nullable=False)
    body = db.Column(db.Text, nullable=False, default="")
    status = db.Column(db.Enum("draft", "published", name="post_status"), nullable=False, default="draft")
    words = db.Column(db.Integer, nullable=False, default=0)
    author_id = db.Column(db.ForeignKey(User.id))
    author = db.relationship(User, back_populates="posts")

    def __str__(self):
        return self.title


def knows(user, password):
    return (user, password) == (harness.USER, harness.PASSWORD)


def has(feature):
    return feature not in given.without


class UserView(Guarded, ModelView):
    column_searchable_list = ["username", "email"] if has("search") else None
    column_filters = ["active", "username"] if has("filter") else None
    form_columns = ["username", "email", "active"]
    can_create = has("create")
    can_delete = has("delete")
    can_view_details = True


class PostView(Guarded, ModelView):
    column_searchable_list = ["title", "body"] if has("search") else None
    column_list = ["title", "status", "author", "words"]
    column_filters = ["status", "words"] if has("filter") else None
    column_editable_list = ["words"] if has("inline") else None
    form_columns = ["title", "body", "status", "words", "author"]
    can_export = has("export")
    can_delete = has("delete")
    page_size = 5

    @action("publish", "Publish", "Publish the selected posts?")
    def publish(self, ids):
        Post.query.filter(Post.id.in_(ids)).update({"status": "published"}, synchronize_session=False)
        db.session.commit()
        flash("Published.")


def fill():
    db.create_all()
    people = [User(username=name, email=f"{name}@example.com") for name in ["grace", "alan", "edsger"]]
    posts = [("On compilers", "published", 1200), ("On machines", "draft", 900), ("On paths", "draft", 2100),
             ("On names", "published", 300), ("On trees", "draft", 4000), ("On bugs", "published", 150),
             ("On time", "draft", 700)]
    for at, (title, status, words) in enumerate(posts):
        db.session.add(Post(title=title, body=f"Text {at}", status=status, words=words, author=people[at % 3]))
    db.session.commit()
    db.session.remove()


def build(database):
    app = Flask(__name__, root_path=str(APP))
    app.config["SECRET_KEY"] = secrets.token_bytes(32)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{database}"
    # The file is replaced between tasks: nobody may keep it open.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"poolclass": NullPool}
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
    db.init_app(app)
    return app


def make(database):
    with build(database).app_context():
        fill()


def serve():
    app = build(given.db)
    admin = Admin(app, name="Press room", index_view=Index(knows), **({"template_mode": "bootstrap2"} if old() else {}))
    admin.add_view(UserView(User, db.session if old() else db, name="Users"))
    admin.add_view(PostView(Post, db.session if old() else db, name="Posts"))
    harness.serve_wsgi(given, app, "/admin/")


def old():
    import flask_admin

    return getattr(flask_admin, "__version__", "2").startswith("1.")


harness.seeded(given, make)
serve()
