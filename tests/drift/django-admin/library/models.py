"""Authors, their books, and what readers say."""

from django.conf import settings
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)
    country = models.CharField(max_length=2, choices=[("ar", "Argentina"), ("it", "Italy"), ("pl", "Poland"), ("us", "United States")])
    living = models.BooleanField(default=False)

    def __str__(self):
        return self.name


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, models.PROTECT)
    status = models.CharField(max_length=10, default="draft", choices=[("draft", "Draft"), ("published", "Published"), ("withdrawn", "Withdrawn")])
    copies = models.IntegerField(default=1)
    acquired = models.DateField(null=True, blank=True)
    cover = models.FileField(upload_to="covers", blank=True)
    summary = models.TextField(blank=True)

    def __str__(self):
        return self.title


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    stars = models.IntegerField(default=3)
    text = models.TextField(blank=True)

    def __str__(self):
        return f"{self.stars} stars"
