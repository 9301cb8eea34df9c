#!/usr/bin/python3
"""What is done with received studies afterwards: the list, copies, the trash

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import shutil
import signal
import tempfile
import time

import objects
import pydicom
import small_disk
from harness import Process, expect, expect_equal, files_below, run_tests, test, wait_for
from peers import GANTRYCTL, Receiver, environment, gantryctl, read_events, tool

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
MR = objects.ROOT / 'test_files' / 'MR_small.dcm'
PARTS = '.gantry-*'


def store(receiver, folder, *paths):
    status, output = tool('dcmsend', '-aec', receiver.aet, '127.0.0.1', receiver.port, *paths,
                          folder=folder)
    expect_equal(status, 0, output)


def received(folder):
    """By modality; each of them has come in a study of its own."""
    result = gantryctl(folder, 'studies')
    expect_equal(result.status, 0, result.error)
    return {s['modalities']: s for s in result.of('study')}


def receive(folder, *paths):
    """Two studies, their receiver, and what the database says of them."""
    receiver = Receiver(folder)
    store(receiver, folder, *paths)
    studies = wait_for(lambda: (lambda s: s if len(s) == len(paths) else None)(received(folder)),
                       'the studies in the list')
    return receiver, studies


def contents(folder):
    return sorted(p.read_bytes() for p in files_below(folder))


def target(folder, name='copies'):
    path = pathlib.Path(folder) / name
    path.mkdir()
    return path


@contextlib.contextmanager
def own_trash(folder):
    """The trash of the user, on the disk of the test's folder."""
    before = dict(os.environ)
    home = pathlib.Path(folder) / 'home'
    home.mkdir(exist_ok=True)
    os.environ.update({'HOME': str(home), 'XDG_DATA_HOME': str(home / 'data')})
    try:
        yield home / 'data' / 'Trash' / 'files'
    finally:
        os.environ.clear()
        os.environ.update(before)


@test('/studies/list')
def listed(folder):
    _, studies = receive(folder, CT, MR)
    expect_equal(set(studies), {'CT', 'MR'}, 'modalities')
    ct = studies['CT']
    expect_equal((ct['study_uid'], ct['objects'], ct['images'], len(ct['series'])),
                 (str(pydicom.dcmread(CT).StudyInstanceUID), 1, 1, 1), 'the study')
    found = gantryctl(folder, 'studies', '--filter', ct['patient_id'].lower()).of('study')
    expect_equal([s['id'] for s in found], [ct['id']], 'filtered')
    expect_equal(gantryctl(folder, 'studies', '--filter', 'zeppelin').events, [], 'nobody')
    text = gantryctl(folder, 'studies', json_lines=False).output
    expect(f'{ct["id"]} · {ct["study_uid"]}\n' in text, text)


@test('/studies/copy')
def copy(folder):
    """While the receiver runs: by number, by UID, a series, all; nothing twice."""
    receiver, studies = receive(folder, CT, MR)
    ct, mr = studies['CT'], studies['MR']
    to = target(folder)
    done = gantryctl(folder, 'studies', ct['id'], '--copy-to', to)
    expect_equal((done.status, done.summary['copied'], done.summary['outcome']),
                 (0, 1, 'complete'), done.error)
    expect_equal([str(p.relative_to(to)) for p in files_below(to)],
                 [str(p.relative_to(receiver.directory)) for p in receiver.files()
                  if ct['study_uid'] in str(p)], 'names')
    again = gantryctl(folder, 'studies', '--all', '--copy-to', to)
    expect_equal((again.status, again.summary['copied'], again.summary['present']), (0, 1, 1),
                 again.error)
    expect_equal(contents(to), contents(receiver.directory), 'octets')

    flat = target(folder, 'flat')
    series = gantryctl(folder, 'studies', mr['series'][0]['series_uid'], ct['study_uid'],
                       '--copy-to', flat, '--layout', 'flat', json_lines=False)
    expect_equal((series.status, series.output), (0, '2 objects copied to “flat”.\n'), series.error)
    expect_equal(contents(flat), contents(receiver.directory), 'octets')
    expect_equal({p.parent for p in files_below(flat)}, {flat}, 'folders')


