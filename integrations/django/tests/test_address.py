import pytest

from causeway_django.address import AddressError, database_from_url, url_from_database


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
