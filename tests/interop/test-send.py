#!/usr/bin/python3
"""gantryctl send to real archives: what was said to be stored is there, octet for octet

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import struct

import objects
from harness import Process, diagnose, expect, expect_equal, free_port, run_tests, test, wait_for
from peers import GANTRYCTL, Orthanc, StoreScp, environment, gantryctl

GOOD = ('stored', 'warning')


def digests(files):
    return collections.Counter(objects.digest(objects.data_set(f)) for f in files)


def sent_digests(paths):
    return collections.Counter(objects.digest(objects.on_the_wire(p)) for p in paths)


def check_summary(result):
    """The last line has to be the sum of the lines before it."""
    outcomes = collections.Counter(e['outcome'] for e in result.of('instance'))
    summary = result.summary
    for outcome in ('stored', 'warning', 'refused', 'not-accepted', 'failed'):
        expect_equal(summary[outcome.replace('-', '_')], outcomes[outcome], f'summary of {outcome}')
    expect_equal(summary['instances'], len(result.of('instance')), 'instances in the summary')


@test('/send/storescp/every-readable-file')
def every_readable_file(folder):
    total = 0
    for number, files in enumerate(objects.rounds(objects.debian_set()[0])):
        scp = StoreScp(folder, name=f'received-{number}')
        result = gantryctl(folder, 'send', scp.address, '--no-transcode', *(o.path for o in files))
        scp.stop()

        events = result.of('instance')
        bad = [e for e in events if e['outcome'] not in GOOD]
        expect(not bad, f'not stored: {[(e["path"], e["message"]) for e in bad]}')
        expect_equal(sorted(e['path'] for e in events), sorted(str(o.path) for o in files), 'paths')
        expect_equal(digests(scp.files()), sent_digests(o.path for o in files), 'data sets')
        expect_equal(result.status, 0, 'exit status')
        check_summary(result)
        total += len(events)
    expect_equal(total, len(objects.debian_set()[0]), 'files')
    diagnose(f'{total} files, byte for byte')


@test('/send/storescp/instance-lines')
def instance_lines(folder):
    readable = objects.one_of_each()
    known = {str(o.path): o for o in readable[:20]}
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, *known)

    for event in result.of('instance'):
        o = known[event['path']]
        expect_equal(event['sop_class_uid'], o.sop_class, f'{o.path.name}: SOP class')
        expect_equal(event['sop_instance_uid'], o.sop_instance, f'{o.path.name}: SOP instance')
        expect_equal(event['transfer_syntax'], o.transfer_syntax, f'{o.path.name}: syntax')
        expect_equal(event['status'], '0000', f'{o.path.name}: status')
        expect(event['sop_class'], f'{o.path.name}: no name for the SOP class')
        expect('modality' in event and 'message' in event, f'{o.path.name}: members missing')


@test('/send/storescp/names-too-long')
def names_too_long(folder):
    """An object that cannot be sent under its own name is not sent under another."""
    study = os.path.join(folder, 'study')
    os.mkdir(study)
    model = (objects.ROOT / 'test_files' / 'CT_small.dcm').read_bytes()
    own = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
    for name, uid in (('short', own), ('long', b'1.2.3.' + 64 * b'4')):
        data = model.replace(b'UI' + struct.pack('<H', len(own) + 1) + own + b'\0',
                             b'UI' + struct.pack('<H', len(uid) + len(uid) % 2)
                             + uid + len(uid) % 2 * b'\0')
        # Once in the meta header, once in the data set.
        group = struct.unpack_from('<I', data, 140)[0] + (len(data) - len(model)) // 2
        with open(os.path.join(study, name + '.dcm'), 'wb') as file:
            file.write(data[:140] + struct.pack('<I', group) + data[144:])
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, study)
    scp.stop()
    expect_equal([os.path.basename(e['path']) for e in result.of('instance')], ['short.dcm'],
                 'what was sent')
    skipped, = result.of('skipped')
    expect_equal(os.path.basename(skipped['path']), 'long.dcm', 'what was not')
    expect('SOP Instance UID has more than 64 characters' in skipped['message'], skipped['message'])


@test('/send/storescp/folder-with-everything')
def folder_with_everything(folder):
    """What is no instance is passed over; what is damaged is either stored whole or named."""
    readable, damaged, _ = objects.debian_set()
    tree = os.path.join(folder, 'CD with ümläuts and spaces')
    shutil.copytree(objects.ROOT, tree)
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, tree)
    scp.stop()

    stored = [e['path'] for e in result.of('instance') if e['outcome'] in GOOD]
    expect_equal(digests(scp.files()), sent_digests(stored), 'data sets')
    # Of two files with one UID one is sent, and the other is named.
    named = {e['path'] for e in result.of('skipped')}
    missing = ({os.path.join(tree, o.path.relative_to(objects.ROOT)) for o in readable}
               - set(stored) - named)
    expect({o.sop_instance for o in readable}
           <= {e['sop_instance_uid'] for e in result.of('instance') if e['outcome'] in GOOD},
           'an instance is missing')
    expect(not missing, f'not stored: {missing}')
    check_summary(result)
    diagnose(f'{len(stored)} stored, {len(damaged)} damaged files in the folder')


@test('/send/storescp/several-associations')
def several_associations(folder):
    readable = objects.one_of_each()
    scp = StoreScp(folder, '--fork')
    result = gantryctl(folder, 'send', scp.address, '--associations', 3, '--no-transcode',
                       *(o.path for o in readable))
    expect_equal(result.status, 0, 'exit status')
    expect_equal(digests(scp.files()), sent_digests(o.path for o in readable), 'data sets')


@test('/send/storescp/smallest-pdu')
def smallest_pdu(folder):
    readable = objects.one_of_each()
    paths = [o.path for o in readable[:30]]
    scp = StoreScp(folder, '-pdu', 4096)
    result = gantryctl(folder, 'send', scp.address, '--max-pdu', 4096, '--no-transcode', *paths)
    scp.stop()
    expect_equal(result.status, 0, 'exit status')
    expect_equal(digests(scp.files()), sent_digests(paths), 'data sets')


@test('/send/storescp/syntax-not-accepted')
def syntax_not_accepted(folder):
    """A peer that takes Implicit VR Little Endian only: what it cannot take is said so."""
    readable = objects.one_of_each()
    jpeg = [o.path for o in readable if o.transfer_syntax.startswith('1.2.840.10008.1.2.4.')][:4]
    scp = StoreScp(folder, '+xi')
    result = gantryctl(folder, 'send', scp.address, '--no-transcode', *jpeg)
    scp.stop()
    expect_equal([e['outcome'] for e in result.of('instance')], ['not-accepted'] * len(jpeg),
                 'outcomes')
    expect(all(len(e['message']) > 20 for e in result.of('instance')), 'no sentence')
    expect_equal(scp.files(), [], 'files at the peer')
    expect_equal(result.status, 1, 'exit status')
    check_summary(result)


@test('/send/storescp/out-of-resources')
def out_of_resources(folder):
    """The peer's folder is gone, so it answers every object with a failure status."""
    readable = objects.one_of_each()
    scp = StoreScp(folder)
    scp.directory.rmdir()
    result = gantryctl(folder, 'send', scp.address, *(o.path for o in readable[:5]))
    outcomes = [e['outcome'] for e in result.of('instance')]
    expect_equal(outcomes, ['refused'] * 5, 'outcomes')
    for event in result.of('instance'):
        expect(event['status'][:1] in 'AC', f'status {event["status"]}')
        expect(len(event['message']) > 20, f'no sentence: {event["message"]!r}')
    expect_equal(result.status, 1, 'exit status')
    check_summary(result)


