"""grievd notify against a real SMTP server on loopback: what goes out, once, and what happens when it cannot."""

import email
import email.policy
import os
import signal
import socket
import ssl
import subprocess
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from harness import GRIEVD, WAIT_S, fiscal_year, running_site, today, wait_until

YEAR = fiscal_year(today())


class Mailbox:
    """What the server does with each message, and those that it took."""

    def __init__(self):
        self.messages, self.recipients, self.replies, self.senders = [], [], [], []
        self.arrived = threading.Condition()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.senders:
            return self.senders.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.recipients.append(address)
        if address.startswith("unknown@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.arrived:
            reply = self.replies.pop(0) if self.replies else "250 OK"
            if reply.startswith("2") or reply.startswith("taken"):
                self.messages.append((session.ssl is not None, session.authenticated, envelope.mail_from,
                                      envelope.rcpt_tos, bytes(envelope.content)))
            self.arrived.notify_all()
        return reply.removeprefix("taken ")

    def await_messages(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.messages) >= count, WAIT_S), self.messages


class Server(Controller):
    """On a port that the system chooses."""

    def __init__(self, site, mailbox, starttls=True):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(site.ca_folder / "localhost.pem", site.ca_folder / "localhost.key")
        self.context = context if starttls else None
        self.listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(mailbox, hostname="127.0.0.1", port=self.listener.getsockname()[1])

    def factory(self):
        login = lambda server, session, envelope, mechanism, given: AuthResult(
            success=given == LoginPassword(b"register", "รหัสผ่าน".encode()))
        return SMTP(self.handler, tls_context=self.context, require_starttls=self.context is not None,
                    authenticator=login, auth_required=self.context is not None, hostname="localhost")

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listener)

    def _trigger_server(self):
        socket.create_connection(("127.0.0.1", self.port), 5).close()


@pytest.fixture
def site():
    with running_site() as made:
        made.postgres.psql("UPDATE register.principal SET email = name || '@nso.example'")
        yield made


@pytest.fixture
def mailbox():
    return Mailbox()


