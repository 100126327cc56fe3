"""What every clinic fact has in common: changing it moves `Clinic.facts_version`, and with it every page's ETag."""

from django.apps import apps
from django.db import models, router, transaction
from django.db.models import F


def bump_facts_version(*, using):
    """Moves the version on. Call inside the transaction of the change, before it.

    Before, so that all writers of facts take the clinic's row first and never wait for each other in a circle.
    """
    clinic = apps.get_model("clinic", "Clinic")
    clinic._base_manager.using(using).filter(pk=1).update(facts_version=F("facts_version") + 1)


class FactQuerySet(models.QuerySet):
    """Bulk writes move the version too. The admin's “delete selected” is one."""

    def update(self, **kwargs):
        with transaction.atomic(using=self.db):
            bump_facts_version(using=self.db)
            return super().update(**kwargs)

    update.alters_data = True

    def delete(self):
        with transaction.atomic(using=self.db):
            bump_facts_version(using=self.db)
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def bulk_create(self, objs, *args, **kwargs):
        with transaction.atomic(using=self.db):
            bump_facts_version(using=self.db)
            return super().bulk_create(objs, *args, **kwargs)

    bulk_create.alters_data = True


class Fact(models.Model):
    objects = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using):
            bump_facts_version(using=using)
            super().save(**kwargs)

    save.alters_data = True

    def delete(self, **kwargs):
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using):
            bump_facts_version(using=using)
            return super().delete(**kwargs)

    delete.alters_data = True


def bump_on_many_to_many_change(sender, action, using, **kwargs):
    """Signal receiver: rows of a many-to-many relation come and go without save(). Django has opened atomic()."""
    if action in ("pre_add", "pre_remove", "pre_clear"):
        bump_facts_version(using=using)
