import argine.desk.banks.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('banks', '0006_salts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entrysignal',
            index=models.Index(argine.desk.banks.models.Beginning('value'), name='signal_value'),
        ),
    ]
