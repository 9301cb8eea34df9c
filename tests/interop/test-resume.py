#!/usr/bin/python3
"""test-resume - a job is gone on with as it was asked for, and what is told of it is the whole job

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import signal
import socket
import sqlite3
import struct
import threading
import time

import objects
from answering import AnsweringScp, items
from certificates import self_signed
from harness import Process, expect, expect_equal, run_tests, test, wait_for
from peers import GANTRYCTL, Receiver, environment, gantryctl

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
MR = objects.ROOT / 'test_files' / 'MR_small.dcm'
CT_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
EXPLICIT = '1.2.840.10008.1.2.1'
PAUSED = 5  # state of a job in the database
OBJECTS = 12


def kill_at_connection(folder, listener, *arguments):
    """A run that is killed when it has connected; nothing of its job is sent."""
    process = Process([GANTRYCTL, 'send', *arguments], folder, environment(folder))
    connection, _ = listener.accept()
    process.stop(signal.SIGKILL)
    connection.close()


def leave_job(folder, *options, runs=()):
    """A job of two objects with these options, of which nothing was sent; then runs that go on with
    it under others and are killed as well. The port that it is for, where nobody listens."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(30)
        port = listener.getsockname()[1]
        kill_at_connection(folder, listener, f'PEER@127.0.0.1:{port}', CT, MR, *options)
        for run in runs:
            kill_at_connection(folder, listener, '--resume', *run)
    return port


def calling(request):
    return request[20:36].decode().strip()


def max_pdu(request):
    information = next(v for k, v in items(request[68:]) if k == 0x50)
    return struct.unpack('>I', next(v for k, v in items(information) if k == 0x51))[0]


def syntaxes(request):
    """The transfer syntaxes that an A-ASSOCIATE-RQ proposes."""
    contexts = [v for k, v in items(request[68:]) if k == 0x20]
    return {v.rstrip(b'\0').decode() for c in contexts for k, v in items(c[4:]) if k == 0x40}


# ---- As it was asked for -------------------------------------------------------------------------

def goes_on_with(options, read, wanted, runs=(), last=()):
    def check(folder):
        scp = AnsweringScp(0, port=leave_job(folder, *options, runs=runs))
        result = gantryctl(folder, 'send', '--resume', *last)
        expect_equal(result.status, 0, f'exit status; {result.error}')
        expect_equal(read(scp), wanted, 'what the peer was asked')
        scp.stop()
    return check


def of_request(*functions):
    return lambda scp: tuple(f(scp.requests[0]) for f in functions)


for name, *how in (
        ('from', ('--from', 'MYAET'), of_request(calling), ('MYAET',)),
        ('max-pdu', ('--max-pdu', 16384), of_request(max_pdu), (16384,)),
        ('no-transcode', ('--no-transcode',), of_request(syntaxes), ({EXPLICIT},)),
        ('priority', ('--priority', 'low'), lambda scp: scp.priorities, [2, 2])):
    test(f'/resume/kept/{name}')(goes_on_with(*how))

GIVEN = ('--from', 'OLD', '--max-pdu', 16384, '--priority', 'low')
for name, *how in (
        # What is said later comes first, and the rest stays.
        ('from', GIVEN, lambda scp: (*of_request(calling, max_pdu)(scp), *scp.priorities),
         ('NEW', 16384, 2, 2), (), ('--from', 'NEW')),
        ('priority', GIVEN, lambda scp: (*of_request(calling)(scp), *scp.priorities),
         ('OLD', 1, 1), (), ('--priority', 'high')),
        # Also when that run was killed in its turn.
        ('kept', GIVEN, of_request(calling, max_pdu), ('NEW', 16384), (('--from', 'NEW'),)),
        ('kept-twice', GIVEN, of_request(calling, max_pdu), ('NEWER', 32768),
         (('--from', 'NEW'), ('--from', 'NEWER', '--max-pdu', 32768)))):
    test(f'/resume/overridden/{name}')(goes_on_with(*how))


@test('/resume/kept/retries')
def retries_kept(folder):
    scp = AnsweringScp(0xA700, port=leave_job(folder, '--retries', 2, '--retry-pause', 0))
    result = gantryctl(folder, 'send', '--resume')
    expect_equal((result.status, len(result.of('retry'))), (1, 2), 'exit status and retries')
    scp.stop()


@test('/resume/overridden/retries')
def retries_overridden(folder):
    """0 is a number as well."""
    scp = AnsweringScp(0xA700, port=leave_job(folder, '--retries', 2, '--retry-pause', 0))
    result = gantryctl(folder, 'send', '--resume', '--retries', 0)
    expect_equal((result.status, len(result.of('retry'))), (1, 0), 'exit status and retries')
    scp.stop()


@test('/resume/kept/timeouts')
def timeouts_kept(folder):
    """The peer takes the connection and says nothing."""
    port = leave_job(folder, '--acse-timeout', 1)
    with socket.create_server(('127.0.0.1', port)):
        started = time.monotonic()
        result = gantryctl(folder, 'send', '--resume')
        took = time.monotonic() - started
    expect_equal(result.status, 3, f'exit status; {result.error}')
    expect(took < 10, f'{took:.1f} s: that was not one second, but the default, fifteen')