class Notifier:
    """grievd notify with its own configuration and database role."""

    def __init__(self, site, port, url="smtp", **settings):
        self.site = site
        password = site.folder / "smtp.password"
        password.write_text("รหัสผ่าน\n")
        values = {"url": f"{url}://localhost:{port}", "from": "grievd@register.example", "user": "register",
                  "password": password, "ca": site.ca_folder / "ca.pem", "interval": "100ms", **settings}
        self.config = site.folder / "notify.conf"
        self.config.write_text("[notify]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
                               + f"[database]\nconninfo = {site.conninfo('grievd_notify')}\n")
        self.log_path = site.folder / "notify.log"

    def __enter__(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([GRIEVD, "notify", "--config", self.config], stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        assert self.process.wait(WAIT_S) in (0, -signal.SIGKILL), self.log()

    def log(self):
        return self.log_path.read_text()


def escalate(site, **fields):
    """A case whose registration is overdue, and the sweep that says so."""
    case = site.submit("TH-50", **fields).json
    site.request("legal", "GET", "/v1/queue")
    site.request("alt-intake", "GET", "/v1/queue")
    site.postgres.psql(f"UPDATE register.clock SET due_on = '2026-11-17' WHERE kind = 'register' AND complaint = '{case['id']}'")
    site.postgres.psql("SELECT rules.sweep(now())", user="grievd_owner")
    return case


def outbox(site, what="status || ' ' || tries"):
    return site.postgres.psql(f"SELECT string_agg({what}, ', ' ORDER BY recipient, at) FROM register.outbox")


def test_a_reminder_is_a_mail_with_a_number_and_a_day_and_no_content(site, mailbox):
    case = escalate(site, narrative="ข้อความลับมาก", subject="bribery")
    server = Server(site, mailbox)
    server.start()
    try:
        with Notifier(site, server.port):
            mailbox.await_messages(1)
            wait_until(lambda: outbox(site) == "sent 1", "it is settled")
    finally:
        server.stop()
    over_tls, authenticated, sender, recipients, content = mailbox.messages[0]
    assert (over_tls, authenticated, sender, recipients) == (True, True, "grievd@register.example", ["head@nso.example"])
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert not message.defects
    assert message["Subject"] == f"{case['ref']}: ลงรับเรื่อง / to be registered"
    assert message["Message-ID"] == f"<{outbox(site, 'id::text')}@register.example>"
    assert (message["To"], message["From"], message["Auto-Submitted"]) == (
        "head@nso.example", "grievd@register.example", "auto-generated")
    assert abs((message["Date"].datetime.date() - today()).days) <= 1
    text = message.get_content()
    assert f"เลขรับ {case['ref']}" in text and "พ้นกำหนดเมื่อวันที่ 17 พฤศจิกายน 2569" in text and "Overdue since 2026-11-17" in text
    for hidden in ("ข้อความลับ", "bribery", "TH-50-head", case["id"], "CX"):
        assert hidden not in text and hidden not in message["Subject"]
    assert len(mailbox.messages) == 1


def test_a_server_that_is_away_gets_it_later_and_one_that_refuses_for_good_never(site, mailbox):
    site.postgres.psql("UPDATE register.principal SET email = 'unknown@nso.example' WHERE name = 'alt-head'")
    escalate(site)
    escalate(site, accused_role="legal_head")
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with Notifier(site, port):
        wait_until(lambda: outbox(site) == "waiting 1, waiting 1", "both were tried")
    assert outbox(site, "(next_try_at - now() BETWEEN '1 minute' AND '2 minutes')::text") == "true, true"
    site.postgres.psql("UPDATE register.outbox SET next_try_at = now()")
    server = Server(site, mailbox)
    mailbox.replies = ["451 4.3.0 try again later"]
    server.start()
    try:
        with Notifier(site, server.port):
            wait_until(lambda: outbox(site) == "dead 2, waiting 2", "one is refused for good, one for now")
            site.postgres.psql("UPDATE register.outbox SET next_try_at = now() WHERE status = 'waiting'")
            wait_until(lambda: outbox(site) == "dead 2, sent 3", "and then taken")
    finally:
        server.stop()
    dead, = site.request("admin", "GET", "/v1/mail").json["items"]
    assert (dead["recipient"], dead["status"], dead["tries"]) == ("alt-head", "dead", 2)
    assert "550" in dead["trouble"] and "ref" not in dead and "unknown@" not in dead["trouble"]
    for actor in ("head", "auditor", "TH-50"):
        assert site.request(actor, "GET", "/v1/mail").status == 403
    assert "unknown" in site.griev("admin", "mail").stdout
    wait_until(lambda: {"grievd_mail_dead 1", "grievd_mail_waiting 0"} <= set(site.metrics().splitlines()), "it is counted")


@pytest.mark.parametrize("asked, reply, became", [
    ("senders", "530 5.7.0 authentication required", "waiting 1"), ("senders", "550 5.7.1 not from there", "waiting 1"),
    ("replies", "451 4.3.0 try again later", "waiting 1"), ("replies", "554 5.6.0 not such a message", "dead 1"),
])
def test_a_refusal_of_the_message_is_final_and_one_of_who_sends_it_is_not(site, mailbox, asked, reply, became):
    escalate(site)
    server = Server(site, mailbox)
    getattr(mailbox, asked).append(reply)
    server.start()
    try:
        with Notifier(site, server.port):
            wait_until(lambda: reply[:3] in outbox(site, "coalesce(trouble, '')"), "it was tried")
            assert outbox(site) == became
            if became.startswith("waiting"):
                site.postgres.psql("UPDATE register.outbox SET next_try_at = now()")
                mailbox.await_messages(1)
    finally:
        server.stop()


def test_without_tls_or_with_the_wrong_certificate_nothing_is_sent(site, mailbox):
    escalate(site)
    other = site.folder / "other-ca"
    site.ca("init", other)
    server, bare = Server(site, mailbox), Server(site, mailbox, starttls=False)
    for each in (server, bare):
        each.start()
    try:
        for port, settings in ((bare.port, {}), (server.port, {"ca": other / "ca.pem"})):
            site.postgres.psql("UPDATE register.outbox SET next_try_at = now(), tries = 0")
            with Notifier(site, port, **settings):
                wait_until(lambda: outbox(site) == "waiting 1", "it was tried")
                wait_until(lambda: outbox(site, "trouble") != "", "and did not go")
    finally:
        for each in (server, bare):
            each.stop()
    assert mailbox.messages == [] and mailbox.recipients == []


def test_killed_between_sending_and_settling_it_sends_again_under_the_same_id(site, mailbox):
    escalate(site)
    server = Server(site, mailbox)
    server.start()
    try:
        with Notifier(site, server.port) as notifier:
            wait_until(lambda: outbox(site) == "waiting 1" or mailbox.messages, "it is lent")
            mailbox.await_messages(1)
            os.kill(notifier.process.pid, signal.SIGKILL)
            notifier.process.wait(WAIT_S)
        site.postgres.psql("UPDATE register.outbox SET status = 'waiting', next_try_at = now()")
        with Notifier(site, server.port):
            mailbox.await_messages(2)
            wait_until(lambda: outbox(site, "status") == "sent", "it is settled")
    finally:
        server.stop()
    first, second = (email.message_from_bytes(each[4], policy=email.policy.default) for each in mailbox.messages)
    assert first["Message-ID"] == second["Message-ID"]


def test_who_may_no_longer_see_the_case_is_not_written_to(site, mailbox):
    case = escalate(site)
    site.postgres.psql(f"INSERT INTO register.case_excluded VALUES ('{case['id']}', 'principal', 'head', now())")
    server = Server(site, mailbox)
    server.start()
    try:
        with Notifier(site, server.port):
            wait_until(lambda: outbox(site) == "dead 0", "it is given up")
    finally:
        server.stop()
    assert mailbox.messages == [] and mailbox.recipients == []


def test_two_mailers_send_each_message_once(site, mailbox):
    for _ in range(30):
        escalate(site)
    server = Server(site, mailbox)
    server.start()
    try:
        with Notifier(site, server.port), Notifier(site, server.port):
            mailbox.await_messages(30)
            wait_until(lambda: site.postgres.psql("SELECT count(*) FROM register.outbox WHERE status = 'sent'") == "30", "all are settled")
    finally:
        server.stop()
    ids = [email.message_from_bytes(each[4])["Message-ID"] for each in mailbox.messages]
    assert len(ids) == len(set(ids)) == 30


def test_the_mailer_reaches_nothing_but_the_outbox(site):
    allowed = site.postgres.psql("""SELECT string_agg(p.proname, ',' ORDER BY p.proname) FROM pg_proc AS p
        WHERE p.pronamespace IN ('api'::regnamespace, 'rules'::regnamespace, 'register'::regnamespace)
          AND has_function_privilege('grievd_notify', p.oid, 'EXECUTE')""")
    assert allowed == "outbox_settle,outbox_take"
    assert site.postgres.psql("""SELECT count(*) FROM pg_class AS c WHERE c.relkind IN ('r', 'v')
        AND c.relnamespace IN ('register'::regnamespace, 'rules'::regnamespace, 'report'::regnamespace)
        AND has_table_privilege('grievd_notify', c.oid, 'SELECT')""") == "0"


@pytest.mark.parametrize("line, says", [
    ("url = http://localhost", "url must begin"), ("from = nobody", "one mailbox"), ("from = a@b@c", "one mailbox"),
    ("colour = red", "not a known key"), ("interval = 1ms", "interval"),
])
def test_a_configuration_with_a_fault_is_refused(tmp_path, line, says):
    key = line.split(" =")[0]
    values = {"url": "smtp://localhost", "from": "a@b"}
    path = tmp_path / "notify.conf"
    path.write_text("[notify]\n" + "".join(f"{k} = {v}\n" for k, v in values.items() if k != key)
                    + f"{line}\n[database]\nconninfo = host=/nowhere\n")
    done = subprocess.run([GRIEVD, "notify", "--config", path], capture_output=True, text=True)
    assert done.returncode == 78 and says in done.stderr
