"""A real site for the system tests: PostgreSQL, a CA, grievd, and clients over mutual TLS.

Nothing here is a stand-in. PostgreSQL runs as its own account in a folder of its own with
fsync on; grievd gets its listening sockets the way systemd hands them over, so no port is
ever guessed, and says READY=1 on a socket we wait on, so nothing sleeps.
"""

import contextlib
import fcntl
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("GRIEVD_BUILD", ROOT / "build" / "release"))
GRIEVD = BUILD / "grievd"
GRIEV = BUILD / "griev"
BANGKOK = timezone(timedelta(hours=7))
NO_QUOTA = {"requests_per_second_max": 1000000, "requests_burst": 1000000, "connections_per_address_max": 10000}
UNPUBLISHED = {"publish": "0s"}  # where leaves are counted: no heartbeat comes between
PUBLISHED = {"publish": "7d"}
WAIT_S = 60  # how long an awaited event may take on a busy machine before it is a failure


def today():
    """The day in Bangkok, as the register sees it."""
    return datetime.now(BANGKOK).date()


def fiscal_year(day):
    return day.year + 543 + (1 if day.month >= 10 else 0)


def as_account(account):
    """What makes subprocess run a command as that account; nothing when it is ours."""
    if os.geteuid() != 0 or account == "root":
        return {}
    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def postgres_bin():
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    return versions[-1].parent


