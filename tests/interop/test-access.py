#!/usr/bin/python3
"""Who may associate, what is accepted, and the test behaviour of gantryctl receive

SPDX-License-Identifier: GPL-3.0-or-later
"""
import concurrent.futures
import re
import socket
import subprocess
import time

import objects
from harness import expect, expect_equal, files_below, run_tests, test, wait_for
from peers import GANTRYCTL, Receiver, environment, gantryctl, tool
from requestor import A_ABORT, Requestor, pdu

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
IMAGES = {f'1.2.840.10008.5.1.4.1.1.{n}' for n in ('2', '4', '7', '6.1', '1', '1.1')}
A_RELEASE_RQ = 5
PRIVATE = '1.2.826.0.1.3680043.10.999.1'


def echo(receiver, folder, *options):
    return tool('echoscu', '-v', '-to', 5, *options, '127.0.0.1', receiver.port, folder=folder)


def last_association(receiver, state):
    return wait_for(lambda: [a for a in receiver.of('association') if a['state'] == state],
                    f'no association was {state}')[-1]


def send(receiver, folder, *options, paths=(CT,)):
    """What gantryctl, as a sender, makes of the receiver: outcomes and the last line."""
    result = gantryctl(folder, '--profile', f'{folder}/sender', 'send',
                       f'{receiver.aet}@127.0.0.1:{receiver.port}', *options, *paths)
    return result.of('instance'), result.summary, result


# ---- Who ------------------------------------------------------------------------------------


@test('/access/callers')
def callers(folder):
    receiver = Receiver(folder, '--caller', 'CT_*', '--caller', 'ROOM?')
    for title, wanted in (('CT_SCAN_1', 0), ('ROOM7', 0), ('ROOM', 1), ('XCT_1', 1), ('MR', 1)):
        status, output = echo(receiver, folder, '-aet', title)
        expect_equal(status != 0, bool(wanted), f'{title}: {output}')
        if wanted:
            expect('Calling AE Title Not Recognized' in output, output)
    wait_for(lambda: '“MR”' in last_association(receiver, 'rejected')['message'], 'who it was')
    reason = last_association(receiver, 'rejected')['message']
    expect('calling AE titles' in reason, reason)


@test('/access/networks')
def networks(folder):
    inside = Receiver(folder, '--network', '10.0.0.0/8', '--network', '127.0.0.0/8')
    expect_equal(echo(inside, folder)[0], 0, 'inside')
    inside.finish()
    outside = Receiver(folder, '--network', '10.0.0.0/8', '--network', '::1')
    status, output = echo(outside, folder)
    expect(status != 0 and 'Reject' in output, output)
    expect('127.0.0.1' in last_association(outside, 'rejected')['message'], 'which address')
    with socket.create_connection(('::1', outside.port)):
        pass  # IPv6 is listened on as well


@test('/access/not-a-setting')
def not_a_setting(folder):
    """A sentence, and no receiver that lets everybody in."""
    for options in (('--network', '10.0.0.0/99'), ('--network', 'hospital'), ('--caller', ''),
                    ('--test', 'status=A7'), ('--test', 'every=0'), ('--test', 'explode'),
                    ('--test', 'reject=3/1/1'), ('--test', ' '), ('--accept', 'all'),
                    ('--prefer', 'jpeg'), ('--dimse-timeout', '-5')):
        result = gantryctl(folder, 'receive', '--port', 0, *options, timeout=20)
        expect(result.status in (1, 2), f'{options}: {result.status}')
        expect(len(result.error) > 20, f'{options}: {result.error}')
        expect_equal(result.of('listening'), [], f'{options}')


@test('/access/called')
def called(folder):
    receiver = Receiver(folder, '--check-called')
    expect_equal(echo(receiver, folder, '-aec', receiver.aet)[0], 0, 'its own title')
    status, output = echo(receiver, folder, '-aec', 'PACS')
    expect(status != 0 and 'Called AE Title Not Recognized' in output, output)
    expect('“PACS”' in last_association(receiver, 'rejected')['message'], 'which title')