@test('/studies/copy/other-content')
def other_content(folder):
    """Whatever is there stays as it is."""
    receiver, _ = receive(folder, CT)
    to = target(folder)
    gantryctl(folder, 'studies', '--all', '--copy-to', to, '--layout', 'flat')
    [theirs] = files_below(to)
    theirs.write_bytes(b'somebody has written this')
    done = gantryctl(folder, 'studies', '--all', '--copy-to', to, '--layout', 'flat')
    expect_equal((done.status, done.summary['copied']), (0, 1), done.error)
    expect_equal(theirs.read_bytes(), b'somebody has written this', 'what was there')
    expect_equal(len(files_below(to)), 2, 'files')
    expect(contents(receiver.directory)[0] in contents(to), 'octets')


@test('/studies/copy/unreadable')
def unreadable(folder):
    receiver, studies = receive(folder, CT, MR)
    for path in receiver.files():
        if studies['CT']['study_uid'] in str(path):
            path.unlink()
    done = gantryctl(folder, 'studies', '--all', '--copy-to', target(folder))
    expect_equal((done.status, done.summary['copied'], done.summary['failed']), (1, 1, 1),
                 done.error)
    expect(len(done.summary['message']) > 20, done.summary)


@test('/studies/copy/nowhere')
def nowhere(folder):
    _, studies = receive(folder, CT)
    done = gantryctl(folder, 'studies', '--all', '--copy-to', folder + '/missing')
    expect_equal((done.status, done.summary['outcome']), (1, 'stopped'), done.error)
    expect('missing' in done.summary['message'], done.summary)
    done = gantryctl(folder, 'studies', '--all', '--copy-to', folder + '/missing', json_lines=False)
    expect_equal((done.status, done.output), (1, ''), done.error)
    expect('missing' in done.error, done.error)

    to = target(folder)
    done = gantryctl(folder, 'studies', studies['CT']['id'], '1.2.3.4', '--copy-to', to)
    expect_equal((done.status, done.events), (1, []), 'one that is not there')
    expect('1.2.3.4' in done.error, done.error)
    expect_equal(files_below(to), [], 'files')


@test('/studies/copy/full-disk')
def full_disk(folder):
    _, _ = receive(folder, CT, MR)
    with small_disk.small_disk(pathlib.Path(folder) / 'stick', 48 * 1024) as stick:
        done = gantryctl(folder, 'studies', '--all', '--copy-to', stick)
        expect_equal((done.status, done.summary['outcome']), (1, 'stopped'), done.error)
        expect_equal(len(files_below(stick)), done.summary['copied'], 'files')
        expect_equal(files_below(stick, '.part'), [], 'parts')


@test('/studies/copy/interrupted')
def interrupted(folder):
    """Told to end while the disk does not answer, it ends soon after: only whole files are there."""
    library = os.environ.get('GANTRY_STALL_LIBRARY')
    expect(library and os.path.exists(library), 'GANTRY_STALL_LIBRARY does not name the library')
    content, paths = pydicom.dcmread(CT), []
    for number in range(60):
        content.SOPInstanceUID = content.file_meta.MediaStorageSOPInstanceUID = f'1.2.3.{number}'
        paths.append(pathlib.Path(folder) / f'{number}.dcm')
        content.save_as(paths[-1])
    store(Receiver(folder), folder, *paths)
    wait_for(lambda: [s['objects'] for s in received(folder).values()] == [60], 'all in the list')
    to = target(folder)
    stalled = to / 'stalled'
    stalled.touch()
    process = Process(
        [GANTRYCTL, 'studies', '--all', '--copy-to', to, '--layout', 'flat', '--json'], folder,
        {**environment(folder), 'LD_PRELOAD': library, 'GANTRY_STALL': os.path.realpath(to),
         'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'})
    wait_for(lambda: list(to.glob(PARTS)), 'the first file')
    process.popen.send_signal(signal.SIGINT)
    caught = pathlib.Path(f'/proc/{process.popen.pid}/status')
    wait_for(lambda: 'SigPnd:\t0000000000000000' in caught.read_text()
             and 'ShdPnd:\t0000000000000000' in caught.read_text(), 'the signal')
    time.sleep(0.5)  # from the signal to who copies it is on its way; nothing is copied meanwhile
    stalled.unlink()
    expect_equal(process.wait(), 1, process.error())
    [summary] = read_events(process.output())
    expect_equal(summary['outcome'], 'stopped', process.output())
    expect(summary['copied'] < 60, summary)
    expect_equal(len(files_below(to)), summary['copied'], 'files')
    expect_equal(list(to.glob(PARTS)), [], 'parts')


