"""The admin, documents, and the magazine itself."""

import wagtail
from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

if wagtail.VERSION < (3, 0):
    from wagtail.core import urls as page_urls
else:
    from wagtail import urls as page_urls

urlpatterns = [
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
    path("", include(page_urls)),
]