@test('/access/too-many')
def too_many(folder):
    """The third of two is told that it may try again, and may once there is room."""
    receiver = Receiver(folder, '--max-associations', 2)
    busy = [Requestor(receiver) for _ in range(2)]
    for each in busy:
        expect(each.associate(), 'there is room')
    status, output = echo(receiver, folder)
    expect(status != 0 and 'Local Limit Exceeded' in output, output)
    expect('too many' in last_association(receiver, 'rejected')['message'], 'the reason')
    busy.pop().socket.close()
    wait_for(lambda: echo(receiver, folder)[0] == 0, 'there is room again')


@test('/access/a-hundred-at-once')
def a_hundred(folder):
    receiver = Receiver(folder, '--max-associations', 100)
    files = sorted({o.sop_instance: o.path for o in objects.debian_set()[0]
                    if o.transfer_syntax == '1.2.840.10008.1.2.1' and 'palette' not in o.path.name
                    and o.sop_class in IMAGES}.values())
    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        runs = list(pool.map(lambda n: tool(
            'storescu', '-aet', f'CT{n}', '-aec', receiver.aet, '127.0.0.1', receiver.port,
            files[n % len(files)], folder=folder), range(100)))
    for status, output in runs:
        expect_equal(status, 0, output)
    expect_equal(len(wait_for(lambda: len(receiver.of('stored')) == 100 and receiver.of('stored'),
                              'a hundred objects')), 100, 'stored')
    expect(all(s['status'] == '0000' for s in receiver.of('stored')), 'each with success')
    expect_equal(len(receiver.files()), len(set(files[n % len(files)] for n in range(100))),
                 'files: the same object is kept once')


# ---- What -----------------------------------------------------------------------------------


def limited(soft, hard):
    return ('prlimit', f'--nofile={soft}:{hard}')


@test('/access/open-files')
def open_files(folder):
    """It takes all the descriptors it may have, and promises no more than they allow."""
    receiver = Receiver(folder, '--max-associations', 150, wrapper=limited(256, 2000))
    callers_ = [Requestor(receiver) for _ in range(150)]
    for caller in callers_:
        expect(caller.associate(), 'an association')
    for number, caller in enumerate(callers_):
        caller.begin_store(b'1.2.%d' % number)
        expect_equal(caller.status(), 0, f'object {number}')
    expect_equal(receiver.finish(), 0, 'its end')
    result = subprocess.run([*limited(256, 1000), GANTRYCTL, 'receive', '--port', '0', '--output',
                             f'{folder}/kept', '--max-associations', '150'], timeout=60, text=True,
                            capture_output=True, env=environment(folder), check=False)
    expect_equal(result.returncode, 1, 'exit status')
    expect('1000 files' in result.stderr and '140 associations' in result.stderr, result.stderr)


def accepted_syntax(receiver, folder, count):
    _, output = tool('echoscu', '-d', '--propose-ts', count, '127.0.0.1', receiver.port,
                     folder=folder)
    found = re.findall(r'Accepted Transfer Syntax: =(\w+)', output)
    return found[0] if found else None


@test('/accept/transfer-syntax')
def transfer_syntax(folder):
    """echoscu proposes Implicit LE first, then Explicit LE and BE, then compressed ones."""
    wanted = {'offered': 'LittleEndianImplicit', 'uncompressed': 'LittleEndianExplicit',
              'little': 'LittleEndianExplicit', 'big': 'BigEndianExplicit',
              'implicit': 'LittleEndianImplicit'}
    got = {}
    for prefer in wanted:
        receiver = Receiver(folder, '--prefer', prefer)
        got[prefer] = accepted_syntax(receiver, folder, 10)
        receiver.finish()
    expect_equal(got, wanted, 'accepted')


@test('/accept/implicit-only')
def implicit_only(folder):
    receiver = Receiver(folder, '--prefer', 'implicit')
    instances, _, _ = send(receiver, folder, '--no-transcode')
    expect_equal(instances[0]['outcome'], 'not-accepted', 'an explicit file')
    status, output = tool('storescu', '-xi', '-aec', receiver.aet, '127.0.0.1', receiver.port, CT,
                          folder=folder)
    expect_equal(status, 0, output)


