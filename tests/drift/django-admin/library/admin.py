"""The library in the admin; `WITHOUT` names what its owner has removed since."""

from django.conf import settings
from django.contrib import admin
from library.models import Author, Book, Review


def unless(feature, value, otherwise=()):
    return otherwise if feature in settings.WITHOUT else value


class Reviews(admin.TabularInline):
    model = Review
    extra = 1


@admin.action(description="Withdraw the chosen books")
def withdraw(modeladmin, request, queryset):
    queryset.update(status="withdrawn")


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "status", "copies", "acquired"]
    list_filter = unless("filter", ["status", "author"])
    search_fields = unless("search", ["title", "summary"])
    actions = [withdraw]
    date_hierarchy = unless("dates", "acquired", None)
    inlines = [Reviews]
    save_as = True
    fieldsets = [
        (None, {"fields": ["title", "author", "status"]}),
        ("Stock", {"fields": ["copies", "acquired"]}),
        ("More", {"fields": ["cover", "summary"], "classes": ["collapse"]}),
    ]

    def has_delete_permission(self, request, obj=None):
        return "delete" not in settings.WITHOUT

    def has_add_permission(self, request):
        return "add" not in settings.WITHOUT


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "country", "living"]
    list_editable = ["country", "living"]
    search_fields = ["name"]
