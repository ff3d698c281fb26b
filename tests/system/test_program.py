"""What the program grievd promises at its command line: checks, migrations, exit codes."""

import json
import re
import shutil
import socket
import subprocess

import pytest
from harness import GRIEVD, ROOT, Site

EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_OSERR, EX_CONFIG = 64, 65, 69, 71, 78


def grievd(*args, **kwargs):
    return subprocess.run([GRIEVD, *map(str, args)], capture_output=True, text=True, **kwargs)


@pytest.fixture(scope="module")
def bare():
    """A database that is prepared but not migrated, and certificates."""
    made = Site(migrate=False)
    try:
        made.install()
        yield made
    finally:
        made.close()


# -- the command line


@pytest.mark.parametrize("args", [[], ["walk"], ["run", "--status"], ["routes", "extra"],
                                  ["migrate", "--sql"], ["--frob"]])
def test_a_wrong_command_line_is_told_apart(args):
    done = grievd(*args)
    assert done.returncode == EX_USAGE
    assert "grievd --help" in done.stderr


def test_help_names_every_verb_and_version_the_version():
    text = grievd("--help").stdout
    for verb in ("run", "signer", "migrate", "check-config", "routes"):
        assert f"\n  {verb} " in text
    assert grievd("run", "--help").returncode == 0
    assert re.fullmatch(r"grievd \d+\.\d+\.\d+\n", grievd("--version").stdout)


def test_routes_are_those_of_routes_def():
    definition = re.findall(r'^R\("(\w+)",\s+"([^"]+)"', (ROOT / "daemon/routes.def").read_text(), re.M)
    printed = json.loads(grievd("routes", "--json").stdout)
    assert [(each["method"], each["path"]) for each in printed] == definition
    assert len(grievd("routes").stdout.splitlines()) == len(definition)


# -- check-config


def changed(site, old, new):
    """The site's configuration with a change."""
    text = site.write_config().read_text()
    assert old in text
    path = site.folder / "changed.conf"
    path.write_text(text.replace(old, new))
    return path


def test_a_good_configuration_has_no_fault(bare):
    done = grievd("check-config", "--config", bare.write_config())
    assert done.returncode == 0, done.stdout
    assert "0 faults, 0 warnings" in done.stdout


def test_a_missing_revocation_list_is_pointed_out(bare):
    done = grievd("check-config", "--config", changed(bare, "client_crl =", "client_crl = \n#"))
    assert done.returncode == 0
    assert re.search(r"^warning +client_crl", done.stdout, re.M)


@pytest.mark.parametrize("old, new, says", [
    ("localhost.pem", "missing.pem", "missing.pem"),
    ("localhost.key", "ca.key", "ca.key"),
    ("client_ca =", "client_ca = /dev/null\n#", "/dev/null"),
    ("client_crl =", "client_crl = /dev/null\n#", "/dev/null"),
    ("nonce_key =", "nonce_key = /dev/null\n#", "64 hexadecimal digits"),
    ("dbname=grievd user=grievd\n", "dbname\n", "parsed"),
    ("\nconninfo = host=", "\nconninfo = host=db.example.org ; host=", "looked up"),
    ("listen =", "listen = nowhere\n#", "nowhere"),
    ("[server]", "[server]\nworker = 1", ":2:"),
    ("log_level = info", "log_level = loud", "log_level"),
    ("origin = localhost/log", "origin = localhost", "origin"),
])
def test_a_fault_is_named(bare, old, new, says):
    done = grievd("check-config", "--config", changed(bare, old, new))
    assert done.returncode == EX_CONFIG, done.stdout
    faults = [line for line in done.stdout.splitlines() if line.startswith("fault")]
    assert len(faults) == 1 and says in faults[0], done.stdout


def test_a_private_key_that_others_can_read_is_pointed_out(bare):
    key = bare.folder / "open.key"
    shutil.copy(bare.ca_folder / "localhost.key", key)
    key.chmod(0o644)
    done = grievd("check-config", "--config", changed(bare, str(bare.ca_folder / "localhost.key"), str(key)))
    assert "chmod 600" in done.stdout
    assert done.returncode == 0


# -- run


def test_run_refuses_a_broken_configuration_and_says_what_next(bare):
    done = grievd("run", "--config", changed(bare, "[server]", "[server]\nworker = 1"))
    assert done.returncode == EX_CONFIG
    assert "check-config" in done.stderr


def test_run_refuses_an_address_in_use(bare):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = grievd("run", "--config", changed(bare, "127.0.0.1:0", f"127.0.0.1:{port}"))
    assert done.returncode == EX_OSERR
    assert str(port) in done.stderr


# -- migrate


@pytest.fixture
def sql(tmp_path):
    """A copy of the project's SQL, to be broken."""
    return shutil.copytree(ROOT / "sql", tmp_path / "sql")