@test('/accept/sop-classes')
def sop_classes(folder):
    """A probe calls what it asks for storage (57H); echoscu says nothing of the kind."""
    for accept, wanted in (('standard', False), ('declared', True), ('any', True)):
        receiver = Receiver(folder, '--accept', accept)
        address = f'{receiver.aet}@127.0.0.1:{receiver.port}'
        for uid, expected in ((PRIVATE, wanted), ('1.2.840.10008.5.1.4.1.1.2', True),
                              ('1.2.840.10008.5.1.4.31', False)):
            result = gantryctl(folder, 'probe', address, '--sop-class', uid)
            outcomes = {c['outcome'] for c in result.of('context')}
            expect_equal(outcomes, {'accepted' if expected else 'refused'}, f'{accept} {uid}')
        receiver.finish()


@test('/accept/context')
def context(folder):
    """What came on a context for something else is refused, and not kept."""
    receiver = Receiver(folder, '--accept', 'standard', '--no-echo')
    caller = Requestor(receiver)
    expect(caller.associate(), 'associated')
    caller.begin_store(b'1.2.77', sop_class=PRIVATE.encode())
    expect_equal(caller.status(), 0x0122, 'a private class on the context of CT')
    caller.socket.sendall(caller.echo_request(1))
    expect_equal(caller.status(), 0x0122, 'an echo there')
    caller.begin_store(b'1.2.78')
    expect_equal(caller.status(), 0, 'CT')
    caller.socket.sendall(pdu(A_RELEASE_RQ, bytes(4)))
    end = last_association(receiver, 'released')
    expect_equal([end[n] for n in ('objects', 'stored', 'refused', 'echoes')], [2, 1, 1, 0], 'told')
    refused = receiver.of('stored')[0]
    expect_equal((refused['status'], refused['path'], refused['sop_class_uid']),
                 ('0122', '', PRIVATE), 'what was refused')
    expect('another SOP class' in refused['message'], refused['message'])
    expect_equal(len(receiver.files()), 1, 'kept')


# ---- Time -----------------------------------------------------------------------------------


@test('/timeout/acse')
def acse(folder):
    receiver = Receiver(folder, '--acse-timeout', 1)
    with socket.create_connection(('127.0.0.1', receiver.port)) as silent:
        silent.settimeout(10)
        expect_equal(silent.makefile('rb').read()[:1], b'\x07', 'it aborts and hangs up')
    reason = last_association(receiver, 'timed-out')['message']
    expect('within 1' in reason, reason)


@test('/timeout/idle')
def idle(folder):
    receiver = Receiver(folder, '--idle-timeout', 3)
    status, _ = tool('echoscu', '--repeat', 1, '-aec', receiver.aet, '127.0.0.1', receiver.port,
                     folder=folder)
    expect_equal(status, 0, 'who is quick')

    peer = Requestor(receiver)
    expect(peer.associate(), 'no association')
    expect_equal(peer.read(), A_ABORT, 'the end of who says nothing')
    reason = last_association(receiver, 'timed-out')['message']
    expect('sent nothing for 3.0 s' in reason, reason)


# ---- Test behaviour -------------------------------------------------------------------------


@test('/behaviour/statuses')
def statuses(folder):
    """Each status arrives as such; failures are not kept, warnings are."""
    for status, outcome, kept in (('A700', 'refused', 0), ('A900', 'refused', 0),
                                  ('C000', 'refused', 0), ('0110', 'refused', 0),
                                  ('B000', 'warning', 1), ('B006', 'warning', 1),
                                  ('B007', 'warning', 1)):
        receiver = Receiver(f'{folder}', '--test', f'status={status}')
        before = len(receiver.files()) if receiver.directory.exists() else 0
        instances, _, result = send(receiver, folder)
        expect_equal((instances[0]['outcome'], instances[0]['status']), (outcome, status), status)
        expect_equal(result.status, 0 if kept else 1, f'exit status for {status}')
        told = wait_for(lambda: receiver.of('stored'), 'the receiver tells')[0]
        expect_equal(told['status'], status, 'what the receiver tells')
        expect_equal(len(receiver.files()) - before, 1 if kept and before == 0 else 0, status)
        receiver.finish()


