"""A login form before Flask-Admin's views, as its documentation shows it."""

from flask import flash, redirect, request, session, url_for
from flask_admin import AdminIndexView, expose
from wtforms import Form, PasswordField, StringField, validators


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
    """The start page and the way to it; `knows` tells whether a name and a password belong together."""

    def __init__(self, knows):
        super().__init__(name="Home")
        self.knows = knows

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
