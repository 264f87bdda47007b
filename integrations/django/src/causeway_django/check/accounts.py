"""Users, their passwords, and the admin, in the project as it runs on PostgreSQL. Nothing of it stays."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import identify_hasher, is_password_usable
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from ..pair import SOURCE_ALIAS, TARGET_ALIAS
from ..plan.project_tables import catalogue_name
from ..plan.target_tables import TargetTable
from .new_rows import RolledBack
from .result import CheckResult

#: A password that nobody has, for the account that is made and rolled back.
PASSWORD = "causeway-check-5p9TQz!"


@contextmanager
def _rolled_back() -> Iterator[None]:
    """Every database of the project: a router may keep sessions or the admin's log elsewhere."""
    aliases = [alias for alias in settings.DATABASES if alias not in (SOURCE_ALIAS, TARGET_ALIAS) and _answers(alias)]
    try:
        with ExitStack() as stack:
            for alias in aliases:
                stack.enter_context(transaction.atomic(using=alias))
            yield
            raise RolledBack
    except RolledBack:
        pass


def _answers(alias: str) -> bool:
    """A database that is not there is none that anything could be written to."""
    try:
        connections[alias].ensure_connection()
        return True
    except DatabaseError:
        return False


def check_accounts(result: CheckResult, target: dict[str, TargetTable], logins: str | None) -> None:
    if apps.is_installed("django.contrib.auth") and _lives_there(get_user_model(), target):
        _check_hashes(result)
        if logins is not None:
            _check_logins(result, logins)
        _check_new_login(result)
        if apps.is_installed("django.contrib.admin"):
            check_admin(result)
    for label in ("contenttypes.ContentType", "auth.Permission"):
        if apps.is_installed(f"django.contrib.{label.split('.')[0]}") and _lives_there(apps.get_model(label), target):
            _check_count(result, label)


def _lives_there(model: Any, target: dict[str, TargetTable]) -> bool:
    """A project with several databases has its users in one of them."""
    return catalogue_name(model._meta.db_table) in target


def _check_hashes(result: CheckResult) -> None:
    """As many of each algorithm as before. What no hasher knows is no fault of the migration where SQLite has it as well."""
    before, after = _algorithms(SOURCE_ALIAS), _algorithms(TARGET_ALIAS)
    told = ", ".join(f"{count} {name}" for name, count in sorted(after.items())) or "no passwords"
    result.add("password hashes known as before", before == after, told)


def _algorithms(alias: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for encoded in get_user_model()._base_manager.using(alias).values_list("password", flat=True).iterator():
        if not is_password_usable(encoded):
            continue
        try:
            found[identify_hasher(encoded).algorithm] += 1
        except ValueError:
            found["unknown to PASSWORD_HASHERS"] += 1
    return found


def _check_logins(result: CheckResult, file: str) -> None:
    """[["user", "password"], …]: each password is accepted, and the same with one letter more is not."""
    accounts: list[list[Any]] = json.loads(Path(file).read_text(encoding="utf-8"))
    failed: list[str] = []
    for name, password, *_ in accounts:
        with _rolled_back():
            user = get_user_model()._base_manager.using(TARGET_ALIAS).filter(**{get_user_model().USERNAME_FIELD: name}).first()
            if user is None or not user.check_password(password) or user.check_password(f"{password}x"):
                failed.append(str(name))
    result.add("old passwords accepted", not failed and len(accounts) > 0, f"refused: {', '.join(failed)}" if failed else f"{len(accounts)} accounts")


def _check_new_login(result: CheckResult) -> None:
    if not get_user_model()._base_manager.exists():
        result.skipped.append({"model": get_user_model()._meta.label, "why": "there is no user to log in as"})
        return
    try:
        with _rolled_back():
            user = _any_user("causeway-check")
            user.set_password(PASSWORD)
            user.save()
            result.add("a password that was set now is accepted", _logs_in(user))
    except Exception as error:
        result.add("a password that was set now is accepted", False, _named(error))


def _logs_in(user: Any) -> bool:
    """Backends of the project may ask for more than a password (a request, a second factor): then the hash alone is asked."""
    try:
        with transaction.atomic():
            found = authenticate(**{get_user_model().USERNAME_FIELD: user.get_username(), "password": PASSWORD})
    except Exception:
        found = None
    return found is not None or bool(user.check_password(PASSWORD))


def _any_user(name: str, **flags: bool) -> Any:
    """A user that is there, given the flags for the time of the transaction; only without any one is made."""
    model = get_user_model()
    manager = model._base_manager
    user = manager.filter(**{key: value for key, value in flags.items() if key != "is_active"}).first() if flags else None
    user = user or manager.first() or model(**{model.USERNAME_FIELD: name})
    for key, value in {"is_active": True, **flags}.items():
        setattr(user, key, value)
    return user


def check_admin(result: CheckResult) -> None:
    """The index and the list of every model, by a superuser who is one for the time of the transaction."""
    from django.contrib import admin

    try:
        paths = [reverse("admin:index"), *_changelists(admin.site)]
    except NoReverseMatch:
        result.skipped.append({"model": "admin", "why": "the project's URLs have no admin"})
        return
    with _rolled_back():
        try:
            client = _superuser()
        except Exception as error:
            result.add("admin opens", False, _named(error))
            return
        result.broken_pages = {path: why for path in paths if (why := _opens(client, path))}
        client.logout()
    broken = [f"{path}: {why}" for path, why in result.broken_pages.items()]
    result.add("admin opens", not broken, "; ".join(broken[:5]) if broken else f"{len(paths)} pages")


def _superuser() -> Client:
    user = _any_user("causeway-check", is_staff=True, is_superuser=True)
    user.save()
    client = Client(raise_request_exception=True, HTTP_HOST=_host())
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _changelists(site: Any) -> Iterator[str]:
    for model in site._registry:
        try:
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        except NoReverseMatch:
            continue


def _opens(client: Client, path: str) -> str | None:
    try:
        with transaction.atomic():
            status = client.get(path, secure=True).status_code
    except Exception as error:
        return _named(error)
    return f"status {status}" if status >= 500 else None


def _host() -> str:
    allowed = [host for host in settings.ALLOWED_HOSTS if host != "*"]
    return allowed[0].lstrip(".") if allowed else "localhost"


def _check_count(result: CheckResult, label: str) -> None:
    manager = apps.get_model(label)._base_manager
    source, target = manager.using(SOURCE_ALIAS).count(), manager.using(TARGET_ALIAS).count()
    result.add(f"{label} count equal", source == target, f"{source} and {target}" if source != target else str(source))


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