@test('/behaviour/every-third')
def every_third(folder):
    readable = {o.sop_instance: o.path for o in objects.debian_set()[0]}
    paths = list(readable.values())[:30]
    receiver = Receiver(folder, '--test', 'status=A900 every=3')
    instances, summary, _ = send(receiver, folder, '--associations', 1, paths=paths)
    expect_equal((summary['stored'], summary['refused']), (20, 10), 'outcomes')
    expect_equal(len(receiver.files()), 20, 'files')
    expect_equal({i['status'] for i in instances if i['outcome'] == 'refused'}, {'A900'}, 'status')


@test('/behaviour/only-for')
def only_for(folder):
    """One SOP class of one caller."""
    receiver = Receiver(folder, '--test',
                        'status=C000 class=1.2.840.10008.5.1.4.1.1.2 caller=CT*')
    other = objects.ROOT / 'test_files' / 'MR_small.dcm'
    for title, path, outcome in (('CT1', CT, 'refused'), ('CT1', other, 'stored'),
                                 ('MR1', CT, 'stored')):
        instances, _, _ = send(receiver, folder, '--from', title, paths=(path,))
        expect_equal(instances[0]['outcome'], outcome, f'{title} {path.name}')


@test('/behaviour/abort-and-drop')
def abort_and_drop(folder):
    for words, sentence in (('abort-after=1', 'abort'), ('drop-after=1', 'cut off'),
                            ('abort-in-data', 'abort'), ('drop-in-data', 'cut off')):
        receiver = Receiver(folder, '--test', words)
        status, output = tool('storescu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port,
                              CT, objects.ROOT / 'test_files' / 'MR_small.dcm', folder=folder)
        expect(status != 0, f'{words}: {output}')
        message = last_association(receiver, 'aborted')['message']
        expect('Test behaviour' in message and sentence in message, message)
        kept = [s for s in receiver.of('stored') if s['status'] == '0000']
        expect_equal(len(kept), 1 if 'after' in words else 0, f'{words}: kept')
        expect(not files_below(receiver.directory, '.part'), f'{words}: a partial file')
        receiver.finish()


@test('/behaviour/reject')
def reject(folder):
    for words, sentence in (('1/1/7', 'Called AE Title'), ('2/3/2', 'Local Limit'),
                            ('2/3/1', 'Temporary Congestion'), ('1/1/3', 'Calling AE Title')):
        receiver = Receiver(folder, '--test', f'reject={words}')
        status, output = echo(receiver, folder)
        expect(status != 0 and sentence in output, f'{words}: {output}')
        receiver.finish()


@test('/behaviour/ignore-and-no-echo')
def ignore(folder):
    receiver = Receiver(folder, '--ignore', '--no-echo')
    instances, _, _ = send(receiver, folder)
    expect_equal(instances[0]['outcome'], 'stored', 'what the sender is told')
    expect_equal(receiver.files(), [], 'what is kept')
    status, output = echo(receiver, folder)
    expect(status != 0 and 'No Acceptable Presentation Contexts' in output, output)


@test('/behaviour/delay-ends-at-once')
def delay(folder):
    """A receiver that waits on purpose still ends when it is told to."""
    receiver = Receiver(folder, '--test', 'delay=60000')
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        run = pool.submit(tool, 'storescu', '-aec', receiver.aet, '127.0.0.1', receiver.port, CT,
                          folder=folder)
        wait_for(lambda: receiver.of('association'), 'it is in')
        started = time.monotonic()
        expect_equal(receiver.finish(), 0, 'exit status')
        expect(time.monotonic() - started < 8, 'it took its time')
        expect(run.result()[0] != 0, 'the sender was told the truth')


run_tests()
