#!/usr/bin/python3
"""C-ECHO in both directions, with the layer that broke told apart

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import os
import pathlib
import re
import signal
import socket
import threading
import time

import objects
from certificates import self_signed
from faulty import (FaultyScp, abort, answer, answer_other_message, be_silent, close, reject, reset,
                    send_text)
from harness import (Process, diagnose, expect, expect_equal, free_port, run_tests, test, wait_for)
from peers import GANTRYCTL, Orthanc, Receiver, StoreScp, environment, gantryctl, tool
from requestor import Requestor

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'
SYN_SENT = '02'  # in /proc/net/tcp


def sockets(pid):
    """The states of a process's TCP sockets over IPv4."""
    inodes = set()
    for entry in pathlib.Path(f'/proc/{pid}/fd').iterdir():
        with contextlib.suppress(OSError):
            inodes.update(re.findall(r'socket:\[(\d+)\]', os.readlink(entry)))
    lines = pathlib.Path(f'/proc/{pid}/net/tcp').read_text(encoding='ascii').splitlines()[1:]
    return [fields[3] for fields in map(str.split, lines) if fields[9] in inodes]


@test('/echo/from-echoscu')
def from_echoscu(folder):
    receiver = Receiver(folder)
    status, output = tool('echoscu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port,
                          folder=folder)
    expect_equal(status, 0, output)
    expect('Received Echo Response (Success)' in output, output)
    expect_equal(receiver.finish(), 0, 'exit status after SIGTERM')


@test('/echo/from-echoscu-over-and-over')
def from_echoscu_repeated(folder):
    receiver = Receiver(folder)
    status, output = tool('echoscu', '-v', '--repeat', 50, '--propose-ts', 3, '-aec', receiver.aet,
                          '127.0.0.1', receiver.port, folder=folder)
    expect_equal(status, 0, output)
    expect_equal(output.count('Received Echo Response (Success)'), 50, 'answers')


@test('/echo/to-storescp')
def to_storescp(folder):
    scp = StoreScp(folder)
    expect_equal(gantryctl(folder, 'echo', scp.address).status, 0, 'exit status')
    plain = gantryctl(folder, 'echo', scp.address, json_lines=False)
    expect_equal(plain.status, 0, 'exit status without --json')
    expect(len(plain.output.strip()) > 10, 'nothing was said')


@test('/echo/to-storescp-count')
def to_storescp_count(folder):
    scp = StoreScp(folder)
    result = gantryctl(folder, 'echo', scp.address, '--count', 3, '--from', 'TESTER')
    expect_equal(result.status, 0, 'exit status')
    expect_equal(len(result.of('echo')), 3, 'lines')
    statistics = result.events[-1]
    expect_equal((statistics['event'], statistics['echoes'], statistics['lost']),
                 ('statistics', 3, 0), 'the last line')
    expect(0 < statistics['min'] <= statistics['mean'] <= statistics['max'], str(statistics))


@test('/echo/statistics')
def statistics(folder):
    """Like ping: until it is stopped, then the sum of it."""
    scp = StoreScp(folder)
    process = Process([GANTRYCTL, 'echo', scp.address, '--interval', '0.05'], folder,
                      environment(folder))
    wait_for(lambda: process.output().count('answered in') >= 4, 'it echoes on')
    scp.stop()
    told = process.output().count('\n')
    wait_for(lambda: process.output().count('\n') >= told + 2, 'it goes on when nobody answers')
    process.popen.send_signal(signal.SIGINT)
    expect_equal(process.wait(10), 1, 'exit status: some were lost')
    lines = process.output().splitlines()
    lost = int(re.search(r'(\d+) lost', lines[-2])[1])
    expect(0 < lost < len(lines), lines[-2])
    expect(re.search(r'min [\d.]+ ms, mean [\d.]+ ms, max [\d.]+ ms', lines[-1]), lines[-1])


@test('/echo/to-orthanc')
def to_orthanc(folder):
    orthanc = Orthanc(folder)
    expect_equal(gantryctl(folder, 'echo', orthanc.address).status, 0, 'exit status')


@test('/echo/to-gantryctl')
def to_itself(folder):
    receiver = Receiver(folder)
    result = gantryctl(folder, 'echo', f'{receiver.aet}@localhost:{receiver.port}')
    expect_equal(result.status, 0, 'exit status')


