"""Articles, and adverts beside them."""

import wagtail
from django.conf import settings
from django.db import models
from wagtail.contrib.redirects.models import Redirect  # noqa: F401

if wagtail.VERSION < (3, 0):
    from wagtail.admin.edit_handlers import FieldPanel
    from wagtail.core.models import Page, Site  # noqa: F401
else:
    from wagtail.admin.panels import FieldPanel
    from wagtail.models import Page, Site  # noqa: F401
from wagtail.snippets.models import register_snippet


def unless_removed(model):
    return model if "snippets" in settings.WITHOUT else register_snippet(model)


class Article(Page):
    intro = models.CharField(max_length=200, blank=True)
    issued = models.DateField(null=True, blank=True)
    featured = models.BooleanField(default=False)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("issued"), FieldPanel("featured")]
    template = "article.html"


@unless_removed
class Advert(models.Model):
    name = models.CharField(max_length=100)
    url = models.URLField()

    panels = [FieldPanel("name"), FieldPanel("url")]

    def __str__(self):
        return self.name
