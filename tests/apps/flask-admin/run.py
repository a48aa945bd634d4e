"""Flask-Admin's own views over two SQLAlchemy models, behind a login form."""

import hmac
import pathlib
import secrets
import sys

from flask import Flask, flash, redirect, request, session, url_for
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from werkzeug.serving import WSGIRequestHandler, make_server
from wtforms import Form, PasswordField, StringField, validators

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


class LoginForm(Form):
    username = StringField("Username", [validators.DataRequired()])
    password = PasswordField("Password", [validators.DataRequired()])


class Guarded:
    """A view that only someone who has logged in may see."""

    def is_accessible(self):
        return bool(session.get("user"))

    def inaccessible_callback(self, name, **kwargs):
        return redirect(url_for("admin.login", next=request.full_path))


class Index(Guarded, AdminIndexView):
    def __init__(self, given):
        super().__init__(name="Home")
        self.given = given

    def is_visible(self):
        return True

    @expose("/")
    def index(self):
        return super().index() if session.get("user") else redirect(url_for(".login"))

    def _handle_view(self, name, **kwargs):
        return None if name in {"login", "logout"} else super()._handle_view(name, **kwargs)

    @expose("/login/", methods=["GET", "POST"])
    def login(self):
        form = LoginForm(request.form)
        if request.method == "POST" and form.validate():
            if self.knows(form.username.data, form.password.data):
                session["user"] = form.username.data
                return redirect(url_for(".index"))
            flash("That is not the right username and password.", "error")
        return self.render("login.html", form=form)

    @expose("/logout/")
    def logout(self):
        session.clear()
        return redirect(url_for(".login"))

    def knows(self, user, password):
        same = hmac.compare_digest(password.encode(), self.given.password.encode())
        return user == self.given.user and same


class UserView(Guarded, ModelView):
    column_searchable_list = ["username", "email"]
    column_filters = ["active"]
    form_columns = ["username", "email", "active"]


class PostView(Guarded, ModelView):
    column_searchable_list = ["title", "body"]
    column_list = ["title", "status", "author", "published_on"]
    column_filters = ["status", "author.username"]
    form_columns = ["title", "body", "status", "published_on", "author"]


def build(given):
    app = Flask(__name__)
    app.config["SECRET_KEY"] = secrets.token_bytes(32)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{given.db}"
    db.init_app(app)
    admin = Admin(app, name="Press room", index_view=Index(given))
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