# ---- Every step that can break, broken ----------------------------------------------------------

STEPS = ('name', 'connection', 'association', 'message', 'release')


def expect_break(folder, peer, step, *parts, options=(), least=0.0, most=8.0, status=3):
    """The first broken step, with words and within a time; returns the event."""
    started = time.monotonic()
    result = gantryctl(folder, 'echo', peer, *options, timeout=60)
    took = time.monotonic() - started
    expect_equal(len(result.events), 1, f'lines; stderr: {result.error}')
    event = result.events[0]
    expect_equal((event['event'], event['outcome']), ('echo', 'failed'), str(event))
    expect_equal(event['failed_step'], step, event['message'])
    expect_equal(result.status, status, f'exit status: {event["message"]}')
    for part in parts:
        expect(part in event['message'], f'expected “{part}” in: {event["message"]}')
    # A sentence, and what to do about it.
    expect(event['message'].count('. ') + event['message'].count(': ') >= 1, event['message'])
    passed = STEPS[:STEPS.index(step)] if step in STEPS else STEPS[:2]
    for name in passed:
        expect(event['steps'].get(name, -1) >= 0, f'{name} was passed: {event["steps"]}')
    for name in STEPS[len(passed) + 1:]:
        expect(name not in event['steps'], f'{name} was not reached: {event["steps"]}')
    expect(least <= took < least + most, f'{step} took {took:.2f} s, not {least} to {least + most}')
    return event


@contextlib.contextmanager
def faulty(place, fault, **arguments):
    scp = FaultyScp(place, fault, **arguments)
    try:
        yield scp.address
    finally:
        scp.stop()


@contextlib.contextmanager
def dead_host():
    """Nothing answers, not even with a refusal: the queue of a listener that accepts nobody is full,
    and Linux lets further requests for a connection fall."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(('127.0.0.1', 0))
        listener.listen(0)
        for _ in range(16):
            client = stack.enter_context(socket.socket())
            client.settimeout(0.2)
            try:
                client.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            raise AssertionError('the queue never fills')
        yield f'PACS@127.0.0.1:{listener.getsockname()[1]}'


@test('/echo/broken/name')
def no_such_host(folder):
    expect_break(folder, 'PACS@no-such-host.invalid:104', 'name', 'no-such-host.invalid', most=20)


@test('/echo/broken/refused-port')
def nobody_listens(folder):
    expect_break(folder, f'PACS@127.0.0.1:{free_port()}', 'connection', 'port')


@test('/echo/broken/dead-host')
def dead(folder):
    """Within the time-out for connections, which is five seconds unless somebody says otherwise."""
    with dead_host() as peer:
        for seconds, options in ((1, ('--connect-timeout', 1)), (5, ())):
            for _ in range(3):  # a busy computer is late now and then, not each time
                event = expect_break(folder, peer, 'connection', least=seconds, options=options)
                waited = event['steps']['connection'] / 1000
                if waited < seconds + 0.5:
                    break
            expect(seconds <= waited < seconds + 0.5, f'{waited} s instead of {seconds}')


@test('/echo/broken/closed-at-once')
def closed_at_once(folder):
    with faulty('connect', close) as peer:
        expect_break(folder, peer, 'association', 'closed the connection', 'Check the port')
    with faulty('request', close) as peer:
        expect_break(folder, peer, 'association', 'closed the connection', 'Check the port')


@test('/echo/broken/reset')
def reset_at_once(folder):
    with faulty('request', reset) as peer:
        expect_break(folder, peer, 'association', 'connection was lost')


@test('/echo/broken/not-dicom')
def not_dicom(folder):
    with faulty('connect', send_text) as peer:
        expect_break(folder, peer, 'association', 'another service listens')


@test('/echo/broken/silent')
def silent_peer(folder):
    """Somebody takes the connection and never says a word: an end comes by itself."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        peer = f'PACS@127.0.0.1:{listener.getsockname()[1]}'
        expect_break(folder, peer, 'association', 'did not answer the association request',
                     least=1, options=('--acse-timeout', 1))


