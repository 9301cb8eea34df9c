#!/usr/bin/python3
"""gantryctl receive: where objects go and for how long, and what happens when there is no room

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import shutil
import sqlite3
import struct

import objects
import pydicom
from harness import (Process, diagnose, expect, expect_equal, files_below, free_port, run_tests,
                     test, wait_for)
from peers import Receiver, gantryctl, tool
from requestor import LAST, P_DATA_TF, Requestor, data_set, pdv
from small_disk import enter, small_disk
from wire import Relay

MODEL = objects.ROOT / 'test_files' / 'CT_small.dcm'
MODEL_UID = '1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322'
DAY = 24 * 3600 * 1000000

os.environ['TCP_NODELAY'] = '1'  # for storescu: without it an object takes 40 ms


def make(folder, number, rows=None, **elements):
    """CT_small under another UID, with as many rows of pixels as wanted."""
    content = pydicom.dcmread(MODEL)
    content.SOPInstanceUID = content.file_meta.MediaStorageSOPInstanceUID = f'{MODEL_UID}.{number}'
    for name, value in elements.items():
        setattr(content, name, value)
    if rows is not None:
        content.Rows = rows
        content.PixelData = bytes(number % 256 for _ in range(1)) * (rows * content.Columns * 2)
    path = pathlib.Path(folder) / f'{number}.dcm'
    content.save_as(path)
    return path


def store(receiver, *paths, folder, port=None):
    """storescu's words on each answer, all of them on one association."""
    _, output = tool('storescu', '-v', '-nh', '-aec', receiver.aet, '127.0.0.1',
                     port or receiver.port, *paths, folder=folder)
    return [line.split('(', 1)[1].rsplit(')', 1)[0] for line in output.splitlines()
            if 'Received Store Response (' in line]


def database(folder):
    path = pathlib.Path(folder) / 'profile' / 'gantry.db'
    return sqlite3.connect(path, timeout=10)


def listed(folder):
    with database(folder) as db:
        return sorted(pathlib.Path(r[0]) for r in
                      db.execute('SELECT path FROM received WHERE series_id IS NOT NULL'))


def parts(receiver):
    return files_below(receiver.directory, '.part')


# ---- Layouts -----------------------------------------------------------------------------------

LAYOUTS = {
    'uids': (['--layout', 'uids'], '{study}/{series}/{instance}.dcm'),
    'patient': (['--layout', 'patient'], 'Doe_Jane_4711/20040119_e_1/1_CT/{instance}.dcm'),
    'flat': (['--layout', 'flat'], '{instance}.dcm'),
    'own': (['--pattern', '{PatientID}/{StudyDate}-{Modality}/{SeriesNumber}-{SOPInstanceUID}'],
            '4711/20040119-CT/1-{instance}.dcm'),
}


@test('/keep/layouts')
def layouts(folder):
    path = make(folder, 1, PatientName='Doe^Jane', PatientID='4711', StudyDescription='e+1')
    content = pydicom.dcmread(path)
    for name, (options, expected) in LAYOUTS.items():
        own = pathlib.Path(folder) / name
        own.mkdir()
        receiver = Receiver(own, *options)
        expect(receiver.of('listening')[0]['example'].count('/') == expected.count('/'),
               f'{name}: {receiver.of("listening")[0]["example"]}')
        relay = Relay(receiver.port)
        expect_equal(store(receiver, path, folder=own, port=relay.port), ['Success'], 'answers')
        relay.close()
        wanted = receiver.directory / expected.format(
            study=content.StudyInstanceUID, series=content.SeriesInstanceUID,
            instance=content.SOPInstanceUID)
        expect_equal(receiver.files(), [wanted], f'{name}: files')
        expect_equal(objects.data_set(wanted), relay.data_sets()[0], f'{name}: octets')
        expect_equal(receiver.finish(), 0, 'exit status')
        expect_equal(listed(own), [wanted], f'{name}: what is listed')


@test('/keep/pattern-refused')
def pattern_refused(folder):
    for option, part in (('../{SOPInstanceUID}', '“..”'), ('{PatientID}', '{SOPInstanceUID}'),
                         ('/x/{SOPInstanceUID}', '“/”'), ('{Nonsense}', '{Nonsense}')):
        result = gantryctl(folder, 'receive', '--port', 0, '--pattern', option)
        expect_equal(result.status, 2, f'{option}: exit status')
        expect(part in result.error, f'{option}: {result.error}')


@test('/keep/options-refused')
def options_refused(folder):
    for options in (['--layout', 'nice'], ['--layout', 'flat', '--pattern', '{SOPInstanceUID}'],
                    ['--reserve', '5x'], ['--reserve', '100%'], ['--reserve', '-1'],
                    ['--keep-size', '1e99'], ['--keep-size', ''], ['--keep-days', '-1']):
        result = gantryctl(folder, 'receive', '--port', 0, *options)
        expect_equal(result.status, 2, f'{options}: exit status')
        expect(len(result.error.strip()) > 20, f'{options}: {result.error}')


