#!/usr/bin/python3
"""test-faults - a peer that refuses, aborts, stalls, closes, rejects: the right states and words

SPDX-License-Identifier: GPL-3.0-or-later

Whatever the peer does: each instance has one outcome, none is called stored that the peer did not
answer so, the queue on the disk and the report agree, and the end comes in time.
"""
import collections
import json
import os
import pathlib
import re
import socket
import time

import faulty
import objects
import slow
from faulty import FaultyScp
from harness import expect, expect_equal, free_port, run_tests, test
from peers import gantryctl

SOURCES = [(objects.ROOT / 'test_files' / 'CT_small.dcm',
            b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322', 20),
           (objects.ROOT / 'test_files' / 'MR_small.dcm',
            b'1.3.6.1.4.1.5962.1.1.4.1.1.20040826185059.5457', 10)]
MR_CLASS = '1.2.840.10008.5.1.4.1.1.4'
SHORT = ('--connect-timeout', 2, '--acse-timeout', 2, '--dimse-timeout', 2, '--idle-timeout', 2)
PATIENT = ('--connect-timeout', 60, '--acse-timeout', 60, '--dimse-timeout', 60, '--idle-timeout', 60)
DONE = ('stored', 'warning')
# What a person can do next; a message without one of these leaves them alone with it.
ADVICE = re.compile(r'\b([Tt]ry|[Rr]etry|Retrying|[Aa]sk|[Cc]heck|[Ss]ee|Look|Tell|Compare|'
                    r'Do not delete|Switch|Allow)\b')


def make_job(folder):
    """Thirty instances: twenty CT, ten MR."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    for path, uid, count in SOURCES:
        model = path.read_bytes()
        expect_equal(model.count(uid), 2, f'UIDs in {path}')
        for number in range(count):
            other = uid[:-2] + b'%02d' % (number + 10)
            (study / f'{path.stem}-{number}.dcm').write_bytes(model.replace(uid, other))
    return study


def last_outcomes(result):
    return {e['sop_instance_uid']: e for e in result.of('instance')}


def check_truth(result, scp, instances=30):
    """What holds whatever happened."""
    last = last_outcomes(result)
    expect_equal(len(last), instances, 'instances with an outcome')
    counts = collections.Counter(e['outcome'] for e in last.values())
    summary = result.summary
    expect_equal(summary['instances'], instances, 'instances in the summary')
    for outcome in ('stored', 'warning', 'refused', 'not-accepted', 'failed'):
        expect_equal(summary[outcome.replace('-', '_')], counts[outcome], f'{outcome} in the summary')
    for uid, event in last.items():
        answers = scp.answers[uid]
        status = event.get('status')
        if event['outcome'] in DONE or event['outcome'] == 'refused':
            expect(answers and status == f'{answers[-1]:04X}',
                   f'{event["outcome"]} {status}, but the peer answered {answers}')
        else:
            expect(status is None, f'{event["outcome"]} with the status {status}')
        if event['outcome'] in DONE:
            expect(status == '0000' or status[0] == 'B', f'{status} called {event["outcome"]}')
        if event['outcome'] != 'stored':
            expect(ADVICE.search(event['message']), f'no advice: {event["message"]}')
            expect(event['message'][0].isupper() and event['message'][-1] in '.)”',
                   f'no sentence: {event["message"]}')
    return counts


def check_queue(folder, result):
    """The profile says the same as was said at the time; nothing of the job is left to be done."""
    last = last_outcomes(result)
    counts = collections.Counter(e['outcome'] for e in last.values())
    jobs = gantryctl(folder, 'jobs').of('job')
    expect_equal(len(jobs), 1, 'jobs')
    expect_equal(jobs[0]['state'], 'finished', 'state of the job')
    for outcome in (*DONE, 'refused', 'not-accepted', 'failed', 'waiting', 'sending', 'cancelled'):
        expect_equal(jobs[0][outcome], counts[outcome], f'{outcome} in the queue')
    path = pathlib.Path(folder) / 'report.json'
    expect_equal(gantryctl(folder, 'report', jobs[0]['id'], path, json_lines=False).status, 0,
                 'exit status of report')
    rows = json.loads(path.read_text(encoding='utf-8'))['instances']
    expect_equal({r['sop_instance_uid']: (r['outcome'], r['status'] or '', r['comment'])
                  for r in rows},
                 {uid: (e['outcome'], e.get('status', ''), e['message'])
                  for uid, e in last.items()}, 'the report')
    return jobs[0]


def send(folder, scp, *options, timeouts=PATIENT, associations=1, paths=()):
    """Sends the job; returns the result, how often each outcome came, and the job as kept."""
    paths = paths or (make_job(folder),)
    started = time.monotonic()
    result = gantryctl(folder, 'send', scp.address, *paths, '--associations', associations,
                       '--retry-pause', 0, *timeouts, *options, timeout=200)
    result.seconds = time.monotonic() - started
    instances = 30 if len(paths) == 1 else len(paths)
    counts = check_truth(result, scp, instances)
    return result, counts, check_queue(folder, result)


def expect_counts(got, wanted, what):
    """Of something that did not come at all the count may be left out, or be 0."""
    expect_equal({k: n for k, n in got.items() if n}, {k: n for k, n in wanted.items() if n}, what)


def expect_words(result, outcomes, words):
    for event in last_outcomes(result).values():
        if event['outcome'] in outcomes:
            for part in words:
                expect(part in event['message'], f'not “{part}”: {event["message"]}')


# ---- Every third object is answered with a status -------------------------------------------

STATUSES = {  # status: the outcome, whether trying again helps, words
    0xA700: ('refused', True, 'out of resources (A700)'),
    0xA7FF: ('refused', True, 'out of resources (A7FF)'),
    0x0110: ('refused', True, 'Processing failure (0110)'),
    0x0213: ('refused', True, 'Resource limitation (0213)'),
    0xA900: ('refused', False, 'does not match its SOP class (A900)'),
    0xC000: ('refused', False, 'cannot understand (C000)'),
    0x0122: ('refused', False, 'SOP class not supported (0122)'),
    0x0124: ('refused', False, 'not authorized (0124)'),
    0xB000: ('warning', False, 'values changed (B000)'),
    0xB006: ('warning', False, 'elements left out (B006)'),
    0xB007: ('warning', False, 'does not match its SOP class (B007)'),
    0xB123: ('warning', False, 'with a warning (B123)'),
    0xFF00: ('refused', False, 'no answer to a C-STORE'),
    0xFE00: ('refused', False, 'no answer to a C-STORE'),
    0x0107: ('refused', False, 'no answer to a C-STORE'),
    0x0001: ('refused', False, 'no answer to a C-STORE'),
    0x1234: ('refused', False, 'a status of the receiver’s own (1234)'.replace('’', "'")),
}


def answers_status(status, outcome, words):
    def check(folder):
        scp = FaultyScp('answer', faulty.answer(status))
        result, counts, _ = send(folder, scp)
        scp.stop()
        expect_counts(counts, {'stored': 20, outcome: 10}, 'outcomes')
        expect_words(result, (outcome,), (words,))
        expect_equal(result.status, 0 if outcome == 'warning' else 1, 'exit status')
        expect_equal((scp.connections, scp.stores), (1, 30), 'associations and stores')
    return check


def answers_and_heals(status, outcome, helps):
    """Where trying again helps everything is stored in the end; else the rest waits for a person."""
    def check(folder):
        scp = FaultyScp('answer', faulty.answer(status), strikes=10)
        result, counts, _ = send(folder, scp, '--retries', 3)
        scp.stop()
        expect_equal(len(result.of('retry')), 1 if helps else 0, 'retries')
        expect_equal(scp.stores, 40 if helps else 30, 'stores')
        expect_counts(counts, {'stored': 30} if helps else {'stored': 20, outcome: 10}, 'outcomes')
        expect_equal(result.status, 1 if outcome == 'refused' and not helps else 0, 'exit status')
        expect_counts(collections.Counter(a.count(0) for a in scp.answers.values()),
                     {1: 30} if helps else {1: 20, 0: 10}, 'how often each was stored')
    return check


for code, (outcome_, helps_, words_) in STATUSES.items():
    test(f'/faults/status/{code:04X}')(answers_status(code, outcome_, words_))
    test(f'/faults/status-with-retries/{code:04X}')(answers_and_heals(code, outcome_, helps_))


@test('/faults/status/always-A700')
def always_full(folder):
    scp = FaultyScp('answer', faulty.answer(0xA700), every=1)
    result, counts, _ = send(folder, scp, '--retries', 2)
    scp.stop()
    expect_equal((counts, result.status), ({'refused': 30}, 1), 'outcomes and exit status')
    expect_equal((len(result.of('retry')), scp.stores), (2, 90), 'retries and stores')


# ---- Every third object goes wrong ----------------------------------------------------------

Trouble = collections.namedtuple('Trouble', 'place fault words helps slow', defaults=(True, False))

TROUBLES = {
    'abort-by-user': Trouble('answer', faulty.abort(0, 0), '(aborted, 0/0)'),
    'abort-by-provider': Trouble('answer', faulty.abort(2, 1), '(aborted, 2/1)'),
    'abort-in-data': Trouble('data', faulty.abort(2, 6), '(aborted, 2/6)'),
    'close': Trouble('answer', faulty.close, 'closed the connection'),
    'close-in-data': Trouble('data', faulty.close, 'closed the connection'),
    'reset': Trouble('answer', faulty.reset, 'connection was lost'),
    'reset-in-data': Trouble('data', faulty.reset, 'connection was lost'),
    'silence': Trouble('answer', faulty.be_silent, 'did not answer the message within 2.0 s', True,
                       True),
    'half-an-answer': Trouble('answer', faulty.answer_half, 'in the middle of a message', True, True),
    'other-message': Trouble('answer', faulty.answer_other_message,
                             'something else than the answer', False),
    'other-context': Trouble('answer', faulty.answer_on_other_context,
                             'something else than the answer', False),
    'other-instance': Trouble('answer', faulty.answer_other_instance, 'about another object', False),
    'text': Trouble('answer', faulty.send_text, 'The other side sent a message of a kind that DICOM',
                    False),
    'broken-command': Trouble('answer', faulty.send_broken_command, 'cannot be read', False),
}


def goes_wrong(trouble):
    def check(folder):
        strikes = 3 if trouble.slow else 10
        scp = FaultyScp(trouble.place, trouble.fault, strikes=strikes)
        result, counts, _ = send(folder, scp, timeouts=SHORT if trouble.slow else PATIENT)
        scp.stop()
        expect_counts(counts, {'stored': 30 - strikes, 'failed': strikes}, 'outcomes')
        expect_words(result, ('failed',), (trouble.words,))
        expect_equal(result.status, 1, 'exit status')
        expect_equal(scp.stores, 30, 'each is sent once')
        # The tenth loses the last object of the job, so there is nothing to associate for again.
        expect_equal(scp.connections, strikes + (strikes < 10), 'associations')
        expect_equal(result.of('retry'), [], 'nobody asked for retries')
    return check


def goes_wrong_and_heals(trouble):
    def check(folder):
        scp = FaultyScp(trouble.place, trouble.fault, strikes=3)
        result, counts, _ = send(folder, scp, '--retries', 5,
                                 timeouts=SHORT if trouble.slow else PATIENT)
        scp.stop()
        helped = 0 if trouble.helps else 3
        expect_counts(counts, {'stored': 30, 'failed': 0} if trouble.helps
                     else {'stored': 27, 'failed': 3}, 'outcomes')
        expect_equal((len(result.of('retry')) > 0, result.status), (trouble.helps, 1 if helped else 0),
                     'tried again, exit status')
        expect_counts(collections.Counter(scp.answers[uid].count(0) for uid in last_outcomes(result)),
                     {1: 30 - helped, 0: helped}, 'how often each was stored')
        expect_equal(scp.stores, 33 - helped, 'stores')
    return check


def goes_wrong_always(trouble):
    """The job ends, and not for want of trying."""
    def check(folder):
        scp = FaultyScp(trouble.place, trouble.fault, every=1)
        result, counts, job = send(folder, scp, associations=2,
                                   timeouts=SHORT if trouble.slow else PATIENT)
        scp.stop()
        expect_counts(counts, {'failed': 30}, 'outcomes')
        expect_words(result, ('failed',), (trouble.words,))
        expect(trouble.words in job['message'] and trouble.words in result.error, job['message'])
        expect_equal(result.status, 1, 'an association was had: exit status')
        expect(1 <= scp.connections <= 4, f'{scp.connections} associations with a dead peer')
        expect(result.seconds < 60, f'{result.seconds:.0f} s')
    return check


for case, each in TROUBLES.items():
    test(f'/faults/third/{case}')(goes_wrong(each))
    test(f'/faults/third-with-retries/{case}')(goes_wrong_and_heals(each))
    test(f'/faults/always/{case}')(goes_wrong_always(each))


# ---- Objects that the peer cannot bear ------------------------------------------------------

def make_many(folder, n):
    """A folder of so many CTs, and their UIDs in the order in which they are sent."""
    path, uid, _ = SOURCES[0]
    model, study = path.read_bytes(), pathlib.Path(folder) / 'many'
    study.mkdir()
    uids = [uid[:-3] + b'%03d' % number for number in range(n)]
    for number, other in enumerate(uids):
        (study / f'{number:03}.dcm').write_bytes(model.replace(uid, other))
    return study, [u.decode() for u in uids]


def bears_not(first, n, retries):
    """Those fail, each with its own loss, and all others are stored."""
    def check(folder):
        study, uids = make_many(folder, 100)
        poison = uids[first:first + n]
        scp = FaultyScp('answer', faulty.abort(0, 0), uids=poison)
        result = gantryctl(folder, 'send', scp.address, study, '--associations', 1, '--retries',
                           retries, '--retry-pause', 0, *PATIENT, timeout=200)
        scp.stop()
        counts = check_truth(result, scp, 100)
        expect_counts(counts, {'stored': 100 - n, 'failed': n}, 'outcomes')
        check_queue(folder, result)
        last = last_outcomes(result)
        for uid in poison:
            expect('(aborted, 0/0)' in last[uid]['message'] and 'rest was not sent' not in
                   last[uid]['message'], last[uid]['message'])
        expect_counts(collections.Counter(scp.answers[uid].count(0) for uid in uids),
                      {1: 100 - n, 0: n}, 'how often each was stored')
        expect(scp.connections <= (retries + 1) * (n + 1), f'{scp.connections} associations')
    return check


for first_, n_, retries_ in ((0, 2, 0), (0, 4, 0), (40, 7, 0), (0, 2, 2), (98, 2, 1)):
    test(f'/faults/cannot-bear/{first_}-{n_}-{retries_}')(bears_not(first_, n_, retries_))


@test('/faults/cannot-bear/both-ends')
def bears_neither_end(folder):
    """What cost an association goes last when it is tried again."""
    study, uids = make_many(folder, 100)
    poison = uids[:3] + uids[97:]
    scp = FaultyScp('answer', faulty.abort(0, 0), uids=poison)
    result = gantryctl(folder, 'send', scp.address, study, '--associations', 1, '--retries', 4,
                       '--retry-pause', 0, *PATIENT, timeout=200)
    scp.stop()
    expect_counts(check_truth(result, scp, 100), {'stored': 94, 'failed': 6}, 'outcomes')


@test('/faults/cannot-bear/any')
def bears_nothing(folder):
    """It ends soon, and what was never sent says so, and whose words it repeats."""
    study, uids = make_many(folder, 100)
    scp = FaultyScp('answer', faulty.abort(0, 0), uids=uids)
    result = gantryctl(folder, 'send', scp.address, study, '--associations', 1, '--retries', 2,
                       '--retry-pause', 0, *PATIENT, timeout=200)
    scp.stop()
    expect_counts(check_truth(result, scp, 100), {'failed': 100}, 'outcomes')
    expect_equal((scp.stores, scp.connections), (6, 6), 'stores and associations')
    messages = collections.Counter(e['message'].startswith('The rest was not sent in this try')
                                   for e in last_outcomes(result).values())
    # Of the six that were sent, four wait again in the last try.
    expect(messages[True] >= 94, f'{messages}')


@test('/faults/changed-files')
def changed_files(folder):
    """What is no longer the file that was added is not sent, however much it looks like it. One that
    only had something done to it, as backups do, is."""
    study, uids = make_many(folder, 12)
    files = sorted(study.iterdir())

    def change(link):
        files[4].chmod(0o600)
        os.link(files[4], files[4].with_suffix('.backup'))
        files[5].write_bytes(files[5].read_bytes().replace(b'CompressedSamples',
                                                           b'DifferentPatients'))
        seen = files[7].stat()
        os.utime(files[8], ns=(seen.st_atime_ns, seen.st_mtime_ns))
        files[8].replace(files[7])
        files[9].unlink()
        link.reply(0)

    scp = FaultyScp('answer', change, uids=uids[:1])
    result = gantryctl(folder, 'send', scp.address, study, '--associations', 1, *PATIENT)
    scp.stop()
    last = last_outcomes(result)
    expect_counts(collections.Counter(e['outcome'] for e in last.values()),
                  {'stored': 8, 'failed': 4}, 'outcomes')
    for number in (5, 7):
        expect('has changed since it was added' in last[uids[number]]['message'],
               last[uids[number]]['message'])
    for number in (8, 9):
        expect('cannot be read' in last[uids[number]]['message'], last[uids[number]]['message'])
    expect_equal(scp.connections, 1, 'associations')


# An object that is larger than all that may lie between two programs.
LARGE = {
    'stops-reading': (faulty.stop_reading, ('no longer takes what is sent',)),
    'aborts': (faulty.abort(2, 6), ('(aborted, 2/6)',)),
    'aborts-and-stops-reading': (faulty.abort_unheard(2, 6), ('(aborted, 2/6)',)),
    'closes': (faulty.close, ('closed the connection',)),
    'resets': (faulty.reset, ('connection was lost',)),
}


def make_large(folder, side):
    model = objects.pydicom.dcmread(SOURCES[0][0])
    model.Rows = model.Columns = side
    model.PixelData = bytes(2 * side * side)
    path = pathlib.Path(folder) / 'large.dcm'
    model.save_as(path)
    return path


def breaks_a_large_object(fault, words):
    def check(folder):
        large = make_large(folder, 4096)
        scp = FaultyScp('data', fault, every=1, strikes=1)
        result, counts, _ = send(folder, scp, timeouts=SHORT, paths=(large, SOURCES[1][0]))
        scp.stop()
        expect_counts(counts, {'stored': 1, 'failed': 1}, 'outcomes')
        expect_words(result, ('failed',), words)
        expect_equal((result.status, scp.connections), (1, 2), 'exit status and associations')
    return check


for case, each in LARGE.items():
    test(f'/faults/large/{case}')(breaks_a_large_object(*each))


@test('/faults/reads-slowly')
def reads_slowly(folder):
    """One that takes everything, at its pace, is not dead, however long it takes."""
    scp = FaultyScp()
    path = slow.Path(int(scp.address.rpartition(':')[2]), rate=600_000)
    result = gantryctl(folder, 'send', path.address('SLOW'), make_large(folder, 1024), *SHORT,
                       timeout=100)
    path.stop()
    scp.stop()
    expect_counts(check_truth(result, scp, 1), {'stored': 1}, 'outcomes')
    expect(result.summary['seconds'] > 2.5, f'{result.summary["seconds"]} s: not slow')


@test('/faults/reads-slowly-and-stops')
def reads_slowly_and_stops(folder):
    """One that stops is dead a time-out after it did, and not later."""
    def read_some(link):
        # With a large one the other side would not hear of so little for a second or more.
        link.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        for _ in range(20):
            link.connection.recv(30_000)
            time.sleep(0.1)
        stopped.append(time.monotonic())
        faulty.stop_reading(link)

    stopped = []
    scp = FaultyScp('data', read_some, every=1)
    result = gantryctl(folder, 'send', scp.address, make_large(folder, 4096), *SHORT,
                       timeout=100)
    expect(stopped, 'the peer stopped')
    late = time.monotonic() - stopped[0]
    scp.stop()
    expect_counts(check_truth(result, scp, 1), {'failed': 1}, 'outcomes')
    expect(1.5 < late < 6, f'ended {late:.1f} s after the peer stopped')


@test('/faults/side-by-side')
def side_by_side(folder):
    """What one association loses does not stop the other, and each object arrives once."""
    scp = FaultyScp('answer', faulty.abort(0, 0), strikes=8)
    result, counts, _ = send(folder, scp, '--retries', 5, associations=2)
    scp.stop()
    expect_counts(counts, {'stored': 30}, 'outcomes')
    expect_equal(result.status, 0, 'exit status')
    expect_counts(collections.Counter(a.count(0) for a in scp.answers.values()), {1: 30},
                  'how often each was stored')
    expect(scp.stores == 38 and scp.connections <= 14,
           f'{scp.stores} stores over {scp.connections} associations')


def answers_early(status, outcome):
    def check(folder):
        scp = FaultyScp('data', faulty.answer_early(status))
        result, counts, _ = send(folder, scp)
        scp.stop()
        expect_counts(counts, {'stored': 20, outcome: 10} if status else {'stored': 30}, 'outcomes')
        expect_equal((result.status, scp.connections), (1 if status else 0, 1),
                     'exit status and associations')
    return check


for code, outcome_ in ((0x0000, 'stored'), (0xA700, 'refused')):
    test(f'/faults/answer-before-the-data/{code:04X}')(answers_early(code, outcome_))


@test('/faults/answer-twice')
def answers_twice(folder):
    """The second is no answer to the object after it, whatever it says."""
    scp = FaultyScp('answer', faulty.answer_twice)
    result, counts, _ = send(folder, scp)
    scp.stop()
    expect(counts['failed'] > 0 and counts['stored'] == 30 - counts['failed'], f'outcomes {counts}')
    expect_words(result, ('failed',), ('something else than the answer',))
    expect_equal(result.status, 1, 'exit status')


# ---- The end of the association -------------------------------------------------------------

RELEASES = {'abort': faulty.abort(0, 0), 'close': faulty.close, 'reset': faulty.reset,
            'silence': faulty.be_silent, 'text': faulty.send_text}


def ends_badly(fault):
    """What was answered before that counts."""
    def check(folder):
        scp = FaultyScp('release', fault)
        result, counts, _ = send(folder, scp, '--retries', 2, timeouts=SHORT)
        scp.stop()
        expect_equal((counts, result.status), ({'stored': 30}, 0), 'outcomes and exit status')
        expect_equal((scp.connections, scp.stores), (1, 30), 'associations and stores')
    return check


for case, each in RELEASES.items():
    test(f'/faults/release/{case}')(ends_badly(each))


# ---- No association --------------------------------------------------------------------------

def rejects(fault, words, helps):
    """Permanent: it is over at once. For now: tried again, as often as is allowed."""
    def check(folder):
        scp = FaultyScp('request', fault)
        result, counts, job = send(folder, scp, '--retries', 2, timeouts=SHORT)
        scp.stop()
        expect_equal((counts, result.status), ({'failed': 30}, 3), 'outcomes and exit status')
        expect_words(result, ('failed',), words)
        expect(all(w in job['message'] and w in result.error for w in words), job['message'])
        expect_equal((scp.connections, len(result.of('retry'))), (3, 2) if helps else (1, 0),
                     'connections and retries')
        expect(result.seconds < 60, f'{result.seconds:.0f} s')
    return check


def rejects_and_heals(fault):
    def check(folder):
        scp = FaultyScp('request', fault, strikes=2)
        result, counts, _ = send(folder, scp, '--retries', 3, timeouts=SHORT)
        scp.stop()
        expect_equal((counts, result.status), ({'stored': 30}, 0), 'outcomes and exit status')
        expect_equal((scp.connections, scp.stores), (3, 30), 'connections and stores')
    return check


REASONS = {  # source, reason (PS3.8 9.3.4, Table 9-21): words
    (1, 1): 'without saying why', (1, 2): 'Application context not supported',
    (1, 3): 'Calling AE title not recognised', (1, 7): 'Called AE title not recognised',
    (2, 1): 'without saying why', (2, 2): 'Protocol version not supported',
    (3, 1): 'Temporary congestion', (3, 2): 'Local limit exceeded',
    (1, 10): 'for a reason that the standard does not define',
    (3, 0): 'for a reason that the standard does not define',
}
for (source, reason), text in REASONS.items():
    for kind in (1, 2):
        numbers = f'{kind}/{source}/{reason}'
        test(f'/faults/reject/{numbers.replace("/", "-")}')(
            rejects(faulty.reject(kind, source, reason), (text, numbers), kind == 2))

REQUESTS = {
    'abort': ('request', faulty.abort(2, 0), 'ended the association', True),
    'close': ('request', faulty.close, 'closed the connection without an answer', True),
    'close-at-once': ('connect', faulty.close, 'closed the connection without an answer', True),
    'reset': ('request', faulty.reset, 'The connection was lost', True),
    'silence': ('request', faulty.be_silent, 'did not answer the association request', True),
    'text': ('request', faulty.send_text, 'is not DICOM', False),
}


def never_associates(place, fault, words, helps):
    def check(folder):
        scp = FaultyScp(place, fault)
        result, counts, _ = send(folder, scp, '--retries', 1, timeouts=SHORT)
        scp.stop()
        expect_equal((counts, result.status), ({'failed': 30}, 3), 'outcomes and exit status')
        expect_words(result, ('failed',), (words,))
        expect_equal((scp.connections, len(result.of('retry'))), (2, 1) if helps else (1, 0),
                     'connections and retries')
    return check


for case, each in REQUESTS.items():
    test(f'/faults/request/{case}')(never_associates(*each))
for case, each in {'reject': faulty.reject(2, 3, 2), 'close': faulty.close,
                   'silence': faulty.be_silent}.items():
    test(f'/faults/request-with-retries/{case}')(rejects_and_heals(each))


# ---- Presentation contexts -------------------------------------------------------------------

REFUSALS = {1: 'refused by the application', 2: 'refused without a reason',
            3: 'SOP class not supported', 4: 'the transfer syntax of this file'}


def refuses_contexts(result_code, words, some):
    def check(folder):
        scp = FaultyScp(refusal=lambda sop_class: result_code
                        if not some or sop_class == MR_CLASS else 0)
        result, counts, _ = send(folder, scp, '--retries', 3)
        scp.stop()
        expect_counts(counts, {'stored': 20, 'not-accepted': 10} if some else {'not-accepted': 30},
                     'outcomes')
        expect_words(result, ('not-accepted',), ('Not accepted', words))
        expect_equal((result.status, result.of('retry')), (1, []), 'exit status and retries')
        expect_equal(scp.stores, 20 if some else 0, 'stores')
        # One to send, one to learn what the peer would take.
        expect(scp.connections <= 2, f'{scp.connections} associations')
    return check


for number_, text in REFUSALS.items():
    test(f'/faults/contexts/all-refused-{number_}')(refuses_contexts(number_, text, False))
    test(f'/faults/contexts/some-refused-{number_}')(refuses_contexts(number_, text, True))


def refuses_to_say(fault):
    """What the peer would take instead is asked last, and costs nothing where it does not answer."""
    def check(folder):
        def second(link):
            if scp.connections > 1:
                stores_before.append(scp.stores)
                fault(link)

        stores_before = []
        scp = FaultyScp('request', second, refusal=lambda sop_class: 4 * (sop_class == MR_CLASS))
        result, counts, _ = send(folder, scp, '--retries', 2, timeouts=SHORT)
        expect_counts(counts, {'stored': 20, 'not-accepted': 10}, 'outcomes')
        expect_words(result, ('not-accepted',), ('Not accepted', 'Ask the node'))
        expect_equal((result.status, result.of('retry'), scp.connections, stores_before),
                     (1, [], 2, [20]), 'exit status, retries, associations, stores before the question')

        stores_before.clear()
        scp.connections = 0
        dry = gantryctl(folder, 'send', scp.address, pathlib.Path(folder) / 'study', '--dry-run',
                        *SHORT)
        scp.stop()
        kinds = {e['sop_class_uid']: e['kind'] for e in dry.of('forecast')}
        expect_equal((kinds[MR_CLASS], len(kinds), len(stores_before)), ('refused', 2, 1), 'forecast')
        text = result.output + result.error + dry.output + dry.error
        expect('may not be a DICOM node' not in text, text)
    return check


for case, each in {'reject': faulty.reject(2, 3, 2), 'reject-for-good': faulty.reject(1, 3, 1),
                   'abort': faulty.abort(2, 0), 'close': faulty.close,
                   'silence': faulty.be_silent}.items():
    test(f'/faults/contexts/question-{case}')(refuses_to_say(each))


@test('/faults/closes-later')
def closes_later(folder):
    """A peer that took an association is a DICOM node, whatever it does with the next."""
    def second(link):
        if scp.connections > 1:
            faulty.close(link)

    scp = FaultyScp('answer', faulty.abort(0, 0), every=20, strikes=1)
    strike = scp.strike
    scp.strike = lambda place, link: second(link) if place == 'request' else strike(place, link)
    result, counts, _ = send(folder, scp)
    scp.stop()
    expect_counts(counts, {'stored': 19, 'failed': 11}, 'outcomes')
    expect('may not be a DICOM node' not in result.output, result.output)
    expect('though it accepted another one shortly before' in result.output, result.output)


# ---- Time-outs on the command line -----------------------------------------------------------

@test('/faults/echo-timeouts')
def echo_timeouts(folder):
    scp = FaultyScp('request', faulty.be_silent)
    result = gantryctl(folder, 'echo', scp.address, '--acse-timeout', 1, timeout=60)
    scp.stop()
    expect_equal(result.status, 3, 'exit status')
    expect('within 1.0 s' in result.output + result.error, result.output + result.error)


@test('/faults/wrong-timeouts')
def wrong_timeouts(folder):
    for command in (('send', f'A@127.0.0.1:{free_port()}', SOURCES[0][0]),
                    ('echo', f'A@127.0.0.1:{free_port()}')):
        for option in ('connect', 'acse', 'dimse', 'idle'):
            result = gantryctl(folder, *command, f'--{option}-timeout', '-1', json_lines=False)
            expect_equal(result.status, 2, f'exit status of {command[0]} --{option}-timeout -1')
            expect(f'--{option}-timeout takes 1 to' in result.error, result.error)


run_tests()