@test('/echo/broken/rejected-called')
def rejected_called(folder):
    receiver = Receiver(folder, '--check-called')
    event = expect_break(folder, f'PACS@127.0.0.1:{receiver.port}', 'association', 'AE title',
                         'PACS')
    expect('1/1/7' in event['message'], event['message'])
    orthanc = Orthanc(folder, DicomCheckCalledAet=True)
    event = expect_break(folder, f'PACS@127.0.0.1:{orthanc.port}', 'association', 'AE title')
    expect('1/1/7' in event['message'], event['message'])


@test('/echo/broken/rejected-calling')
def rejected_calling(folder):
    receiver = Receiver(folder, '--caller', 'FRIEND')
    peer = f'{receiver.aet}@127.0.0.1:{receiver.port}'
    event = expect_break(folder, peer, 'association', 'STRANGER', options=('--from', 'STRANGER'))
    expect('1/1/3' in event['message'], event['message'])
    expect_equal(gantryctl(folder, 'echo', peer, '--from', 'FRIEND').status, 0, 'a known caller')


@test('/echo/broken/rejected-by-limit')
def rejected_by_limit(folder):
    receiver = Receiver(folder, '--max-associations', 1)
    busy = Requestor(receiver)
    expect(busy.associate(), 'no association')
    event = expect_break(folder, f'{receiver.aet}@127.0.0.1:{receiver.port}', 'association')
    expect('2/3/2' in event['message'], event['message'])
    busy.socket.close()


@test('/echo/broken/refused')
def association_refused(folder):
    scp = StoreScp(folder, '--refuse')
    expect_break(folder, scp.address, 'association', '1/1/1')


@test('/echo/broken/no-verification')
def no_verification(folder):
    with faulty('', None, refusal=lambda sop_class: 3) as peer:
        event = expect_break(folder, peer, 'message', 'Verification', status=1)
    expect('milliseconds' not in event and 'status' not in event, str(event))


@test('/echo/broken/failure-status')
def failure_status(folder):
    for status, words in ((0x0122, 'refuses the echo all the same'), (0x0110, 'Processing failure'),
                          (0xC001, 'a status that echoes do not have'),
                          (0xB000, 'a status that echoes do not have'),
                          (0xFF00, 'a status that echoes do not have')):
        with faulty('echo', answer(status)) as peer:
            started = time.monotonic()
            result = gantryctl(folder, 'echo', peer)
            expect(time.monotonic() - started < 8, 'it took its time')
        event = result.events[0]
        expect_equal((result.status, event['failed_step']), (1, 'message'), str(event))
        expect_equal(event['status'], f'{status:04X}', 'status')
        expect(f'{status:04X}' in event['message'] and words in event['message'],
               event['message'])


@test('/echo/broken/stalled')
def stalled(folder):
    """The association is accepted, and then nothing comes."""
    with faulty('echo', be_silent) as peer:
        expect_break(folder, peer, 'message', 'did not answer the message', least=1, status=1,
                     options=('--acse-timeout', 1))


@test('/echo/broken/aborted')
def aborted(folder):
    with faulty('request', abort(2, 0)) as peer:
        expect_break(folder, peer, 'association')
    with faulty('echo', abort(0, 0)) as peer:
        expect_break(folder, peer, 'message', status=1)
    with faulty('echo', close) as peer:
        expect_break(folder, peer, 'message', 'closed the connection', status=1)
    with faulty('echo', answer_other_message) as peer:
        expect_break(folder, peer, 'message', status=1)


@test('/echo/broken/release')
def release_broken(folder):
    """The echo was answered; who only cannot say goodbye is told apart."""
    with faulty('release', close) as peer:
        event = expect_break(folder, peer, 'release', 'end of the association', status=1)
    expect(event['milliseconds'] >= 0 and event['status'] == '0000', str(event))
    with faulty('release', be_silent) as peer:
        expect_break(folder, peer, 'release', 'did not confirm', least=1, status=1,
                     options=('--acse-timeout', 1))


@test('/echo/broken/encryption')
def encryption_broken(folder):
    """Between the connection and the association there is one more step."""
    scp = StoreScp(folder)
    result = gantryctl(folder, 'echo', scp.address, '--tls', '--tls-no-verify')
    event = result.events[0]
    expect_equal((result.status, event['failed_step']), (3, 'tls'), str(event))
    expect('connection' in event['steps'] and 'association' not in event['steps'], str(event))
    stranger = self_signed(folder, 'stranger')
    scp = StoreScp(folder, '+tls', stranger.key, stranger.pem, '-ic', name='secure')
    event = gantryctl(folder, 'echo', scp.address, '--tls').events[0]
    expect_equal(event['failed_step'], 'tls', str(event))
    event = gantryctl(folder, 'echo', scp.address, '--tls', '--tls-no-verify').events[0]
    expect_equal(event['outcome'], 'ok', str(event))
    expect(event['steps']['tls'] >= 0 and event['tls'].startswith('TLS 1.'), str(event))
    expect_break(folder, scp.address, 'association', 'encrypted connection')


