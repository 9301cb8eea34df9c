#!/usr/bin/python3
"""What an administrator sees of a receiver: the log, its export, the log file, complete studies

SPDX-License-Identifier: GPL-3.0-or-later
"""
import csv
import json
import os
import pathlib
import socket
import time

import objects
import pydicom
from harness import Process, expect, expect_equal, run_tests, test, wait_for
from peers import Receiver, StoreScp, gantryctl, tool

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
MR = objects.ROOT / 'test_files' / 'MR_small.dcm'


def dcmtk(receiver, folder, program, *options, paths=()):
    return tool(program, *options, '-aec', receiver.aet, '127.0.0.1', receiver.port, *paths,
                folder=folder)


def abort_after_association(receiver, folder):
    return dcmtk(receiver, folder, 'echoscu', '--abort', '-aet', 'ABORTER')


def turned_away(receiver):
    """A peer that speaks another language."""
    with socket.create_connection(('127.0.0.1', receiver.port)) as sock:
        sock.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        sock.settimeout(20)
        while sock.recv(4096):
            pass


def over(receiver, n):
    ends = ('released', 'rejected', 'aborted', 'timed-out')
    return wait_for(lambda: len([a for a in receiver.of('association') if a['state'] in ends]) >= n,
                    f'{n} associations never ended')


@test('/watch/log')
def log(folder):
    receiver = Receiver(folder, '--caller', 'STORER', '--caller', 'ABORTER', '--caller', '=1+1')
    dcmtk(receiver, folder, 'storescu', '-aet', 'STORER', paths=(CT, MR))
    abort_after_association(receiver, folder)
    dcmtk(receiver, folder, 'echoscu', '-aet', 'STRANGER')
    dcmtk(receiver, folder, 'echoscu', '-aet', '=1+1')
    turned_away(receiver)
    over(receiver, 5)

    listed = gantryctl(folder, 'log').of('association')
    by_caller = {a['calling']: a for a in listed}
    expect_equal(by_caller['STORER']['state'], 'released', 'STORER')
    expect_equal(by_caller['STORER']['ended_by'], 'caller', 'STORER')
    expect_equal(by_caller['ABORTER']['state'], 'aborted', 'ABORTER')
    expect_equal(by_caller['ABORTER']['ended_by'], 'caller', 'ABORTER')
    expect_equal(by_caller['STRANGER']['state'], 'rejected', 'STRANGER')
    expect_equal(by_caller['STRANGER']['ended_by'], 'us', 'STRANGER')
    expect_equal(by_caller['']['state'], 'aborted', 'the one that was no DICOM')

    for text, wanted in (('storer', 1), ('mr image', 1), ('127.0.0.1', len(listed)), ('nobody', 0)):
        found = gantryctl(folder, 'log', '--filter', text).of('association')
        expect_equal(len(found), wanted, text)

    table = pathlib.Path(folder) / 'log.csv'
    expect_equal(gantryctl(folder, 'log', '--export', table, json_lines=False).status, 0, 'export')
    rows = list(csv.DictReader(table.read_text().splitlines()))
    expect_equal(len(rows), len(listed), 'rows')
    expect("'=1+1" in [r['calling'] for r in rows], 'a formula is not to be run')
    stored = next(r for r in rows if r['calling'] == 'STORER')
    expect_equal(stored['stored'], '2', 'stored')
    expect(int(stored['contexts']) > 0 and stored['last_status'] == '0000', stored)

    array = pathlib.Path(folder) / 'log.json'
    gantryctl(folder, 'log', '--filter', 'STRANGER', '--export', array, json_lines=False)
    read = json.loads(array.read_text())
    expect_equal([r['calling'] for r in read], ['STRANGER'], 'JSON')
    expect(read[0]['implementation_version'].startswith('OFFIS'), read[0])


@test('/watch/log/nowhere')
def nowhere(folder):
    """Whole or not at all, and a sentence."""
    receiver = Receiver(folder)
    dcmtk(receiver, folder, 'echoscu')
    over(receiver, 1)
    for path in ('/proc/log.csv', folder, 'log.txt'):
        result = gantryctl(folder, 'log', '--export', path, json_lines=False)
        expect(result.status in (1, 2) and len(result.error) > 20, f'{path}: {result.error}')


