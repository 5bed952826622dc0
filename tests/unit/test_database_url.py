"""The address of a PostgreSQL database: what it may say, and what is refused with a sentence that says what to do."""

from pathlib import Path

import pytest

from argine.desk.config_reading import read
from argine.desk.config_rules import ConfigError
from argine.desk.core.databases import UnreachableError, check_place, holds_a_desk, of_config
from argine.desk.database_url import BACKEND, READ_COMMITTED, database_of

URL = "postgresql://desk@db.example:5433/argine"


def test_an_address_says_where_and_who_and_how_safe_the_way_is() -> None:
    found = database_of(f"{URL}?sslmode=verify-full&sslrootcert=/etc/ca.pem", "secret")
    assert [found[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        BACKEND, "argine", "desk", "secret", "db.example", "5433",
    ]  # fmt: skip
    assert (found["OPTIONS"]["sslmode"], found["OPTIONS"]["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    # Whatever the server's own default is: a writer must see what those before it have written.
    assert found["OPTIONS"]["isolation_level"] == READ_COMMITTED
    assert "lock_timeout" in found["OPTIONS"]["options"]


def test_a_socket_and_several_hosts_are_named_after_the_question_mark() -> None:
    assert database_of("postgresql:///argine?host=/run/postgresql")["HOST"] == "/run/postgresql"
    found = database_of("postgresql:///argine?host=a,b&port=5432,5433&target_session_attrs=read-write")
    assert (found["HOST"], found["PORT"], found["USER"]) == ("a,b", "5432,5433", "")
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://a@db.example/argine", "verify-full"),
        ("postgresql://a@192.0.2.1/argine", "verify-full"),
        ("postgresql://a@[2001:db8::1]/argine", "verify-full"),
        ("postgresql:///argine?host=localhost,db.example", "verify-full"),
        ("postgresql:///argine?host=%2Frun%2Fpostgresql,db.example", "verify-full"),
        ("postgresql://a@localhost.example/argine", "verify-full"),
        ("postgresql://a@db.example/argine?sslmode=verify-ca", "verify-ca"),
        ("postgresql://a@db.example/argine?sslmode=require", "require"),
        ("postgresql://a@db.example/argine?sslmode=disable", "disable"),
        ("postgresql:///argine", None),
        ("postgresql:///argine?host=/run/postgresql", None),
        ("postgresql:///argine?host=@argine", None),
        ("postgresql://a@localhost/argine", None),
        ("postgresql://a@127.0.0.1/argine", None),
        ("postgresql://a@[::1]/argine", None),
        ("postgresql://a@127.0.0.1/argine?sslmode=verify-full", "verify-full"),
    ],
)
def test_over_a_network_the_server_proves_who_it_is_unless_the_operator_says_otherwise(
    url: str, mode: str | None
) -> None:
    assert database_of(url)["OPTIONS"].get("sslmode") == mode


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"DATABASE_URL": "mysql://a@b/c"}, "must name a PostgreSQL database"),
        ({"DATABASE_URL": "argine"}, "must name a PostgreSQL database"),
        ({"DATABASE_URL": "postgresql://desk@db.example"}, "must name a PostgreSQL database"),
        ({"DATABASE_URL": "postgresql://desk@db.example:port/argine"}, "is no address"),
        ({"DATABASE_URL": f"{URL}?options=-c%20x"}, "not options"),
        ({"DATABASE_URL": "postgresql://desk:hunter2@db.example/argine"}, "DATABASE_PASSWORD_FILE"),
        ({"DATABASE_URL": f"{URL}?sslmode=prefer"}, "verify-full"),
        ({"DATABASE_URL": f"{URL}?sslmode="}, "verify-full"),
        ({"DATABASE_PASSWORD_FILE": "/run/secret"}, "DATABASE_URL"),
        ({"NODE": "two words"}, "NODE"),
        ({"NODE": "x" * 41}, "NODE"),
    ],
)
def test_what_makes_no_sense_stops_the_start_and_no_password_is_repeated(settings: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as found:
        read({f"ARGINE_{name}": value for name, value in settings.items()})
    assert "hunter2" not in str(found.value)


def test_a_password_comes_from_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "password"
    settings = {"ARGINE_DATABASE_URL": URL, "ARGINE_DATABASE_PASSWORD_FILE": str(file)}
    with pytest.raises(ConfigError, match="cannot be read"):
        of_config(read(settings))
    file.write_text("hunter2\n")
    assert of_config(read(settings))["PASSWORD"] == "hunter2"


def test_without_an_address_the_desk_is_a_file_of_its_folder(tmp_path: Path) -> None:
    config = read({"ARGINE_DATA": str(tmp_path)})
    assert of_config(config)["NAME"] == tmp_path / "argine.sqlite3"
    assert not holds_a_desk(config)


def test_a_server_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="PostgreSQL database cannot be used"):
        holds_a_desk(read({"ARGINE_DATABASE_URL": f"postgresql:///argine?host={tmp_path}"}))


def test_an_empty_desk_is_never_begun_beside_one_that_was_or_is_to_be_moved(tmp_path: Path) -> None:
    here = {"ARGINE_DATA": str(tmp_path)}
    there = {**here, "ARGINE_DATABASE_URL": URL}
    check_place(read(here))
    check_place(read(there))
    (tmp_path / "argine.sqlite3").touch()
    check_place(read(here))
    with pytest.raises(ConfigError, match="argine database move"):
        check_place(read(there))
    (tmp_path / "argine.sqlite3").rename(tmp_path / "argine.sqlite3.moved")
    check_place(read(there))
    with pytest.raises(ConfigError, match="was moved to PostgreSQL"):
        check_place(read(here))