def wait_until(check, what, within_s=WAIT_S):
    """Poll a condition that nothing announces (another process's state)."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        result = check()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {within_s} s")


class Postgres:
    """One private server on a Unix socket (and, on request, a loopback port of its own)."""

    def __init__(self, folder, initialize=True, **settings):
        self.folder = Path(folder)
        self.data = self.folder / "pg"
        self.socket_dir = self.folder / "s"
        self.account = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.bin = postgres_bin()
        self.settings = {"fsync": "on", "max_connections": 60, "shared_buffers": "64MB", **settings}
        self.process = None
        self.port = 5432
        for path in (self.data, self.socket_dir):
            path.mkdir(parents=True)
            os.chmod(path, 0o700 if path == self.data else 0o755)
            if os.geteuid() == 0:
                shutil.chown(path, self.account, self.account)
        if initialize:
            self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-sync")

    def run(self, program, *args, **kwargs):
        done = subprocess.run([self.bin / program, *map(str, args)], capture_output=True, text=True, cwd="/",
                              **as_account(self.account), **kwargs)
        assert done.returncode == 0, f"{program}: {done.stderr}"
        return done.stdout

    def start(self, listen="", port=5432):
        self.port = port
        options = {**self.settings, "listen_addresses": listen, "port": port,
                   "unix_socket_directories": self.socket_dir}
        args = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        self.log = open(self.folder / "postgres.log", "ab")
        self.process = subprocess.Popen(
            [self.bin / "postgres", "-D", self.data, *args],
            stdout=self.log, stderr=self.log, cwd="/", start_new_session=True, **as_account(self.account))
        wait_until(self.accepts, "PostgreSQL accepts connections")
        return self

    def accepts(self):
        command = [self.bin / "pg_isready", "-q", "-h", self.socket_dir, "-p", str(self.port)]
        return subprocess.run(command).returncode == 0

    @property
    def pid(self):
        """The postmaster's own pid."""
        return int((self.data / "postmaster.pid").read_text().split("\n")[0])

    def send_signal(self, number):
        os.kill(self.pid, number)

    def send_signal_all(self, number):
        """Every process of the server: a machine that freezes, not just its postmaster."""
        for pid in [self.pid, *self.children()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def children(self):
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def stop(self, how=signal.SIGINT):
        if self.process and self.process.poll() is None:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                self.send_signal_all(signal.SIGCONT)
                self.send_signal(how)
            self.process.wait(WAIT_S)
        self.process = None

    def kill(self):
        """As a power cut would: no shutdown of any kind."""
        self.send_signal(signal.SIGSTOP)  # it forks no child any more that would outlive this
        self.send_signal_all(signal.SIGKILL)
        self.process.wait(WAIT_S)
        self.process = None

    def psql(self, sql, database="grievd", user="postgres"):
        """The result of a statement as text, columns by '|', as the superuser sees it."""
        done = subprocess.run(self.psql_command(database, user), input=sql, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def psql_command(self, database="grievd", user="postgres"):
        return [self.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.socket_dir,
                "-p", str(self.port), "-U", user, "-d", database]

    @contextlib.contextmanager
    def session(self, sql, user="postgres"):
        """A session that has done that much and stays, with what it holds, until the end."""
        running = subprocess.Popen(self.psql_command(user=user), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            running.stdin.write(f"{sql};\n\\echo done\n")
            running.stdin.flush()
            lines = []
            while (line := running.stdout.readline()) != "done\n":
                lines.append(line)
                assert line, "".join(lines)
            yield running
        finally:
            running.stdin.close()
            running.wait(WAIT_S)
            running.stdout.close()


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def masked(self):
        """All of it but what differs from one answer to the next: when it was made, and its id."""
        headers = [each for each in self.headers.items() if each[0] not in ("Date", "X-Request-Id")]
        return self.status, headers, self.body.replace(self.headers["X-Request-Id"].encode(), b"")

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


class Site:
    """Database, CA and daemon; stops what it started."""

    UNITS = ROOT / "sql" / "reference" / "units.csv"
    PRINCIPALS = ROOT / "sql" / "demo" / "principals.csv"
    GROUPS = {"legal": "legal", "alternate": "alternate", "external": "alternate"}  # whose key each route has

    def __init__(self, settings=None, migrate=True, principals=None, postgres=None):
        self.folder = Path(tempfile.mkdtemp(prefix="gv"))
        os.chmod(self.folder, 0o755)
        self.settings = {"server": {}, "tls": {}, "register": {}, "ledger": {}, "sealing": {}, "database": {}}
        for section, values in (settings or {}).items():
            self.settings[section].update(values)
        self.daemon = self.signer = None
        self.postgres = Postgres(self.folder, **(postgres or {})).start()
        try:
            self.make_ca()
            self.make_log()
            if migrate:
                self.install()
                self.migrate(principals or self.PRINCIPALS)
        except BaseException:
            self.close()
            raise

    def close(self):
        self.stop_daemon()
        self.stop_signer()
        self.postgres.stop(signal.SIGQUIT)
        if not os.environ.get("GRIEVD_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- certificates

    def ca(self, verb, *args):
        done = subprocess.run([ROOT / "systemd" / "grievd-ca", verb, *map(str, args)],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def make_ca(self):
        self.ca_folder = self.folder / "ca"
        self.ca_lock = threading.Lock()  # tests ask from several threads
        self.ca("init", self.ca_folder)
        self.ca("server", self.ca_folder, "localhost", "127.0.0.1", "::1")

    def certificate(self, name, folder=None):
        folder = folder or self.ca_folder
        with self.ca_lock:
            if not (folder / f"{name}.pem").exists():
                self.ca("client", folder, name)
        return folder / f"{name}.pem", folder / f"{name}.key"

    # -- the register

    def install(self):
        self.postgres.psql("CREATE DATABASE grievd ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0", database="postgres")
        self.postgres.psql((ROOT / "sql" / "install.sql").read_text())

    def migrate(self, principals):
        done = subprocess.run([GRIEVD, "migrate", "--config", self.write_config(), "--sql", ROOT / "sql",
                               "--units", self.UNITS, "--principals", principals],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def enrol(self, *people):
        """More principals, each (name, unit, roles), as an agency loads its own; before anything else."""
        path = self.folder / "people.csv"
        rows = [f"{name},เจ้าหน้าที่ {name},{name},{unit},{roles},true,true\n" for name, unit, roles in people]
        path.write_text("name,name_th,name_en,unit,roles,active,demo\n" + "".join(rows))
        self.migrate(path)

    def conninfo(self, user):
        return f"host={self.postgres.socket_dir} dbname=grievd user={user}"

    def seal_key(self, name):
        """The key pair of a route's group or a custodian: paths of the private and the public one."""
        folder = self.folder / "keys"
        private, public = folder / f"{name}.key", folder / f"{name}.pub"
        if not public.exists():
            folder.mkdir(exist_ok=True)
            done = subprocess.run([GRIEV, "keygen", "body", folder / name], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        return private, public

    def write_config(self):
        nonce_key = self.folder / "nonce.key"
        if not nonce_key.exists():
            nonce_key.write_text("5e" * 32 + "\n")
            nonce_key.chmod(0o600)
        base = {
            "server": {"listen": "127.0.0.1:0", "log_level": "info"},
            "tls": {"certificate": self.ca_folder / "localhost.pem", "key": self.ca_folder / "localhost.key",
                    "client_ca": self.ca_folder / "ca.pem", "client_crl": self.ca_folder / "crl.pem"},
            "register": {"origin": "localhost/log", "nonce_key": nonce_key, "nonce_key_id": 1},
            "ledger": {"signer": self.folder / "signer.sock", "public_key": self.folder / "log.pub", **UNPUBLISHED},
            "sealing": {
                "body_keys": " ".join(f"{route}:{self.seal_key(group)[1]}" for route, group in self.GROUPS.items()),
                "custodians": " ".join(f"{n}:{self.seal_key(f'custodian-{n}')[1]}" for n in (1, 2, 3)),
                "open_keys": " ".join(f"{route}:{self.seal_key(group)[0]}" for route, group in self.GROUPS.items()),
            },
            "database": {"conninfo": self.conninfo("grievd"),
                         "migrate_conninfo": self.conninfo("grievd_owner")},
        }
        lines = []
        for section, values in base.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {value}" for key, value in {**values, **self.settings[section]}.items()]
        path = self.folder / "grievd.conf"
        path.write_text("\n".join(lines) + "\n")
        return path

    # -- the log

    def make_log(self):
        """A signer with a key and a log of its own, begun."""
        self.signer_config = self.folder / "signer.conf"
        self.signer_config.write_text(f"[signer]\norigin = localhost/log\nkey = {self.folder}/log.key\n"
                                      f"state_dir = {self.folder}/signer\nlisten = {self.folder}/signer.sock\n")
        (self.folder / "signer").mkdir(mode=0o700)
        public = self.grievd("signer", "--config", self.signer_config, "--new-key", self.folder / "log.key")
        (self.folder / "log.pub").write_text(public)
        self.start_signer()
        self.grievd("ledger", "init", "--config", self.write_config())

    def grievd(self, *args):
        done = subprocess.run([GRIEVD, *map(str, args)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_signer(self):
        with open(self.folder / "signer.log", "ab") as log:
            self.signer = subprocess.Popen([GRIEVD, "signer", "--config", self.signer_config],
                                           stdout=log, stderr=log, start_new_session=True)
        wait_until(self.signer_listens, "the signer listens")

    def signer_listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.folder / "signer.sock")) == 0

    def stop_signer(self, how=signal.SIGTERM):
        if self.signer and self.signer.poll() is None:
            self.signer.send_signal(how)
            self.signer.wait(WAIT_S)
        self.signer = None

    # -- the daemon

    def start_daemon(self, activated=True, environment=None):
        """Start grievd, under socket activation or by its own bind, and wait until it says it is ready."""
        assert self.daemon is None
        config = self.write_config()
        notify_path = self.folder / "notify"
        notify_path.unlink(missing_ok=True)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(notify_path))
        self.notify.settimeout(WAIT_S)
        environment = {**os.environ, "NOTIFY_SOCKET": str(notify_path), **(environment or {})}
        self.log_path = self.folder / "grievd.log"
        log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, "ab") as log:
            run = self._run_activated if activated else subprocess.Popen
            self.daemon = run([GRIEVD, "run", "--config", config],
                              stdout=log, stderr=log, env=environment, start_new_session=True)
        self.await_notification("READY=1")
        if not activated:
            self.port, self.metrics_port = self._ports(self.log()[log_start:])
        return self

    def _run_activated(self, command, env, **kwargs):
        """As systemd does: two listening sockets as descriptors 3 and 4, LISTEN_PID the daemon's own."""
        listener, metrics = socket.socket(), socket.socket()
        for each in (listener, metrics):
            each.bind(("127.0.0.1", 0))
            each.listen(4096)
        self.port, self.metrics_port = listener.getsockname()[1], metrics.getsockname()[1]
        fds = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (listener, metrics)]
        script = 'exec 3<&{0} 4<&{1} {0}<&- {1}<&-; LISTEN_PID=$$ exec "$0" "$@"'.format(*fds)
        started = subprocess.Popen(
            ["bash", "-c", script, *command],
            env={**env, "LISTEN_FDS": "2", "LISTEN_FDNAMES": "https:metrics"}, pass_fds=fds, **kwargs)
        for fd in fds:
            os.close(fd)
        listener.close()
        metrics.close()
        return started

    @staticmethod
    def _ports(log):
        """Those of `listen = ...:0` and `metrics_listen = ...:0`, as the daemon says them."""
        found = dict(re.findall(r"listener name=(\w+) address=\S+ port=(\d+)", log))
        return int(found["https"]), int(found.get("metrics", 0))

    def await_notification(self, line):
        """Messages up to the first with that line, as lists of lines."""
        seen = []
        while not seen or line not in seen[-1]:
            try:
                seen.append(self.notify.recv(4096).decode().split("\n"))
            except TimeoutError:
                raise AssertionError(f"no {line}; log:\n{self.log()}") from None
        return seen

    def reload(self, **server):
        """SIGHUP with these settings of [server], and wait until it is done."""
        self.settings["server"].update(server)
        self.write_config()
        self.daemon.send_signal(signal.SIGHUP)
        self.await_notification("READY=1")
        return self

    @contextlib.contextmanager
    def limits(self, **server):
        """These settings of [server] for a while, then those of before."""
        usual = dict(self.settings["server"])
        self.reload(**server)
        try:
            yield
        finally:
            self.settings["server"] = usual
            self.reload()

    def await_ready(self, within_s=WAIT_S):
        """Until /readyz says that writes would be durable."""
        wait_until(lambda: self.request(None, "GET", "/readyz").status == 200, "/readyz is 200", within_s)
        return self

    def log(self):
        """What the daemon has logged. The lines of a request are written once its answer is on its way."""
        return self.log_path.read_text(errors="replace")

    def await_log(self, text):
        """Until a request's line with that text is in the log."""
        wait_until(lambda: text in self.log(), f"{text!r} is logged")

    def stop_daemon(self, how=signal.SIGTERM):
        if self.daemon is None:
            return None
        if self.daemon.poll() is None:
            self.daemon.send_signal(how)
        status = self.daemon.wait(WAIT_S)
        self.daemon = None
        self.notify.close()
        return status

    def memory_kib(self):
        for line in Path(f"/proc/{self.daemon.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise AssertionError("no VmRSS")

    # -- clients

    def tls_context(self, actor=None, folder=None):
        context = ssl.create_default_context(cafile=self.ca_folder / "ca.pem")
        if actor:
            context.load_cert_chain(*self.certificate(actor, folder))
        return context

    def raw(self, actor=None, folder=None):
        """A TLS connection for bytes of one's own making."""
        plain = socket.create_connection(("127.0.0.1", self.port), WAIT_S)
        return self.tls_context(actor, folder).wrap_socket(plain, server_hostname="localhost")

    def connect(self, actor=None):
        return http.client.HTTPSConnection("localhost", self.port, timeout=WAIT_S,
                                           context=self.tls_context(actor))

    def request(self, actor, method, path, body=None, headers=None, connection=None):
        used = connection or self.connect(actor)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body, ensure_ascii=False).encode()
        sent = {**({"Content-Type": "application/json"} if data is not None else {}), **(headers or {})}
        used.request(method, path, data, sent)
        answer = used.getresponse()
        response = Response(answer.status, answer.headers, answer.read())
        if connection is None:
            used.close()
        return response

    def metrics(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=WAIT_S)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def metric(self, name):
        for line in self.metrics().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise AssertionError(f"{name} is not in /metrics")

    def submit(self, actor="TH-50", connection=None, headers=None, **fields):
        body = complaint(**fields)
        return self.request(actor, "PUT", f"/v1/complaints/{body['id']}", body, headers, connection)

    def open(self, actor, id, connection=None):
        """What was told in a case, opened by the server for somebody who may read it."""
        return self.request(actor, "POST", f"/v1/complaints/{id}/open", {}, None, connection)

    def client_config(self, actor, **server):
        """griev's settings for a principal (None: nobody) with what it keeps in a folder of the site."""
        settings = {"url": f"https://localhost:{self.port}", "ca": self.ca_folder / "ca.pem"}
        if actor:
            settings["certificate"], settings["key"] = self.certificate(actor)
        lines = [f"{key} = {value}\n" for key, value in {**settings, **server}.items()]
        if (actor or "").startswith("custodian-"):
            lines.append(self.custodian_config(actor))
        path = self.folder / f"{actor or 'anyone'}.conf"
        path.write_text(f"[server]\n{''.join(lines)}[files]\nstate = {self.folder / 'state'}\n")
        return path

    def custodian_config(self, actor=None):
        """What a custodian has in his settings, or an office that seals the complainant itself."""
        keys = " ".join(f"{n}:custodian-{n}:{self.seal_key(f'custodian-{n}')[1]}" for n in (1, 2, 3))
        own = f"key = {self.seal_key(actor)[0]}\n" if actor else ""
        return f"[sealing]\norigin = localhost/log\ncustodians = {keys}\n{own}"

    def griev(self, actor, *args, input=None, environment=None, **server):
        return subprocess.run([GRIEV, "--config", self.client_config(actor, **server), *map(str, args)],
                              capture_output=True, text=True, input=input, cwd=self.folder,
                              env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})})


@contextlib.contextmanager
def running_site(*people, ledger=None, **settings):
    """A site with these people beside the demo's, without the quotas that a busy test would meet."""
    made = Site(settings={"server": {**NO_QUOTA, **settings}, "ledger": ledger or PUBLISHED})
    try:
        if people:
            made.enrol(*people)
        made.start_daemon().await_ready()
        yield made
    finally:
        made.close()


def told(answer):
    """What a submission is answered but for its receipt, which grows with the log."""
    return {key: value for key, value in answer.json.items() if key != "receipt"}


def complaint(**fields):
    """A good submission; fields replace its members, None removes one."""
    body = {
        "id": str(uuid.uuid4()),
        "channel": "box",
        "process": "production",
        "subject": "bribery",
        "class": "CX",
        "identity": "anonymous",
        "received_on": today().isoformat(),
        "narrative": "พบจดหมายในกล่องรับเรื่องร้องเรียน",
    }
    body.update(fields)
    return {key: value for key, value in body.items() if value is not None}
