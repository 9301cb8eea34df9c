#!/usr/bin/python3
"""gantryctl receive with real senders: what crossed the wire is what is kept

SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import types

import objects
import pydicom
from harness import (diagnose, expect, expect_equal, files_below, free_port, run_tests, test,
                     wait_for)
from peers import GANTRYCTL, Receiver, environment, tool
from requestor import Requestor
from wire import Relay

# What storescu cannot send, and its own reason; dcmsend sends them all. A name that appears or
# disappears is a change in what has been proved, so the list is compared as it is.
STORESCU_CANNOT = {
    'rtdose_rle.dcm': 'No SOP Class or Instance UID in file: FILE',
    'rtdose_rle_1frame.dcm': 'No SOP Class or Instance UID in file: FILE',
}


def write_profile(path, found):
    """An association profile that proposes exactly the file's class and syntax for each file."""
    syntaxes = sorted({o.transfer_syntax for o in found})
    lines = ['[[TransferSyntaxes]]']
    for number, uid in enumerate(syntaxes):
        lines += [f'[Syntax{number}]', f'TransferSyntax1 = {uid}']
    lines += ['[[PresentationContexts]]', '[Contexts]']
    pairs = sorted({(o.sop_class, o.transfer_syntax) for o in found})
    for number, (sop_class, uid) in enumerate(pairs, 1):
        lines.append(f'PresentationContext{number} = {sop_class}\\Syntax{syntaxes.index(uid)}')
    lines += ['[[Profiles]]', '[Exact]', 'PresentationContexts = Contexts', '']
    path.write_text('\n'.join(lines), encoding='ascii')


def not_sent(output, found):
    """Files that storescu gave up on, with its reason, from what it printed after their names."""
    reasons = {}
    current = None
    names = {str(o.path): o.path.name for o in found}
    for line in output.splitlines():
        kind, _, text = line.partition(': ')
        if kind == 'I' and text.startswith('Sending file: '):
            current = text.removeprefix('Sending file: ').strip()
        elif kind == 'E' and current in names:
            reasons[names[current]] = text.replace(current, 'FILE')
    return reasons


def check_file(event):
    """What is kept is a PS3.10 file. Its meta header is about the request; when the data set names
    another instance, as dcmsend lets happen, the answer has to be B007."""
    path = pathlib.Path(event['path'])
    expect_equal(path.read_bytes()[:132], bytes(128) + b'DICM', f'{path.name}: preamble')
    content = pydicom.dcmread(path, stop_before_pixels=True)
    meta = content.file_meta
    same = (meta.MediaStorageSOPInstanceUID == content.SOPInstanceUID
            and meta.MediaStorageSOPClassUID == content.SOPClassUID)
    wanted = ['0000'] if same else ['B007']
    # Beside another one of that name the receiver has more to tell its user, and answers 0000.
    if path.stem != meta.MediaStorageSOPInstanceUID:
        wanted = ['0000', 'B007']
    expect(event['status'] in wanted, f'{path.name}: {event["status"]} instead of {wanted[0]}')


def check_kept(receiver, relay):
    """Every data set that crossed the wire was answered and is on the disk, as it was."""
    relay.close()
    crossed = [objects.digest(d) for d in relay.data_sets()]
    wait_for(lambda: len(receiver.of('stored')) >= len(crossed),
             f'{len(crossed)} stored events')
    stored = receiver.of('stored')
    expect_equal(len(stored), len(crossed), 'stored events')
    kept = {objects.digest(objects.data_set(f)) for f in receiver.files()}
    # An object that came twice, octet for octet, is kept once.
    expect_equal(kept, set(crossed), 'data sets')
    for event in stored:
        check_file(event)
    return crossed


@test('/receive/storescu/every-readable-file')
def from_storescu(folder):
    readable, _, _ = objects.debian_set()
    profile = pathlib.Path(folder) / 'exact.cfg'
    write_profile(profile, readable)
    receiver = Receiver(folder)
    relay = Relay(receiver.port)
    _, output = tool('storescu', '-v', '-nh', '-xf', profile, 'Exact', '-aec', receiver.aet,
                     '127.0.0.1', relay.port, *(o.path for o in readable), folder=folder)

    crossed = check_kept(receiver, relay)
    expect_equal(len(crossed), output.count('Received Store Response (Success)'), 'answers')
    refused = not_sent(output, readable)
    expect_equal(refused, STORESCU_CANNOT, 'what storescu cannot send')
    expect_equal(len(crossed) + len(refused), len(readable), 'files')
    as_in_file = {objects.digest(objects.on_the_wire(o.path)) for o in readable} & set(crossed)
    diagnose(f'{len(crossed)} objects crossed, {len(as_in_file)} of them as they are in the file')
    expect_equal(receiver.finish(), 0, 'exit status after SIGTERM')