@test('/keep/folder-is-taken')
def folder_is_taken(folder):
    """Two that receive into one folder would clean up after each other."""
    receiver = Receiver(folder)
    result = gantryctl(folder, '--profile', pathlib.Path(folder) / 'other', 'receive', '--port', 0,
                       '--output', receiver.directory)
    expect_equal(result.status, 1, 'exit status')
    expect('Another Gantry receives into the folder' in result.error, result.error)
    expect_equal(receiver.finish(), 0, 'exit status')


@test('/keep/unsafe')
def unsafe(folder):
    """UIDs that are paths: kept under safe names and flagged, or refused."""
    data = bytearray(MODEL.read_bytes())
    evil = (b'../' * 20)[:len(MODEL_UID)]
    path = pathlib.Path(folder) / 'evil.dcm'
    path.write_bytes(data.replace(MODEL_UID.encode(), evil))
    for options, status, files in (([], '0000', 1), (['--refuse-unsafe'], 'C000', 0)):
        own = pathlib.Path(folder) / status
        own.mkdir()
        receiver = Receiver(own, *options)
        store(receiver, path, folder=own)
        wait_for(lambda: receiver.of('stored'), 'an event')
        event = receiver.of('stored')[0]
        expect_equal(event['status'], status, 'status')
        expect('is not a UID' in event['message'], event['message'])
        expect_equal(len(receiver.files()), files, 'files')
        expect_equal(parts(receiver), [], 'parts')


# ---- Room --------------------------------------------------------------------------------------

@test('/keep/full-disk')
def full_disk(folder):
    """200 kB: some objects fit, and no other is called stored."""
    paths = [make(folder, i) for i in range(12)]
    with small_disk(pathlib.Path(folder) / 'kept', 200 << 10):
        receiver = Receiver(folder, '--reserve', 0)
        relay = Relay(receiver.port)
        answers = store(receiver, *paths, folder=folder, port=relay.port)
        relay.close()
        crossed = [objects.digest(d) for d in relay.data_sets()]
        expect_equal(len(answers), len(paths), 'answers')
        good = [d for d, answer in zip(crossed, answers) if answer == 'Success']
        expect(0 < len(good) < len(paths), f'{len(good)} of {len(paths)} stored on 200 kB')
        kept = sorted(objects.digest(objects.data_set(p)) for p in receiver.files())
        expect_equal(kept, sorted(good), 'what is kept is what was called stored')
        expect_equal(parts(receiver), [], 'parts')
        wait_for(lambda: len(receiver.of('stored')) == len(paths), 'events')
        expect_equal({e['status'] for e in receiver.of('stored')}, {'0000', 'A700'}, 'statuses')

        # Room again, and it goes on by itself.
        for path in receiver.files():
            path.unlink()
        expect_equal(store(receiver, paths[-1], folder=folder), ['Success'], 'after making room')
        expect_equal(receiver.finish(), 0, 'exit status')
        diagnose(f'{len(good)} of {len(paths)} objects fitted')


@test('/keep/write-error-in-the-middle')
def write_error(folder):
    """A file that may not grow beyond 4 MB stands for a disk that fails half way through."""
    large, small = make(folder, 1, rows=50000), make(folder, 2)
    expect(large.stat().st_size > 6 << 20, 'the object is larger than the limit')
    receiver = Receiver(folder, wrapper=['sh', '-c', 'ulimit -f 8192; exec "$@"', 'sh'])
    answers = store(receiver, large, small, folder=folder)
    expect_equal(len(answers), 2, f'answers: {answers}')
    expect(answers[0] != 'Success' and answers[1] == 'Success', f'answers: {answers}')
    wait_for(lambda: len(receiver.of('stored')) == 2, 'events')
    expect_equal([e['status'] for e in receiver.of('stored')], ['A700', '0000'], 'statuses')
    expect_equal(len(receiver.files()), 1, 'files')
    expect_equal(parts(receiver), [], 'parts')
    expect_equal(receiver.finish(), 0, 'exit status')


