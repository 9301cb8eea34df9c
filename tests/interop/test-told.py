#!/usr/bin/python3
"""What gantryctl says of what it did not send, does not send yet, or cannot send

SPDX-License-Identifier: GPL-3.0-or-later

Whoever runs it from a script looks at the exit status: 0 has to mean that everything that was named
is with the peer.
"""
import contextlib
import json
import os
import pathlib
import sqlite3
import zipfile

import objects
from answering import AnsweringScp
from harness import Process, expect, expect_equal, run_tests, test, wait_for
from peers import GANTRYCTL, environment, gantryctl, read_events
from slow import SlowScp

CT = (objects.ROOT / 'test_files' / 'CT_small.dcm').read_bytes()
CT_UID = b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322\0'
NOBODY = 65534


def instance(number):
    """An object with a SOP Instance UID of its own, and the length of the others."""
    expect(CT.count(CT_UID) == 2, 'the object to make others of is another')
    return CT.replace(CT_UID, CT_UID[:-7] + b'%06d' % number + b'\0')


def write(folder, name, content):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def archive(folder, spoil):
    path = pathlib.Path(folder) / 'study.zip'
    with zipfile.ZipFile(path, 'w') as out:
        for number in range(1, 5):
            out.writestr(f'{number}.dcm', instance(number))
    path.write_bytes(spoil(path.read_bytes()))
    return path


def check(folder, paths, *, status, stored, skipped, lost, wrapper=()):
    """Sends with and without --dry-run: what is told of each path, and what it comes to."""
    for options in (), ('--dry-run',):
        scp = AnsweringScp(0x0000)
        process = Process([*wrapper, GANTRYCTL, 'send', scp.address, *map(str, paths), '--json',
                           *options], folder, environment(folder))
        got = process.wait()
        scp.stop()
        events = read_events(process.output())
        what = f'{options}: {process.output()} {process.error()}'
        expect_equal(got, status, f'exit status; {what}')
        expect_equal(events[-1]['event'], 'summary', what)
        expect_equal({key: events[-1][key] for key in ('instances', 'skipped', 'lost')},
                     {'instances': stored, 'skipped': skipped, 'lost': lost}, what)
        expect_equal([e['lost'] for e in events if e['event'] == 'skipped'],
                     [True] * lost + [False] * skipped, what)
        expect(options or len(scp.priorities) == stored, 'the peer got something else')


@test('/told/folder/what-is-no-dicom')
def no_dicom(folder):
    write(folder, 'study/1.dcm', instance(1))
    write(folder, 'study/READ ME.TXT', b'nothing for a PACS')
    check(folder, [folder + '/study'], status=0, stored=1, skipped=1, lost=0)


@test('/told/folder/the-same-twice')
def same_twice(folder):
    write(folder, 'study/1.dcm', instance(1))
    write(folder, 'study/2.dcm', instance(1))
    check(folder, [folder + '/study'], status=0, stored=1, skipped=1, lost=0)


@test('/told/folder/one-uid-two-contents')
def differing(folder):
    write(folder, 'study/1.dcm', instance(1))
    write(folder, 'study/2.dcm', instance(1)[:-1] + b'\1')
    check(folder, [folder + '/study'], status=1, stored=1, skipped=0, lost=1)


@test('/told/folder/a-part-is-missing')
def truncated(folder):
    write(folder, 'study/1.dcm', instance(1))
    write(folder, 'study/2.dcm', instance(2)[:-1000])
    write(folder, 'study/3.dcm', b'')
    check(folder, [folder + '/study'], status=1, stored=1, skipped=0, lost=2)


@test('/told/folder/may-not-be-read')
def unreadable(folder):
    """Root reads everything, so it asks as somebody else then."""
    os.chmod(folder, 0o777)
    os.mkdir(folder + '/profile', 0o777)
    os.chmod(folder + '/profile', 0o777)
    for number in range(1, 4):
        write(folder, f'study/{number}/{number}.dcm', instance(number))
    os.chmod(folder + '/study/1/1.dcm', 0)
    os.chmod(folder + '/study/2', 0)
    wrapper = (['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}', '--clear-groups']
               if os.geteuid() == 0 else [])
    try:
        check(folder, [folder + '/study'], status=1, stored=1, skipped=0, lost=2, wrapper=wrapper)
        check(folder, [folder + '/study/3/3.dcm', folder + '/study/1/1.dcm'], status=1, stored=1,
              skipped=0, lost=1, wrapper=wrapper)
    finally:
        os.chmod(folder + '/study/2', 0o700)