# ---- What is said ------------------------------------------------------------------------------


@test('/echo/what-the-peer-says')
def what_it_says(folder):
    scp = StoreScp(folder, '-pdu', 32768)
    event = gantryctl(folder, 'echo', scp.address).events[0]
    expect(event['implementation'].startswith('OFFIS_DCMTK_'), str(event))
    expect_equal(event['max_pdu'], 32768, 'PDU size')
    expect_equal(set(event['steps']), set(STEPS), 'steps')
    expect('answered_as' not in event, str(event))


@test('/echo/answered-as-another')
def answered_as(folder):
    """The called AE title of the answer is reserved, to be sent back as it came (PS3.8 9.3.3)."""
    class Other(FaultyScp):
        def accept_some(self, body):
            answered = super().accept_some(body)
            return answered[:4] + b'SOMEBODY'.ljust(16) + answered[20:]
    scp = Other()
    event = gantryctl(folder, 'echo', scp.address).events[0]
    expect_equal((event['outcome'], event['answered_as']), ('ok', 'SOMEBODY'), str(event))
    text = gantryctl(folder, 'echo', scp.address, json_lines=False).output
    expect('answered as SOMEBODY' in text, text)
    scp.stop()


@test('/echo/ladder')
def ladder(folder):
    """The steps in words: passed, failed, not reached."""
    scp = StoreScp(folder)
    text = gantryctl(folder, 'echo', scp.address, json_lines=False).output
    marks = re.findall(r'^  (.) (\w+) +[\d.]+ ms$', text, re.MULTILINE)
    expect_equal(marks, [('✓', n) for n in ('Name', 'Connection', 'Association', 'Echo', 'Release')],
                 text)
    with faulty('request', reject(1, 1, 3)) as peer:
        text = gantryctl(folder, 'echo', peer, json_lines=False).output
    marks = re.findall(r'^  (.) (\w+)', text, re.MULTILINE)
    expect_equal(marks, [('✓', 'Name'), ('✓', 'Connection'), ('✗', 'Association'), ('–', 'Echo'),
                         ('–', 'Release')], text)
    expect('1/1/3' in text.splitlines()[-1], text)


@test('/echo/cancel')
def cancel(folder):
    """Whatever it waits for, it ends at once when it is told to."""
    def interrupt(peer, ready):
        process = Process([GANTRYCTL, 'echo', peer, '--json'], folder, environment(folder))
        ready(process)
        started = time.monotonic()
        process.popen.send_signal(signal.SIGINT)
        process.popen.wait()  # with a time-out it would look every 50 ms only; meson's ends it
        took = 1000 * (time.monotonic() - started)
        diagnose(f'{peer}: ended {took:.1f} ms after it was cancelled')
        expect_equal(process.output(), '', 'what it found out')
        return took

    def connecting(process):
        """A request for a connection is on its way."""
        wait_for(lambda: SYN_SENT in sockets(process.popen.pid), 'a connection to be asked for')

    def at_connection():
        with dead_host() as peer:
            return interrupt(peer, connecting)

    def at(place):
        reached = threading.Event()

        def wait_here(link):
            reached.set()
            be_silent(link)
        with faulty(place, wait_here) as peer:
            return interrupt(peer, lambda process: expect(reached.wait(20),
                                                          'it never came that far'))

    def best(measure, *place):
        """Of three, where one is slow: a busy computer makes some of them so, and not all."""
        took = measure(*place)
        for _ in range(2):
            took = min(took, measure(*place)) if took >= 100 else took
        return took

    took = {'connection': best(at_connection)}
    for place in ('request', 'echo', 'release'):
        took[place] = best(at, place)
    slow = {place: ms for place, ms in took.items() if ms >= 100}
    expect(not slow, f'more than 100 ms: {slow}')


run_tests()