@test('/send/storescp/aborted-in-the-middle')
def aborted(folder):
    readable = objects.one_of_each()
    scp = StoreScp(folder, '--abort-after')
    result = gantryctl(folder, 'send', scp.address, *(o.path for o in readable[:3]))
    expect(not [e for e in result.of('instance') if e['outcome'] in GOOD], 'something "stored"')
    expect(result.status in (1, 3), f'exit status {result.status}')


@test('/send/storescp/resume-after-kill')
def resume_after_kill(folder):
    """The sender is killed in the middle: the next run goes on, and nothing is lost."""
    readable = objects.one_of_each()
    paths = [o.path for o in readable[:12]]
    scp = StoreScp(folder, '--sleep-after', 1, '--fork')
    sender = Process([GANTRYCTL, 'send', scp.address, '--associations', 1, '--json', *paths],
                     folder, environment(folder))
    wait_for(lambda: sender.output().count('"event":"instance"') >= 2, 'two objects stored', 30)
    sender.stop(signal.SIGKILL)
    lines = sender.output().rpartition('\n')[0]
    answered = lines.count('"event":"instance"')
    diagnose(f'killed after {answered} answers')

    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 0, f'exit status; first run: {lines[-1500:]}; {result.error}')
    left = len(result.of('instance'))
    expect(len(paths) - answered - 1 <= left <= len(paths) - answered + 1,
           f'{answered} of {len(paths)} were answered, {left} were sent afterwards')
    expect_equal(set(digests(scp.files())), set(sent_digests(paths)), 'data sets')