@test('/watch/log-file')
def log_file(folder):
    path = pathlib.Path(folder) / 'gantry.log'
    receiver = Receiver(folder, '--log', path, '--log-level', 'verbose')
    dcmtk(receiver, folder, 'dcmsend', paths=(CT,))
    dcmtk(receiver, folder, 'echoscu')
    over(receiver, 2)
    expect_equal(receiver.finish(), 0, 'status')
    text = path.read_text()
    expect('command 0001' in text and 'command 0030' in text, text)
    expect('released' in text and objects.describe(CT).sop_instance in text, text)
    expect('CompressedSamples' not in text, 'a patient is named')
    expect_equal(path.stat().st_mode & 0o077, 0, 'others may read it')


@test('/watch/log-file/rotated')
def log_file_rotated(folder):
    path = pathlib.Path(folder) / 'gantry.log'
    receiver = Receiver(folder, '--log', path, '--log-level', 'verbose', '--log-size', '2K',
                        '--log-files', 3)
    dcmtk(receiver, folder, 'echoscu', '--repeat', 100)
    over(receiver, 1)
    expect_equal(receiver.finish(), 0, 'status')
    expect_equal({p.name for p in path.parent.glob('gantry.log*')},
                 {'gantry.log', 'gantry.log.1', 'gantry.log.2'}, 'files')
    expect(all(p.stat().st_size < 2500 for p in path.parent.glob('gantry.log*')), 'sizes')
    expect('released' in path.read_text(), path.read_text())


def end_in_time(receiver):
    began = time.monotonic()
    expect_equal(receiver.finish(), 0, 'status')
    expect(time.monotonic() - began < 6, f'the end took {time.monotonic() - began:.1f} s')


