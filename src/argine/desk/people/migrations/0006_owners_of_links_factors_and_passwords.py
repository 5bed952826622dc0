import base64

from django.db import migrations, models

from argine.desk.core import crypto
from argine.desk.people.factors import place

# What all secrets of second factors were sealed for before: any account.
ANY_ACCOUNT = "mfa"
FIELDS = ("secret", "seed")


def bind_to_accounts(apps, schema_editor):
    """Seal each secret for its own account. An altered one stays as it is: it opens no account, as before.

    Raises:
        SealError: one is sealed with a key that does not lie here. Nothing was changed: put the right keys there.
    """
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    for factor in rows.order_by("pk"):
        for name in FIELDS:
            if name in factor.data:
                factor.data[name] = _bound(factor.data[name], factor.user_id)
        factor.save(update_fields=["data"])


def _bound(text, staff_id):
    try:
        blob = base64.b64decode(text)
    except ValueError:
        return text
    try:
        secret = crypto.unseal_bytes(blob, ANY_ACCOUNT)
    except crypto.SealError:
        if blob.startswith(crypto.VERSION) and not crypto.is_under_newest_key(blob):
            raise
        return text
    return base64.b64encode(crypto.seal_bytes(secret, place(staff_id))).decode()


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_sessions'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='by',
            field=models.CharField(default='', max_length=60),
        ),
        migrations.AddField(
            model_name='staff',
            name='must_change_password',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(bind_to_accounts, migrations.RunPython.noop),
    ]
