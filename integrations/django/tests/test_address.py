from pathlib import Path

import pytest
from django.core.management.base import CommandError

from causeway_django.address import AddressError, database_from_url, url_from_database
from causeway_django.libpq import completed_by_libpq


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:p%40ss%2Fw%C3%B6rd@db.example:6432/shop",
        "postgresql://app@localhost/a%2Fb?sslmode=verify-full",
        "postgresql://app:x@[::1]:5432/shop",
        "postgresql://localhost/shop",
    ],
)
def test_an_address_survives_the_way_to_databases_and_back(url: str) -> None:
    assert url_from_database(database_from_url(url)) == url


def test_a_schema_becomes_the_search_path() -> None:
    assert database_from_url("postgres://localhost/shop", schema="erp")["OPTIONS"] == {"options": "-c search_path=erp"}


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "postgres://u:secret@h", "postgres://u:secret@h:port/d", ""])
def test_a_wrong_address_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(AddressError) as told:
        database_from_url(url)
    assert "secret" not in str(told.value)


def test_what_is_left_to_libpq_is_asked_of_it(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = database_from_url(server_url)
    service = tmp_path / "services"
    service.write_text("[there]\n" + "".join(f"{key}={whole[name]}\n" for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"), ("dbname", "NAME")) if whole[name]), encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    found = completed_by_libpq({"ENGINE": whole["ENGINE"], "OPTIONS": {"service": "there"}})
    assert {key: found[key] for key in ("NAME", "USER", "HOST", "PORT")} == {key: whole[key] for key in ("NAME", "USER", "HOST", "PORT")}
    assert completed_by_libpq(whole) is whole
    lite = {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/db.sqlite3"}
    assert completed_by_libpq(lite) is lite
    with pytest.raises(CommandError, match="the target cannot be reached"):
        completed_by_libpq({"ENGINE": whole["ENGINE"], "NAME": "x", "HOST": str(tmp_path)})