@test('/watch/log-file/stalled')
def log_file_stalled(folder):
    """Nobody waits for a disk that does not answer; what it has cost is told."""
    library = os.environ.get('GANTRY_STALL_LIBRARY')
    expect(library and os.path.exists(library), 'GANTRY_STALL_LIBRARY does not name the library')
    disk = pathlib.Path(folder) / 'disk'
    disk.mkdir()
    stalled, path = disk / 'stalled', disk / 'gantry.log'
    stalled.touch()
    before = dict(os.environ)
    os.environ.update({'LD_PRELOAD': library, 'GANTRY_STALL': os.path.realpath(disk), 'ASAN_OPTIONS':
                       before.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'})
    try:
        receiver = Receiver(folder, '--log', path, '--log-level', 'verbose')
    finally:
        os.environ.clear()
        os.environ.update(before)
    status, output = dcmtk(receiver, folder, 'echoscu', '--repeat', 9000)
    expect_equal(status, 0, output[-300:])
    wait_for(lambda: 'does not answer' in receiver.process.error(), 'a word about the disk')
    expect_equal(dcmtk(receiver, folder, 'dcmsend', paths=(CT,))[0], 0, 'an object')
    expect_equal(path.stat().st_size, 0, 'nothing is written')
    stalled.unlink()
    wait_for(lambda: 'lines are missing here' in path.read_text(), 'a word about what is missing')
    stalled.touch()
    dcmtk(receiver, folder, 'echoscu')
    end_in_time(receiver)


@test('/watch/log-file/nobody-reads')
def log_file_pipe(folder):
    path = pathlib.Path(folder) / 'pipe'
    os.mkfifo(path)
    receiver = Receiver(folder, '--log', path, '--log-level', 'verbose')
    wait_for(lambda: 'cannot be written' in receiver.process.error(), 'a word about the pipe')
    expect_equal(dcmtk(receiver, folder, 'dcmsend', paths=(CT,))[0], 0, 'an object')
    end_in_time(receiver)


def said(events):
    return '\n'.join(e['message'] for e in events)


@test('/watch/debug/caller')
def debug_caller(folder):
    """Two at the same time: DCMTK's messages of one of them, and nothing of the other."""
    path = pathlib.Path(folder) / 'gantry.log'
    receiver = Receiver(folder, '--debug-caller', 'LOUD', '--log', path, '--log-level', 'debug')
    both = [Process(['storescu', '-aet', caller, '-aec', receiver.aet, '--repeat', 50, '127.0.0.1',
                     receiver.port, CT, MR], folder) for caller in ('LOUD', 'SILENT')]
    for process in both:
        expect_equal(process.wait(), 0, 'storescu')
    over(receiver, 2)
    ids = {a['id'] for a in receiver.of('association') if a['calling'] == 'LOUD'}
    traces = receiver.of('trace')
    expect_equal({t['id'] for t in traces}, ids, 'whose messages')
    expect('PDU Type: Associate Request' in said(traces), said(traces))
    expect('Association Parameters Negotiated:' in said(traces), said(traces))
    expect('SILENT' not in said(traces), said(traces))
    expect_equal({t['level'] for t in traces}, {'debug'}, 'levels')
    expect_equal(receiver.finish(), 0, 'status')
    text = path.read_text()
    expect('Calling Application Name:    LOUD' in text, text)
    expect('Calling Application Name:    SILENT' not in text, 'the other one in the log file')


@test('/watch/debug/next')
def debug_next(folder):
    receiver = Receiver(folder, '--debug-next')
    for i in range(2):
        dcmtk(receiver, folder, 'echoscu', '-aet', f'CALLER{i}')
        over(receiver, i + 1)
    expect_equal(receiver.finish(), 0, 'status')
    expect('CALLER0' in said(receiver.of('trace')), 'the first')
    expect('CALLER1' not in said(receiver.of('trace')), 'only the first')


@test('/watch/debug/abort')
def debug_abort(folder):
    receiver = Receiver(folder, '--debug')
    abort_after_association(receiver, folder)
    over(receiver, 1)
    expect_equal(receiver.finish(), 0, 'status')
    errors = [t for t in receiver.of('trace') if t['level'] == 'error']
    expect_equal(said(errors), '0006:0317 Peer aborted Association (or never connected)', 'errors')


@test('/watch/debug/ours')
def debug_ours(folder):
    """On standard error as DCMTK's programs do it; in JSON with the rest."""
    archive = StoreScp(folder)
    peer = archive.address
    quiet = gantryctl(folder, 'echo', peer, json_lines=False)
    expect_equal((quiet.status, quiet.error), (0, ''), 'without')
    echo = gantryctl(folder, 'echo', peer, '--debug', '--count', 2, '--interval', 0, json_lines=False)
    expect_equal(echo.status, 0, echo.error)
    for line in ('[1] D: Request Parameters:', '[2] D: Association Parameters Negotiated:'):
        expect(line in echo.error.splitlines(), f'{line}: {echo.error}')
    expect('Request Parameters' not in echo.output, echo.output)
    sent = gantryctl(folder, 'send', peer, CT, MR, '--debug')
    expect_equal(sent.status, 0, sent.error)
    expect('Association Parameters Negotiated:' in said(sent.of('trace')), sent.output)
    expect('CompressedSamples' not in sent.output + sent.error + echo.error, 'a patient is named')
    asked = gantryctl(folder, 'send', peer, CT, '--dry-run', '--debug')
    expect_equal(asked.status, 0, asked.error)
    expect(asked.events[-1]['event'] == 'summary'
           and 'Association Parameters Negotiated:' in said(asked.of('trace')), asked.output)
    none = gantryctl(folder, 'send', peer, __file__, '--dry-run', '--debug')
    expect_equal((none.status, none.of('trace')), (1, []), none.error)


@test('/watch/debug/probe')
def debug_probe(folder):
    """A probe is several associations, and each is heard of for itself."""
    archive = StoreScp(folder)
    classes = [w for o in (CT, MR) for w in ('--sop-class', objects.describe(o).sop_class)] \
        + ['--sop-class', '1.2.840.10008.5.1.4.1.1.1', '--sop-class', '1.2.840.10008.5.1.4.1.1.7']
    quiet = gantryctl(folder, 'probe', archive.address, *classes, json_lines=False)
    expect_equal((quiet.status, quiet.error), (0, ''), 'without')
    loud = gantryctl(folder, 'probe', archive.address, *classes, '--debug', json_lines=False)
    expect_equal((loud.status, loud.output.splitlines()[:-1]),
                 (0, quiet.output.splitlines()[:-1]), 'standard output')
    for line in ('[1] D: Request Parameters:', '[2] D: Association Parameters Negotiated:'):
        expect(line in loud.error.splitlines(), f'{line}: {loud.error[-500:]}')
    told = gantryctl(folder, 'probe', archive.address, *classes, '--debug')
    expect_equal(told.status, 0, told.error)
    expect_equal({t['id'] for t in told.of('trace')},
                 set(range(1, told.events[-1]['associations'] + 1)), 'whose messages')
    archive.stop()
    lost = gantryctl(folder, 'probe', archive.address, '--debug', '--connect-timeout', 2)
    expect_equal(lost.status, 3, lost.error)


@test('/watch/complete/killed')
def killed(folder):
    receiver = Receiver(folder, '--complete-seconds', 1, '--complete-command', 'sleep',
                        '--complete-arg', 3600, '--complete-timeout', 1)
    dcmtk(receiver, folder, 'storescu', paths=(CT,))
    wait_for(lambda: receiver.of('command'), 'the command never ended')
    expect_equal(receiver.of('command')[0]['exit_status'], -1, receiver.of('command'))
    expect('within 1 seconds' in receiver.of('command')[0]['message'], receiver.of('command'))


@test('/watch/complete')
def complete(folder):
    """Nothing of an object becomes a command."""
    said = pathlib.Path(folder) / 'said'
    receiver = Receiver(folder, '--complete-seconds', 1, '--complete-command', 'touch',
                        '--complete-arg', str(said) + '-{calling}-{objects}')
    dcmtk(receiver, folder, 'storescu', '-aet', 'A;reboot', paths=(CT,))
    wait_for(lambda: receiver.of('command'), 'the command never ended')
    expect_equal(receiver.of('command')[0]['exit_status'], 0, receiver.of('command'))
    expect_equal(len(receiver.of('complete')), 1, 'once')
    expect(pathlib.Path(f'{said}-A;reboot-1').exists(), 'the argument')


@test('/watch/complete/hundred-at-once')
def hundred_at_once(folder):
    """Each has its turn, two at a time, and no object waits for that."""
    notes = pathlib.Path(folder) / 'notes'
    receiver = Receiver(folder, '--complete-seconds', 1, '--complete-command', 'sh', '--complete-arg',
                        '-c', '--complete-arg', 'echo + {study_uid} >>"$0"; sleep 0.1; '
                        'echo - {study_uid} >>"$0"', '--complete-arg', notes)
    content = pydicom.dcmread(CT)
    paths = []
    for number in range(100):
        content.SOPInstanceUID = content.file_meta.MediaStorageSOPInstanceUID = f'1.2.3.{number}'
        content.StudyInstanceUID = f'1.2.4.{number}'
        paths.append(pathlib.Path(folder) / f'{number}.dcm')
        content.save_as(paths[-1])
    dcmtk(receiver, folder, 'dcmsend', paths=paths)
    wait_for(lambda: len(receiver.of('command')) >= 2, 'the first commands')
    began = time.monotonic()
    dcmtk(receiver, folder, 'echoscu')
    expect(time.monotonic() - began < 5, 'an echo while commands run')
    wait_for(lambda: len(receiver.of('command')) == 100, 'the last command', 60)
    expect_equal({c['exit_status'] for c in receiver.of('command')}, {0}, 'exit statuses')
    expect_equal(len(receiver.of('complete')), 100, 'complete studies')
    running, most, seen = 0, 0, set()
    for line in notes.read_text().splitlines():
        sign, study = line.split()
        running += 1 if sign == '+' else -1
        most = max(most, running)
        seen.add(study)
    expect_equal((running, most, len(seen)), (0, 2, 100), 'still running, most at a time, studies')
    expect_equal(receiver.finish(), 0, 'exit status')


run_tests()