@test('/keep/reserve')
def reserve(folder):
    """Less than the reserve is free: A700, said loudly; and it recovers by itself."""
    path = make(folder, 1)
    with small_disk(pathlib.Path(folder) / 'kept', 8 << 20) as disk:
        ballast = disk / 'ballast'
        ballast.write_bytes(bytes(5 << 20))
        receiver = Receiver(folder, '--reserve', '4M')
        expect_equal(store(receiver, path, folder=folder), ['Refused: OutOfResources'], 'answers')
        wait_for(lambda: receiver.of('space'), 'a word about the space')
        expect_equal(receiver.of('space')[0]['state'], 'low', 'space')
        wait_for(lambda: receiver.of('stored'), 'an event')
        event = receiver.of('stored')[0]
        expect_equal(event['status'], 'A700', 'status')
        expect('in reserve' in event['message'], event['message'])
        expect_equal(receiver.files(), [], 'files')

        ballast.unlink()
        wait_for(lambda: len(receiver.of('space')) == 2, 'a word about the room that is there again')
        expect_equal(receiver.of('space')[1]['state'], 'enough', 'space')
        expect_equal(store(receiver, path, folder=folder), ['Success'], 'answers')
        ballast.write_bytes(bytes(5 << 20))  # while nothing comes
        wait_for(lambda: len(receiver.of('space')) == 3, 'a word about the space that is gone')
        expect_equal(receiver.finish(), 0, 'exit status')