def migrate(site, sql, *args):
    return grievd("migrate", "--config", site.write_config(), "--sql", sql, *args)


def state(site):
    """Everything a migration may change, to be compared."""
    return site.postgres.psql("""
        SELECT string_agg(sha256, ',' ORDER BY number) FROM register.migration;
        SELECT md5(string_agg(prosrc, '' ORDER BY oid::regprocedure::text))
          FROM pg_proc WHERE pronamespace IN ('rules'::regnamespace, 'api'::regnamespace);
        SELECT md5(string_agg(function || role, '' ORDER BY function, role)) FROM register.rights""")


def test_a_migration_is_applied_once_and_can_be_repeated(bare, sql):
    pending = migrate(bare, sql, "--status")
    assert pending.returncode == 1
    first = migrate(bare, sql)
    assert first.returncode == 0, first.stderr
    assert "applied   001_" in first.stdout
    before = state(bare)
    again = migrate(bare, sql)
    assert again.returncode == 0, again.stderr
    assert "applied   001_" not in again.stdout
    assert state(bare) == before
    assert migrate(bare, sql, "--status").returncode == 0


def test_an_applied_migration_must_not_change(bare, sql):
    assert migrate(bare, sql).returncode == 0
    before = state(bare)
    applied = sorted((sql / "migrations").glob("001_*.sql"))[0]
    applied.write_text(applied.read_text() + "-- a change\n")
    done = migrate(bare, sql)
    assert done.returncode == EX_DATAERR
    assert applied.name in done.stderr
    assert state(bare) == before


def test_a_failing_file_is_named_by_its_line_and_changes_nothing(bare, sql):
    assert migrate(bare, sql).returncode == 0
    before = state(bare)
    some = sorted((sql / "api").glob("*.sql"))[0]
    some.write_text(some.read_text() + "\n")  # not the same text, but the same function
    (sql / "report" / "zz_broken.sql").write_text("CREATE OR REPLACE VIEW report.zz AS\nSELECT 1\n  FROM nowhere;\n")
    done = migrate(bare, sql)
    assert done.returncode == EX_DATAERR
    assert "zz_broken.sql:3:" in done.stderr
    assert state(bare) == before


def test_a_failing_migration_leaves_nothing_behind(bare, sql):
    assert migrate(bare, sql).returncode == 0
    before = state(bare)
    number = len(list((sql / "migrations").glob("*.sql"))) + 1
    (sql / "migrations" / f"{number:03}_broken.sql").write_text(
        "CREATE TABLE register.left_over (a integer);\nSELECT 1 / 0;\n")
    done = migrate(bare, sql)
    assert done.returncode == EX_DATAERR
    assert "division by zero" in done.stderr
    assert state(bare) == before
    assert bare.postgres.psql("SELECT to_regclass('register.left_over') IS NULL") == "t"


def test_a_right_that_left_the_file_is_gone(bare, sql):
    assert migrate(bare, sql).returncode == 0
    before = state(bare)
    rights = sql / "reference" / "rights.csv"
    header, first, *rest = rights.read_text().splitlines(keepends=True)
    rights.write_text("".join([header, *rest]))
    done = migrate(bare, sql)
    assert done.returncode == 0, done.stderr
    assert "register.rights: 0 new, 0 changed, 1 removed" in done.stdout
    function, role = first.strip().split(",")
    assert bare.postgres.psql(f"SELECT count(*) FROM register.rights"
                              f" WHERE (function, role) = ('{function}', '{role}')") == "0"
    assert migrate(bare, ROOT / "sql").returncode == 0
    assert state(bare) == before


def test_a_csv_with_a_fault_is_named(bare, sql):
    states = sql / "reference" / "state.csv"
    lines = states.read_text().splitlines(keepends=True)
    states.write_text("".join([lines[0].replace("ord", "order_of"), *lines[1:]]))
    done = migrate(bare, sql)
    assert done.returncode == EX_DATAERR
    assert "state.csv:1:" in done.stderr and "order_of" in done.stderr


def test_only_a_member_of_the_owner_may_migrate(bare, sql):
    done = grievd("migrate", "--sql", sql, "--config",
                  changed(bare, "user=grievd_owner", "user=grievd"))
    assert done.returncode == EX_DATAERR
    assert "grievd_owner" in done.stderr


def test_a_database_out_of_reach_is_told_apart(bare, sql):
    done = grievd("migrate", "--sql", sql, "--config",
                  changed(bare, f"host={bare.postgres.socket_dir} dbname=grievd user=grievd_owner",
                          "host=/nonexistent dbname=grievd"))
    assert done.returncode == EX_UNAVAILABLE


def test_migrations_wait_for_each_other(bare, sql):
    command = [GRIEVD, "migrate", "--config", bare.write_config(), "--sql", sql]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
               for _ in range(4)]
    for each in running:
        _, errors = each.communicate()
        assert each.returncode == 0, errors