@test('/receive/dcmsend/every-readable-file')
def from_dcmsend(folder):
    readable, _, _ = objects.debian_set()
    receiver = Receiver(folder)
    relay = Relay(receiver.port)
    _, output = tool('dcmsend', '-v', '-nh', '-dn', '-nuc', '+f', '-aec', receiver.aet,
                     '127.0.0.1', relay.port, *(o.path for o in readable), folder=folder)

    crossed = check_kept(receiver, relay)
    # B007 is an answer, too: dcmsend's requests do not always name what its data sets name.
    expect_equal(len(crossed), output.count('Received C-STORE Response'), 'answers')
    expect_equal(len(crossed), len(readable), 'files')
    as_in_file = {objects.digest(objects.on_the_wire(o.path)) for o in readable} & set(crossed)
    diagnose(f'{len(crossed)} objects crossed, {len(as_in_file)} of them as they are in the file')
    expect_equal(receiver.finish(), 0, 'exit status after SIGTERM')


@test('/receive/same-object-twice')
def same_object_twice(folder):
    """The same octets again: a success, kept once."""
    path = objects.ROOT / 'test_files' / 'CT_small.dcm'
    receiver = Receiver(folder)
    for _ in range(2):
        _, output = tool('storescu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port, path,
                         folder=folder)
        expect('Received Store Response (Success)' in output, output)
    expect_equal(len(receiver.files()), 1, 'files')


@test('/receive/same-uid-other-content')
def same_uid_other_content(folder):
    """The same UID with other content: both are kept, the first as it was."""
    first = objects.ROOT / 'test_files' / 'CT_small.dcm'
    second = pathlib.Path(folder) / 'changed.dcm'
    data = bytearray(first.read_bytes())
    data[-200] ^= 0xFF
    second.write_bytes(data)
    receiver = Receiver(folder)
    for path in (first, second):
        tool('storescu', '-aec', receiver.aet, '127.0.0.1', receiver.port, path, folder=folder)
    wait_for(lambda: len(receiver.of('stored')) == 2, 'two stored events')
    kept = files_below(receiver.directory)
    # storescu writes the data set anew but leaves the pixels alone, so two contents are to be seen.
    expect_equal(len({objects.digest(objects.data_set(p)) for p in kept}), 2, 'contents kept')


@test('/receive/path-in-uid')
def path_in_uid(folder):
    """A UID that would lead out of the folder leads nowhere."""
    data = bytearray((objects.ROOT / 'test_files' / 'CT_small.dcm').read_bytes())
    for uid in (b'1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322',
                b'1.3.6.1.4.1.5962.1.2.1.20040119072730.12322'):
        evil = (b'../' * 20)[:len(uid)]
        data = data.replace(uid, evil)
    path = pathlib.Path(folder) / 'evil.dcm'
    path.write_bytes(data)
    before = {p for p in pathlib.Path(folder).rglob('*')}
    receiver = Receiver(folder)
    _, output = tool('storescu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port, path,
                     folder=folder)
    receiver.finish()
    inside = (receiver.directory, pathlib.Path(folder) / 'profile')
    strays = [p for p in pathlib.Path(folder).rglob('*') if p not in before
              and not any(p == i or i in p.parents for i in inside)
              and p.suffix not in ('.log', '.err')]
    expect_equal(strays, [], f'files outside of the folder ({output[-300:]})')


@test('/receive/association-events')
def association_events(folder):
    receiver = Receiver(folder)
    tool('echoscu', '-aet', 'TESTER', '-aec', receiver.aet, '127.0.0.1', receiver.port,
         folder=folder)
    wait_for(lambda: [e for e in receiver.of('association') if e['state'] == 'released'],
             'an association that was released')
    event = [e for e in receiver.of('association') if e['state'] == 'released'][0]
    expect_equal((event['calling'], event['called']), ('TESTER', receiver.aet), 'titles')
    tool('echoscu', '--abort', '-aec', receiver.aet, '127.0.0.1', receiver.port, folder=folder)
    wait_for(lambda: [e for e in receiver.of('association') if e['state'] == 'aborted'],
             'an association that was aborted')


