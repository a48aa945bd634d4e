"""Flask-Admin's own views over two SQLAlchemy models, behind a login form."""

import hmac
import pathlib
import secrets
import sys

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from guarded import Guarded, Index
from werkzeug.serving import WSGIRequestHandler, make_server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import harness  # noqa: E402

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
    published_on = db.Column(db.Date)
    author_id = db.Column(db.ForeignKey(User.id))
    author = db.relationship(User, back_populates="posts")

    def __str__(self):
        return self.title


class UserView(Guarded, ModelView):
    column_searchable_list = ["username", "email"]
    column_filters = ["active"]
    form_columns = ["username", "email", "active"]


class PostView(Guarded, ModelView):
    column_searchable_list = ["title", "body"]
    column_list = ["title", "status", "author", "published_on"]
    column_filters = ["status", "author.username"]
    form_columns = ["title", "body", "status", "published_on", "author"]


def knows(given, user, password):
    return user == given.user and hmac.compare_digest(password.encode(), given.password.encode())


def build(given):
    app = Flask(__name__)
    app.config["SECRET_KEY"] = secrets.token_bytes(32)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{given.db}"
    db.init_app(app)
    admin = Admin(app, name="Press room", index_view=Index(lambda user, password: knows(given, user, password)))
    admin.add_view(UserView(User, db, name="Users"))
    admin.add_view(PostView(Post, db, name="Posts"))
    with app.app_context():
        db.create_all()
        if db.session.query(User).first() is None:
            grace = User(username="grace", email="grace@example.com")
            db.session.add(Post(title="On compilers", body="First draft.", author=grace))
            db.session.commit()
    return app


class Quiet(WSGIRequestHandler):
    def log_request(self, *args):
        """Requests are not worth a line each; errors still are."""


given = harness.arguments()
server = make_server("127.0.0.1", given.port, build(given), threaded=True, request_handler=Quiet)
harness.ready(given, server.server_port, "/admin/")
server.serve_forever()