def endless(receiver, length):
    """An association on which an object has begun, up to its pixels, of which there are so many."""
    caller = Requestor(receiver)
    expect(caller.associate(), 'no association')
    caller.begin_store(b'1.2.3', whole=False)
    rest = data_set(b'1.2.3')[len(data_set(b'1.2.3')) // 4 * 2:]
    rest += struct.pack('<HH2sHI', 0x7FE0, 0x0010, b'OB', 0, length)
    caller.socket.sendall(pdv(1, 0, rest))
    return caller


def flood(caller, octets):
    for _ in range(octets // 16000):
        caller.socket.sendall(pdv(1, 0, bytes(16000)))


@test('/keep/no-end')
def no_end(folder):
    """An object that fills the disk, or the reserve, gives the room back at once; others do not
    have to wait for its end."""
    small = make(folder, 1)
    for reserve_size, size in (0, 1 << 20), (4 << 20, 8 << 20):
        own = pathlib.Path(folder) / str(reserve_size)
        own.mkdir()
        room = size - reserve_size // 2
        with small_disk(own / 'kept', size):
            receiver = Receiver(own, '--reserve', reserve_size)
            caller = endless(receiver, 12016000)
            flood(caller, room // 2)
            wait_for(lambda: [p for p in parts(receiver) if p.stat().st_size > room // 4],
                     'it is written')
            flood(caller, 12000000 - room // 2 // 16000 * 16000)
            wait_for(lambda: [p.stat().st_size for p in parts(receiver)] == [0], 'room again')
            expect_equal(store(receiver, small, folder=own), ['Success'], 'another association')
            caller.socket.sendall(pdv(1, LAST, bytes(16000)))
            expect_equal(caller.status(), 0xA700, 'the answer in the end')
            expect_equal(parts(receiver), [], 'parts')
            caller.begin_store(b'1.2.4')
            expect_equal(caller.status(), 0, 'the next one')
            expect_equal(len(receiver.files()), 2, 'files')
            wait_for(lambda: len(receiver.of('stored')) == 3, 'events')
            expect_equal(receiver.finish(), 0, 'exit status')


# ---- For how long ------------------------------------------------------------------------------

@test('/keep/size')
def keep_size(folder):
    """Above the size the oldest go, with their folders, from the disk and from the lists."""
    paths = [make(folder, i, SeriesInstanceUID=f'1.2.3.{i}') for i in range(10)]
    receiver = Receiver(folder, '--keep-size', '120K')
    expect_equal(store(receiver, *paths, folder=folder), ['Success'] * 10, 'answers')
    newest = [f'{MODEL_UID}.{i}' for i in (7, 8, 9)]
    wait_for(lambda: [p.stem for p in receiver.files()] == newest,
             f'the newest three: {[p.stem[-2:] for p in receiver.files()]}')
    wait_for(lambda: listed(folder) == receiver.files(), 'what is listed is what is there')
    wait_for(lambda: not parts(receiver), 'no part is left')
    expect_equal({p.name for p in receiver.directory.glob('*/*')},
                 {f'1.2.3.{i}' for i in (7, 8, 9)}, 'folders of series')
    with database(folder) as db:
        expect_equal(db.execute('SELECT sum(objects), count(*) FROM series').fetchone(), (3, 3),
                     'series in the database')
    expect_equal(receiver.finish(), 0, 'exit status')


@test('/keep/size-of-quarantine')
def size_of_quarantine(folder):
    """What cannot be parsed is kept once, has the limit by itself, and pushes nothing out."""
    def kept():
        return sorted(p.stat().st_size for p in (receiver.directory / '.quarantine').glob('*.dcm'))

    def break_in(uid):
        caller.begin_store(uid, behind=b'\x20\0\x10\0SH\xff\xff' + bytes(39000))
        expect_equal(caller.read(), P_DATA_TF, 'the answer to the object')

    receiver = Receiver(folder, '--keep-size', '120K')
    caller = Requestor(receiver)
    expect(caller.associate(), 'no association')
    caller.begin_store(b'1.2.3')
    expect_equal(caller.read(), P_DATA_TF, 'the answer to the good one')
    for number in [*range(5), 4, 4, 4]:
        break_in(b'1.2.3.%d' % number)
    expect_equal(len(kept()), 3, 'files in quarantine')
    answers = wait_for(lambda: len(receiver.of('stored')) == 9 and receiver.of('stored'), 'all told')
    expect_equal([a['status'] for a in answers], ['0000'] + ['C000'] * 8, 'answers')
    expect_equal(len({a['path'] for a in answers[5:]}), 1, 'where the last one is')
    expect(pathlib.Path(answers[-1]['path']).exists(), 'the newest is gone')
    expect(pathlib.Path(answers[0]['path']).exists(), 'the good one is gone')
    expect_equal(receiver.finish(), 0, 'exit status')
    receiver = Receiver(folder, '--keep-size', '50K')
    wait_for(lambda: len(kept()) == 1, 'the next start removes what is too much')
    expect_equal(receiver.finish(), 0, 'exit status')


@test('/keep/size-under-load')
def size_under_load(folder):
    """Objects go while others come, and while those that are about to go come again."""
    paths = [make(folder, i, SeriesInstanceUID=f'1.2.3.{i % 5}') for i in range(40)]
    receiver = Receiver(folder, '--keep-size', '400K')
    senders = [Process(['storescu', '-v', '-nh', '-aec', receiver.aet, '127.0.0.1', receiver.port,
                        *(paths[n * 7:] + paths[:n * 7]) * 4], folder) for n in range(4)]
    answers = 0
    for sender in senders:
        sender.wait(100)
        output = sender.output() + sender.error()
        answers += output.count('Received Store Response (Success)')
    expect_equal(answers, 4 * 4 * len(paths), 'answers')

    def settled():
        files = receiver.files()
        return listed(folder) == files and sum(p.stat().st_size for p in files) < 420 << 10
    wait_for(settled, 'the lists agree with the disk, and the limit holds')
    wait_for(lambda: not parts(receiver), 'no part is left')
    expect(len(receiver.files()) >= 9, f'{len(receiver.files())} files: more than needed has gone')
    expect_equal(receiver.finish(), 0, 'exit status')


def make_older(folder, days, path='%'):
    with database(folder) as db:
        db.execute('UPDATE received SET received = received - ? WHERE path LIKE ?',
                   (days * DAY, str(path)))


@test('/keep/days')
def keep_days(folder):
    """What came long ago goes, but not what the queue has not brought to its node."""
    paths = [make(folder, i) for i in range(4)]
    receiver = Receiver(folder)
    store(receiver, *paths, folder=folder)
    expect_equal(receiver.finish(), 0, 'exit status')
    expect_equal(len(receiver.files()), 4, 'files')
    make_older(folder, 10)
    oldest, _, wanted, _ = receiver.files()
    make_older(folder, 10, oldest)
    sent = gantryctl(folder, 'send', f'NOBODY@127.0.0.1:{free_port()}', wanted)
    expect(sent.status != 0, 'nobody is there to send to')

    receiver = Receiver(folder, '--keep-days', 11)
    wait_for(lambda: oldest not in receiver.files(), 'what is old enough goes')
    receiver.finish()
    expect_equal(len(receiver.files()), 3, 'files that are not old enough')

    receiver = Receiver(folder, '--keep-days', 9)
    wait_for(lambda: receiver.files() == [wanted], 'the old ones go, the one in the queue stays')
    wait_for(lambda: listed(folder) == [wanted], 'the list follows')
    # One that came again is new.
    store(receiver, paths[0], folder=folder)
    wait_for(lambda: len(listed(folder)) == 2, 'the new one is listed')
    expect_equal(receiver.finish(), 0, 'exit status')


@test('/keep/behind-our-back')
def behind_our_back(folder):
    """A file that somebody removed is no obstacle, and a link that somebody planted no way out."""
    paths = [make(folder, i, SeriesInstanceUID=f'1.2.3.{i}') for i in range(3)]
    receiver = Receiver(folder)
    store(receiver, *paths, folder=folder)
    receiver.finish()
    gone, planted, _ = receiver.files()
    shutil.rmtree(gone.parent)
    victim = pathlib.Path(folder) / 'victim'
    victim.mkdir()
    shutil.move(planted, victim / planted.name)
    planted.parent.rmdir()
    planted.parent.symlink_to(victim)
    make_older(folder, 10)
    receiver = Receiver(folder, '--keep-days', 9)
    wait_for(lambda: listed(folder) == [planted], 'what is gone is not listed')
    expect_equal([p.name for p in victim.iterdir()], [planted.name], 'behind the link')
    expect_equal(receiver.finish(), 0, 'exit status')


enter()
run_tests()
