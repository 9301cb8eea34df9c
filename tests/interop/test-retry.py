#!/usr/bin/python3
"""test-retry - what can be helped is tried again, also by a later run; a node's own options

SPDX-License-Identifier: GPL-3.0-or-later
"""
import signal
import sqlite3
import struct

import objects
from answering import AnsweringScp, items
from harness import Process, expect, expect_equal, free_port, run_tests, test, wait_for
from peers import GANTRYCTL, environment, gantryctl, read_events

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
MR = objects.ROOT / 'test_files' / 'MR_small.dcm'
WAITING = 1  # state of a job in the database


def start(folder, *arguments):
    return Process([GANTRYCTL, 'send', *arguments, '--json'], folder, environment(folder))


def wait_for_retry(process):
    wait_for(lambda: '"event":"retry"' in process.output(), 'no retry was told')


def read_job(folder):
    database = f'{folder}/profile/gantry.db'
    with sqlite3.connect(database) as db:
        return db.execute('SELECT state, retry_at, tries, retryable FROM jobs '
                          'WHERE draft IS NULL').fetchone()


@test('/retry/then-stored')
def then_stored(folder):
    scp = AnsweringScp(0xA700)
    sender = start(folder, scp.address, CT, MR, '--retries', '5', '--retry-pause', '0')
    wait_for_retry(sender)
    scp.status = 0
    expect_equal(sender.wait(30), 0, f'exit status; {sender.error()}')
    events = read_events(sender.output())
    summary = events[-1]
    expect_equal((summary['instances'], summary['stored'], summary['refused']), (2, 2, 0),
                 'each instance counts once, with its last answer')
    first = next(e for e in events if e['event'] == 'retry')
    expect('A700' in first['message'] and first['job'] == 1 and 0 <= first['seconds'] <= 0.1,
           f'told: {first}')
    refused = [e for e in events if e['event'] == 'instance' and e['outcome'] == 'refused']
    expect(len(refused) >= 2, 'the first answers are told as well')
    scp.stop()


@test('/retry/limit')
def limit(folder):
    result = gantryctl(folder, 'send', f'PACS@127.0.0.1:{free_port()}', CT, '--retries', 2,
                       '--retry-pause', 0)
    expect_equal(result.status, 3, 'exit status')
    expect_equal(len(result.of('retry')), 2, 'retries')
    expect_equal(result.summary['failed'], 1, 'failed')


@test('/retry/never-unasked')
def never_unasked(folder):
    scp = AnsweringScp(0xA700)
    result = gantryctl(folder, 'send', scp.address, CT)
    expect_equal((result.status, len(result.of('retry'))), (1, 0), 'exit status and retries')
    scp.stop()


@test('/retry/killed-in-the-pause')
def killed(folder):
    """Twice; the run after that goes on at once, and nothing has become of the job meanwhile."""
    scp = AnsweringScp(0xA700)
    first = start(folder, scp.address, CT, MR, '--retries', '5', '--retry-pause', '3600')
    wait_for_retry(first)
    first.stop(signal.SIGKILL)
    state, retry_at, tries, retryable = read_job(folder)
    expect_equal((state, tries, retryable), (WAITING, 1, 2), 'the job after the first kill')
    expect(retry_at > 0, 'the time of the next try is lost')

    second = start(folder, '--resume', '--retries', '5', '--retry-pause', '3600')
    wait_for_retry(second)
    second.stop(signal.SIGKILL)
    state, later, tries, retryable = read_job(folder)
    expect_equal((state, tries, retryable), (WAITING, 1, 2), 'the job after the second kill')
    expect(later > retry_at, 'it was not tried')

    scp.status = 0
    last = gantryctl(folder, 'send', '--resume')
    expect_equal(last.status, 0, f'exit status; {last.error}')
    expect_equal(last.summary['stored'], 2, 'stored')
    scp.stop()


@test('/retry/interrupted-in-the-pause')
def interrupted(folder):
    sender = start(folder, f'PACS@127.0.0.1:{free_port()}', CT, '--retries', '5')
    wait_for_retry(sender)
    sender.popen.terminate()
    expect_equal(sender.wait(10), 1, 'exit status')
    expect_equal(read_job(folder)[0], WAITING, 'the job is kept')


def sends_priority(name, value):
    def check(folder):
        scp = AnsweringScp(0)
        result = gantryctl(folder, 'send', scp.address, CT, MR, *name)
        expect_equal(result.status, 0, 'exit status')
        expect_equal(scp.priorities, [value, value], 'Priority (0000,0700)')
        scp.stop()
    return check


for words, number in (((), 0), (('--priority', 'high'), 1), (('--priority', 'low'), 2)):
    test(f'/retry/priority/{words[-1] if words else "medium"}')(sends_priority(words, number))


def proposed(request):
    """The calling AE title and the maximum length of an A-ASSOCIATE-RQ."""
    information = next(v for k, v in items(request[68:]) if k == 0x50)
    length = next(v for k, v in items(information) if k == 0x51)
    return request[20:36].decode().strip(), struct.unpack('>I', length)[0]


@test('/retry/node-options')
def node_options(folder):
    """A saved node's own come before the settings, and what is asked for now before both."""
    scp = AnsweringScp(0)
    gantryctl(folder, 'send', scp.address, CT)  # makes the profile
    with sqlite3.connect(f'{folder}/profile/gantry.db') as db:
        db.execute("INSERT INTO nodes (name, ae_title, host, port, calling, max_pdu) "
                   "VALUES ('PACS', 'P', '127.0.0.1', ?, 'OWN', 16384)",
                   (int(scp.address.rpartition(':')[2]),))
    gantryctl(folder, 'send', 'PACS', CT)
    gantryctl(folder, 'send', 'PACS', CT, '--from', 'ME', '--max-pdu', 32768)
    expect_equal([proposed(r) for r in scp.requests[1:]], [('OWN', 16384), ('ME', 32768)],
                 'calling AE title and maximum length')
    scp.stop()


@test('/retry/wrong-use')
def wrong_use(folder):
    for arguments in (('--retries', '-1'), ('--retry-pause', '3601'), ('--priority', 'urgent')):
        result = gantryctl(folder, 'send', 'PACS@localhost:104', CT, *arguments, json_lines=False)
        expect_equal(result.status, 2, f'exit status for {arguments}')


run_tests()