@test('/resume/kept/tls')
def tls_kept(folder):
    """The authorities, named from the folder that the first run was in; its name is no UTF-8."""
    odd = pathlib.Path(os.fsdecode(os.fsencode(folder) + b'/zerti\xe9'))
    odd.mkdir()
    own = self_signed(folder, 'archive')
    (odd / 'archive.pem').write_bytes(own.pem.read_bytes())
    port = leave_job(folder, '--tls', '--tls-ca', f'{odd.name}/archive.pem')
    receiver = Receiver(folder, *own.own, '--port', port)
    here = os.getcwd()
    os.chdir('/')
    try:
        result = gantryctl(folder, 'send', '--resume')
    finally:
        os.chdir(here)
    expect_equal(result.status, 0, f'exit status; {result.error}')
    expect_equal(result.summary['stored'], 2, 'stored')
    receiver.finish()


@test('/resume/overridden/tls')
def tls_overridden(folder):
    """Nobody in the first run's list vouches for the peer; the one that goes on takes any."""
    others = self_signed(folder, 'others')
    own = self_signed(folder, 'archive')
    port = leave_job(folder, '--tls', '--tls-ca', others.pem, runs=((),))
    receiver = Receiver(folder, *own.own, '--port', port)
    result = gantryctl(folder, 'send', '--resume', '--tls-no-verify')
    expect_equal(result.status, 0, f'exit status; {result.error}')
    receiver.finish()


# ---- What is told --------------------------------------------------------------------------------

class HoldingScp(AnsweringScp):
    """Answers the first objects with a status, and then nothing until it is told to go on."""

    def __init__(self, status, objects):
        super().__init__(status)
        self.left = objects
        self.go_on = threading.Event()

    def _response(self, context, command):
        if self.left == 0:
            self.go_on.wait(60)
        self.left -= 1
        return super()._response(context, command)


def leave_part(folder, status):
    """A job of which two objects were answered, and the peer."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    for i in range(OBJECTS):
        (study / f'{i}.dcm').write_bytes(CT.read_bytes().replace(CT_UID, CT_UID[:-2] + b'%02d' % i))
    scp = HoldingScp(status, 2)
    process = Process([GANTRYCTL, 'send', scp.address, study, '--associations', 1, '--json'], folder,
                      environment(folder))
    wait_for(lambda: process.output().count('"event":"instance"') == 2, 'no two answers')
    process.stop(signal.SIGKILL)
    scp.status = 0
    scp.go_on.set()
    return scp


def database(folder):
    connection = sqlite3.connect(f'{folder}/profile/gantry.db')
    return contextlib.closing(connection)


def tells_whole_job(status, exit_status, stored, refused):
    def check(folder):
        scp = leave_part(folder, status)
        result = gantryctl(folder, 'send', '--resume')
        summary = result.summary
        expect_equal(len(result.of('instance')), OBJECTS - 2, 'instances of this run')
        expect_equal((result.status, summary['instances'], summary['stored'], summary['refused']),
                     (exit_status, OBJECTS, stored, refused), 'exit status and summary')
        again = gantryctl(folder, 'send', '--resume')
        expect_equal((again.status, again.summary['instances']), (0, 0), 'when nothing is left')
        scp.stop()
    return check


test('/resume/counts/refused-before')(tells_whole_job(0xC000, 1, OBJECTS - 2, 2))
test('/resume/counts/stored-before')(tells_whole_job(0, 0, OBJECTS, 0))


@test('/resume/paused')
def paused(folder):
    """It stays so until somebody says otherwise, and that is told; what is not paused is sent."""
    scp = leave_part(folder, 0)
    with database(folder) as db, db:
        db.execute('UPDATE jobs SET state = ? WHERE draft IS NULL', [PAUSED])
    asked = len(scp.requests)

    result = gantryctl(folder, 'send', '--resume')
    expect_equal((result.status, result.summary['instances']), (1, 0), 'exit status and instances')
    told, = result.of('paused')
    expect_equal((told['job'], told['waiting']), (1, OBJECTS - 2), 'what is told')
    expect('gantryctl send --resume --paused' in told['message'], told['message'])
    in_words = gantryctl(folder, 'send', '--resume', json_lines=False)
    expect_equal(in_words.status, 1, 'exit status without --json')
    expect(told['message'] in in_words.error, f'told: {in_words.error}')
    expect_equal(len(scp.requests), asked, 'associations for the paused job')

    other = AnsweringScp(0, port=leave_job(folder))
    result = gantryctl(folder, 'send', '--resume')
    expect_equal((result.status, result.summary['instances'], result.summary['stored']), (1, 2, 2),
                 'exit status and summary with a job that is not paused')
    expect_equal((len(result.of('paused')), len(scp.requests)), (1, asked), 'the paused one')
    other.stop()

    result = gantryctl(folder, 'send', '--resume', '--paused')
    expect_equal((result.status, result.of('paused')), (0, []), f'exit status; {result.error}')
    expect_equal((result.summary['instances'], result.summary['stored']), (OBJECTS, OBJECTS),
                 'summary of the paused job')
    scp.stop()


@test('/resume/paused/wrong-use')
def paused_wrong_use(folder):
    result = gantryctl(folder, 'send', 'PEER@127.0.0.1:104', CT, '--paused', json_lines=False)
    expect_equal(result.status, 2, 'exit status')


@test('/resume/several')
def several(folder):
    """The summary is of all jobs; each goes on as it was asked for itself."""
    first = leave_job(folder, '--from', 'ONE')
    second = leave_job(folder, '--from', 'TWO')
    scps = [AnsweringScp(0, port=first), AnsweringScp(0, port=second)]
    result = gantryctl(folder, 'send', '--resume')
    expect_equal((result.status, result.summary['instances'], result.summary['stored']), (0, 4, 4),
                 'exit status and summary')
    expect_equal([calling(s.requests[0]) for s in scps], ['ONE', 'TWO'], 'calling AE titles')
    for scp in scps:
        scp.stop()


run_tests()