def spoil(database, table, good):
    """Overwrites the leaves of the table but for the first ones, as a broken disk would."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        size, = connection.execute('PRAGMA page_size').fetchone()
        pages = [number for number, in connection.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path", [table])]
    expect(len(pages) > good, f'{table} has {len(pages)} leaves only')
    with open(database, 'r+b') as file:
        for number in pages[good:]:
            file.seek((number - 1) * size)
            file.write(bytes(size))


@test('/send/unreadable-queue')
def unreadable_queue(folder):
    """What cannot be read is neither sent nor done: it ends with an error, and all of it waits."""
    study = pathlib.Path(folder) / 'study'
    study.mkdir()
    model = objects.ROOT / 'test_files' / 'CT_small.dcm'
    uid = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
    for i in range(300):
        (study / f'{i}.dcm').write_bytes(model.read_bytes().replace(uid, uid[:-5] + b'%05d' % i))
    result = gantryctl(folder, 'send', f'NOBODY@127.0.0.1:{free_port()}', study)
    expect_equal(result.summary['failed'], 300, 'instances that nobody took')

    database = f'{folder}/profile/gantry.db'
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE instances SET outcome = 0, retryable = 0")
        connection.execute("UPDATE jobs SET state = 1, finished = 0, message = ''")
    spoil(database, 'instances', 3)
    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 1, 'exit status')
    expect('could not be read to its end' in result.error, f'the reason: {result.error}')
    expect_equal(result.summary['instances'], 0, 'instances that have an answer')
    with contextlib.closing(sqlite3.connect(database)) as connection:
        expect_equal(connection.execute('SELECT waiting, failed FROM jobs').fetchall(), [(300, 0)],
                     'instances that wait and that failed')

    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany('INSERT INTO jobs (state, title) VALUES (1, ?)', [['x' * 100]] * 99)
    spoil(database, 'jobs', 1)
    result = gantryctl(folder, 'send', '--resume')
    expect_equal(result.status, 1, 'exit status without a list of jobs')
    expect('cannot be used' in result.error, f'the reason: {result.error}')


@test('/send/orthanc/never-more-than-was-stored')
def to_orthanc(folder):
    readable = objects.one_of_each()
    orthanc = Orthanc(folder)
    result = gantryctl(folder, 'send', orthanc.address, '--no-transcode',
                       *(o.path for o in readable))
    events = result.of('instance')
    expect_equal(len(events), len(readable), 'answers')
    stored = {e['sop_instance_uid'] for e in events if e['outcome'] in GOOD}
    expect_equal(set(orthanc.sop_instances()), stored, 'instances in Orthanc')
    expect(len(stored) > 100, f'only {len(stored)} stored')
    for event in events:
        expect(event['outcome'] in GOOD or len(event['message']) > 20, f'no sentence: {event}')
    check_summary(result)
    diagnose(f'{len(stored)} distinct instances in Orthanc; outcomes '
             f'{dict(collections.Counter(e["outcome"] for e in events))}')


run_tests()