@test('/receive/silent-client-blocks-nobody')
def silent_clients(folder):
    receiver = Receiver(folder)
    silent = [socket.create_connection(('127.0.0.1', receiver.port)) for _ in range(10)]
    started = time.monotonic()
    status, output = tool('echoscu', '-aec', receiver.aet, '127.0.0.1', receiver.port,
                          folder=folder)
    elapsed = time.monotonic() - started
    for client in silent:
        client.close()
    expect_equal(status, 0, f'echo ({output})')
    expect(elapsed < 5, f'the echo took {elapsed:.1f} s behind ten silent clients')


@test('/receive/output-that-nobody-reads')
def unread_output(folder):
    """It goes on, ends when it is told to, and says what was lost."""
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    with open(f'{folder}/errors', 'w+', encoding='utf-8') as errors, \
            subprocess.Popen([GANTRYCTL, 'receive', '--port', '0', '--output', f'{folder}/kept',
                              '--json'], stdout=theirs, stderr=errors,
                             env=environment(folder)) as process:
        try:
            os.close(theirs)
            line = b''
            while not line.endswith(b'\n'):
                line += os.read(ours, 1)
            caller = Requestor(types.SimpleNamespace(port=json.loads(line)['port']))
            caller.socket.settimeout(20)
            expect(caller.associate(), 'associated')
            for number in range(10000):  # refused, each with a line: quicker than kept ones
                caller.begin_store(b'1.2.%d' % number, sop_class=b'1.2.3.4')
                expect_equal(caller.status(), 0x0122, f'object {number}')
            caller.begin_store(b'1.2.10000')
            expect_equal(caller.status(), 0, 'the last one')
            process.terminate()
            expect_equal(process.wait(20), 0, 'its end')
        finally:
            process.kill()
        errors.seek(0)
        said = errors.read()
        lost = re.search(r'(\d+) lines of the output are lost', said)
        expect(lost is not None, said)
        os.set_blocking(ours, False)
        whole = os.read(ours, 65536).count(b'\n')
        # Two more are the association's beginning and end.
        expect_equal(whole + int(lost[1]), 10000 + 1 + 2, 'told and lost')
        os.close(ours)


def unheard(folder, *arguments):
    """gantryctl with an output, and complaints, into a pipe that has no other end any more."""
    ours, theirs = os.pipe()
    os.close(ours)
    process = subprocess.Popen([GANTRYCTL, *map(str, arguments)], stdout=theirs, stderr=theirs,
                               env=environment(folder))
    os.close(theirs)
    return process


@test('/receive/output-that-has-ended')
def ended_output(folder):
    """What receives and what sends goes on; what only talks ends."""
    found = [objects.ROOT / 'test_files' / name for name in ('CT_small.dcm', 'MR_small.dcm')]
    port = free_port()
    (pathlib.Path(folder) / 'sender').mkdir()
    with unheard(folder, 'receive', '--port', port, '--output', f'{folder}/kept',
                 '--json') as process:
        try:
            def answers():
                expect_equal(process.poll(), None, 'the receiver has ended')
                return tool('echoscu', '-aec', 'GANTRY', '127.0.0.1', port, folder=folder)[0] == 0
            wait_for(answers, 'it receives')
            for options in ((), ('--json',)):
                sender = unheard(f'{folder}/sender', 'send', *options, f'GANTRY@127.0.0.1:{port}',
                                 *found)
                expect_equal(sender.wait(60), 0, 'what send says in the end')
                talker = unheard(f'{folder}/sender', 'echo', *options, '--interval', 0.01,
                                 f'GANTRY@127.0.0.1:{port}')
                expect_equal(talker.wait(60), 0, 'what echo says in the end')
            expect_equal(len(files_below(f'{folder}/kept', '.dcm')), len(found), 'files')
            process.terminate()
            expect_equal(process.wait(20), 0, 'its end')
        finally:
            process.kill()


run_tests()