@test('/studies/trash')
def trash(folder):
    """Not while somebody receives; then only what was named, and it may come again."""
    with own_trash(folder) as bin_:
        receiver, studies = receive(folder, CT, MR)
        kept = contents(receiver.directory)
        busy = gantryctl(folder, 'studies', '--all', '--trash')
        expect_equal((busy.status, busy.events), (1, []), busy.error)
        expect('Another Gantry' in busy.error, busy.error)
        expect_equal((contents(receiver.directory), bin_.exists()), (kept, False), 'all is there')
        expect_equal(receiver.finish(), 0, 'status')

        ct = studies['CT']
        done = gantryctl(folder, 'studies', ct['study_uid'], '--trash')
        expect_equal((done.status, done.summary['removed'], done.summary['left']), (0, 1, 0),
                     done.error)
        expect_equal([(r['id'], r['outcome']) for r in done.of('removed')],
                     [(ct['id'], 'trashed')], 'told')
        expect_equal(set(received(folder)), {'MR'}, 'the list')
        expect_equal(sorted(contents(receiver.directory) + contents(bin_)), kept, 'octets')
        expect_equal(len(contents(bin_)), 1, 'in the trash')

        gone = gantryctl(folder, 'studies', ct['study_uid'], '--trash')
        expect_equal((gone.status, gone.events), (1, []), gone.error)
        again = Receiver(folder)
        store(again, folder, CT)
        expect_equal(contents(again.directory), kept, 'it has come again')


@test('/studies/trash/series')
def trash_series(folder):
    with own_trash(folder) as bin_:
        receiver, studies = receive(folder, CT, MR)
        expect_equal(receiver.finish(), 0, 'status')
        uid = studies['MR']['series'][0]['series_uid']
        done = gantryctl(folder, 'studies', uid, '--trash', json_lines=False)
        expect_equal((done.status, done.output), (0, f'Moved to the trash: {uid}\n'), done.error)
        expect_equal(set(received(folder)), {'CT'}, 'the list')
        expect_equal(len(contents(bin_)), 1, 'in the trash')


@test('/studies/trash/there-is-none')
def no_trash(folder):
    """A file system in memory has none: nothing goes until it is said that it may go for good."""
    memory = pathlib.Path(tempfile.mkdtemp(prefix='gantry-interop-', dir='/dev/shm'))
    try:
        receiver = Receiver(folder, '--output', memory)
        store(receiver, folder, CT, MR)
        wait_for(lambda: len(received(folder)) == 2, 'the studies in the list')
        expect_equal(receiver.finish(), 0, 'status')
        done = gantryctl(folder, 'studies', '--all', '--trash')
        expect_equal((done.status, done.summary['removed'], done.summary['left']), (1, 0, 2),
                     done.error)
        expect({r['outcome'] for r in done.of('removed')} == {'failed'}
               and all('no trash' in r['message'] for r in done.of('removed')), done.output)
        expect_equal((len(files_below(memory)), len(received(folder))), (2, 2), 'all is there')
        done = gantryctl(folder, 'studies', '--all', '--delete')
        expect_equal((done.status, [r['outcome'] for r in done.of('removed')]),
                     (0, ['deleted'] * 2), done.error)
        expect_equal((files_below(memory), received(folder)), ([], {}), 'nothing is there')
    finally:
        shutil.rmtree(memory)


small_disk.enter()
run_tests()