@test('/told/archive/damaged')
def damaged_archive(folder):
    path = archive(folder, lambda octets: octets[:len(octets) // 2])
    scp = AnsweringScp(0x0000)
    result = gantryctl(folder, 'send', scp.address, path)
    expect_equal(result.status, 1, 'exit status')
    expect_equal([(e['path'], e['lost']) for e in result.of('skipped')], [(str(path), True)],
                 'what is told')
    expect_equal(result.summary['lost'], 1, 'lost')


@test('/told/named/gives-nothing')
def named(folder):
    """What the user names is meant to be sent, whatever is in it."""
    good = write(folder, '1.dcm', instance(1))
    text = write(folder, 'notes.txt', b'nothing for a PACS')
    write(folder, 'texts/notes.txt', b'nothing for a PACS')
    os.mkdir(folder + '/empty')
    check(folder, [good, text], status=1, stored=1, skipped=0, lost=1)
    check(folder, [good, folder + '/texts'], status=1, stored=1, skipped=1, lost=1)
    check(folder, [folder + '/empty', good], status=1, stored=1, skipped=0, lost=1)
    check(folder, [folder + '/nowhere', good], status=1, stored=1, skipped=0, lost=1)


@test('/told/named/twice')
def named_twice(folder):
    """Nothing of it is missing at the peer."""
    good = write(folder, 'study/1.dcm', instance(1))
    copy = write(folder, 'copy.dcm', instance(1))
    check(folder, [good, good, folder + '/study'], status=0, stored=1, skipped=0, lost=0)
    check(folder, [good, copy], status=0, stored=1, skipped=1, lost=0)


@test('/told/text')
def in_text(folder):
    good = write(folder, '1.dcm', instance(1))
    write(folder, 'study/2.dcm', instance(2)[:-1000])
    write(folder, 'study/notes.txt', b'nothing for a PACS')
    scp = AnsweringScp(0x0000)
    result = gantryctl(folder, 'send', scp.address, good, folder + '/study', json_lines=False)
    expect_equal(result.status, 1, 'exit status')
    expect('; 0 waiting, 1 skipped, 1 lost;' in result.output, result.output)
    expect(f'left out: {folder}/study/notes.txt: ' in result.error, result.error)
    expect(f'not sent: {folder}/study/2.dcm: ' in result.error, result.error)


# ---- A database that refuses --------------------------------------------------------------------

@contextlib.contextmanager
def database(folder):
    """The profile's, which is there when any command has run."""
    gantryctl(folder, 'jobs')
    connection = sqlite3.connect(folder + '/profile/gantry.db', timeout=30, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def refuse(connection, when):
    connection.execute(f"CREATE TRIGGER no_room {when} BEGIN SELECT RAISE (FAIL, 'no room'); END")


@test('/told/disk/while-staging')
def full_while_staging(folder):
    """A part is not sent as if it were everything."""
    for number in range(600):
        write(folder, f'study/{number:03}.dcm', instance(number))
    with database(folder) as connection:
        refuse(connection, 'BEFORE INSERT ON instances WHEN new.path LIKE \'%/300.dcm\'')
    for options in (), ('--dry-run',):
        scp = AnsweringScp(0x0000)
        result = gantryctl(folder, 'send', scp.address, folder + '/study', *options)
        expect_equal(result.status, 1, 'exit status')
        expect('no room' in result.error and 'not everything' in result.error, result.error)
        expect_equal(len(scp.priorities), 0, 'objects at the peer')


@test('/told/disk/while-sending')
def full_while_sending(folder):
    """It says what it waits for, and goes on by itself."""
    path = write(folder, '1.dcm', instance(1))
    with database(folder) as connection:
        refuse(connection, 'BEFORE UPDATE OF outcome ON instances')
        scp = AnsweringScp(0x0000)
        sender = Process([GANTRYCTL, 'send', scp.address, path, '--json'], folder,
                         environment(folder))
        wait_for(lambda: '"trouble"' in sender.output(), 'what it waits for')
        expect(sender.popen.poll() is None, 'it has ended')
        connection.execute('DROP TRIGGER no_room')
        expect_equal(sender.wait(30), 0, 'exit status')
    events = read_events(sender.output())
    told = [e for e in events if e['event'] == 'trouble']
    expect_equal(len(told), 1, 'troubles')
    expect('no room' in told[0]['message'] and 'goes on' in told[0]['message'], told)
    expect_equal(events[-1]['stored'], 1, 'stored')


@test('/told/disk/interrupted')
def full_and_interrupted(folder):
    """What the disk does not take is not said to be stored, and the end does not wait for it."""
    path = write(folder, '1.dcm', instance(1))
    with database(folder) as connection:
        refuse(connection, 'BEFORE UPDATE OF outcome ON instances')
        scp = AnsweringScp(0x0000)
        sender = Process([GANTRYCTL, 'send', scp.address, path], folder, environment(folder))
        wait_for(lambda: 'goes on' in sender.error(), 'what it waits for')
        sender.popen.terminate()
        expect_equal(sender.wait(15), 1, 'exit status')
        connection.execute('DROP TRIGGER no_room')
    expect('0 stored' in sender.output() and '1 waiting' in sender.output(), sender.output())
    expect('send --resume' in sender.error(), sender.error())


# ---- Told to end --------------------------------------------------------------------------------

@test('/told/interrupted')
def interrupted(folder):
    """The rest waits: the summary counts it, and how it goes on is said. Then it does."""
    for number in range(20):
        write(folder, f'study/{number:02}.dcm', instance(number))
    scp = SlowScp(0.2)
    sender = Process([GANTRYCTL, 'send', scp.address, '--associations', 1, '--json',
                      folder + '/study'], folder, environment(folder))
    wait_for(lambda: '"stored"' in sender.output(), 'the first object stored')
    sender.popen.terminate()
    expect_equal(sender.wait(15), 1, 'exit status')
    events = read_events(sender.output())
    summary = events[-1]
    stored = [e['outcome'] for e in events if e['event'] == 'instance']
    expect_equal(set(stored), {'stored'}, 'what is told of')
    expect_equal((summary['instances'], summary['stored'], summary['waiting']),
                 (len(stored), len(stored), 20 - len(stored)), 'summary')
    expect(summary['waiting'] > 0 and 'gantryctl send --resume' in sender.error(), sender.error())

    report = folder + '/report.json'
    expect_equal(gantryctl(folder, 'report', 1, report, json_lines=False).status, 0, 'report')
    rows = json.loads(pathlib.Path(report).read_text(encoding='utf-8'))['instances']
    waiting = [(row['time'], row['elapsed_ms'], row['status']) for row in rows
               if row['outcome'] == 'waiting']
    expect_equal(waiting, [(None, None, None)] * summary['waiting'], 'what waits')

    result = gantryctl(folder, 'send', '--resume')
    expect_equal((result.status, result.summary['stored'], len(result.of('instance'))),
                 (0, 20, summary['waiting']), 'resumed')


# ---- Names --------------------------------------------------------------------------------------

NAMES = {b'\xff\xfe\xe4.dcm': '\\xFF\\xFE\\xE4.dcm', b'new\nline.dcm': 'new\\x0Aline.dcm',
         b'escape\x1b[31m.dcm': 'escape\\x1B[31m.dcm', b'back\\slash.dcm': 'back\\\\slash.dcm',
         b'csi\xc2\x9b31m.dcm': 'csi\\xC2\\x9B31m.dcm',
         'ünï 日本.dcm'.encode(): 'ünï 日本.dcm'}


@test('/told/names')
def names(folder):
    """In the lines, in JSON and in the report a file is called the same, and terminals obey none."""
    for number, name in enumerate(NAMES):
        pathlib.Path(os.fsdecode(os.fsencode(folder) + b'/' + name)).write_bytes(instance(number))
    twin = b'twin\x1b[31m.dcm'
    paths = [os.fsdecode(os.fsencode(folder) + b'/' + name) for name in (*NAMES, twin)]
    pathlib.Path(paths[-1]).write_bytes(instance(2)[:-1] + b'\1')
    expected = sorted(f'{folder}/{name}' for name in NAMES.values())

    scp = AnsweringScp(0x0000)
    report = folder + '/report.json'
    result = gantryctl(folder, 'send', scp.address, *paths, '--report', report)
    expect_equal(sorted(e['path'] for e in result.of('instance')), expected, 'JSON')
    rows = json.loads(pathlib.Path(report).read_text(encoding='utf-8'))['instances']
    expect_equal(sorted(row['path'] for row in rows), expected, 'report')
    expect_equal([e['path'] for e in result.of('skipped')], [folder + '/twin\\x1B[31m.dcm'], 'twin')

    text = gantryctl(folder, 'send', scp.address, *paths, json_lines=False)
    expect_equal(len(text.output.splitlines()), len(NAMES) + 1, text.output)
    expect(all(name in text.output for name in NAMES.values()), text.output)
    for written in text.output, text.error:
        expect('\x1b' not in written and '\x9b' not in written, repr(written))


# ---- What is left behind ------------------------------------------------------------------------

@test('/told/jobs/remove-finished')
def remove_finished(folder):
    """With the jobs goes what was unpacked for them; what waits stays."""
    path = archive(folder, lambda octets: octets)
    staging = pathlib.Path(folder) / 'profile' / 'staging'
    scp = AnsweringScp(0x0000)
    for _ in range(2):
        expect_equal(gantryctl(folder, 'send', scp.address, path).status, 0, 'exit status')
    silent = SlowScp(60)
    sender = Process([GANTRYCTL, 'send', silent.address, path, '--json'], folder,
                     environment(folder))
    wait_for(lambda: len(silent.requests) == 1, 'an association')
    sender.popen.terminate()
    sender.wait(15)
    expect_equal(len(list(staging.iterdir())), 3, 'folders')

    result = gantryctl(folder, 'jobs', '--remove-finished')
    expect_equal(result.status, 0, 'exit status')
    expect_equal(sorted(e['id'] for e in result.of('removed')), [1, 2], 'removed')
    expect_equal([e['state'] for e in gantryctl(folder, 'jobs').events], ['waiting'], 'jobs')
    expect_equal(len(list(staging.iterdir())), 1, 'folders that are left')
    again = gantryctl(folder, 'jobs', '--remove-finished', json_lines=False)
    expect_equal((again.status, again.output), (0, '0 jobs were removed.\n'), 'nothing to remove')


run_tests()
