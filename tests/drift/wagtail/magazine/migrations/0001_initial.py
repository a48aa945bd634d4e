"""The tables of the magazine, for any release of Wagtail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wagtailcore", "__latest__")]
    operations = [
        migrations.CreateModel("Article", [
            ("page_ptr", models.OneToOneField(
                auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True,
                serialize=False, to="wagtailcore.page")),
            ("intro", models.CharField(max_length=200, blank=True)),
            ("issued", models.DateField(null=True, blank=True)),
            ("featured", models.BooleanField(default=False)),
        ], options={"abstract": False}, bases=("wagtailcore.page",)),
        migrations.CreateModel("Advert", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=100)),
            ("url", models.URLField()),
        ]),
    ]
