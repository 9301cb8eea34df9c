#!/usr/bin/python3
"""What scripts rely on: exit statuses, JSON lines, and an end in order when told to end

SPDX-License-Identifier: GPL-3.0-or-later
"""
import signal
import socket
import threading

import objects
from harness import Process, expect, expect_equal, free_port, run_tests, test, wait_for
from peers import GANTRYCTL, Receiver, StoreScp, environment, gantryctl

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'

WRONG_USE = {
    'no-command': [],
    'unknown-command': ['frobnicate'],
    'unknown-option': ['echo', 'PACS@localhost:104', '--frobnicate'],
    'echo-without-peer': ['echo'],
    'send-without-file': ['send', 'PACS@localhost:104'],
    'peer-without-port': ['echo', 'PACS@localhost'],
    'peer-port-zero': ['echo', 'PACS@localhost:0'],
    'peer-port-too-large': ['echo', 'PACS@localhost:65536'],
    'title-of-seventeen': ['echo', '0123456789ABCDEFG@localhost:104'],
    'title-with-backslash': ['echo', 'A\\B@localhost:104'],
    'calling-title-of-seventeen': ['echo', 'PACS@localhost:104', '--from', '0123456789ABCDEFG'],
    'answer-timeout-zero': ['send', 'PACS@localhost:104', str(CT), '--dimse-timeout', '0'],
    'echo-timeout-negative': ['echo', 'PACS@localhost:104', '--acse-timeout', '-1'],
    'no-associations': ['send', 'PACS@localhost:104', str(CT), '--associations', '0'],
    'pdu-zero': ['send', 'PACS@localhost:104', str(CT), '--max-pdu', '0'],
    'receiver-timeout-zero': ['receive', '--port', '0', '--idle-timeout', '0'],
    'retry-pause-negative': ['send', 'PACS@localhost:104', str(CT), '--retry-pause', '-1'],
    'log-level-without-log': ['receive', '--log-level', 'debug'],
    'log-size-is-no-size': ['receive', '--log', 'x', '--log-size', 'large'],
    'log-files-none': ['receive', '--log', 'x', '--log-files', '-1'],
    'complete-timeout-without-command': ['receive', '--complete-timeout', '5'],
    'complete-timeout-of-a-year': ['receive', '--complete-command', 'x', '--complete-timeout',
                                   '31536000'],
    'probe-timeout-of-a-year': ['probe', 'PACS@localhost:104', '--acse-timeout', '31536000'],
    'studies-without-what': ['studies', '1.2.3'],
    'studies-all-without-what': ['studies', '--all'],
    'studies-copied-without-which': ['studies', '--copy-to', '/tmp'],
    'studies-removed-without-which': ['studies', '--trash'],
    'studies-named-and-all': ['studies', '1.2.3', '--all', '--delete'],
    'studies-two-things-at-once': ['studies', '--all', '--trash', '--copy-to', '/tmp'],
    'studies-removed-by-filter': ['studies', '1.2.3', '--filter', 'doe', '--trash'],
    'studies-unknown-layout': ['studies', '--all', '--copy-to', '/tmp', '--layout', 'odd'],
    'scenarios-unknown-action': ['scenarios', 'list'],
    'scenarios-added-without-words': ['scenarios', 'add', 'Full'],
    'scenarios-added-without-a-name': ['scenarios', 'add', '', 'ignore'],
    'scenarios-added-with-a-wrong-word': ['scenarios', 'add', 'Full', 'explode'],
    'scenarios-removed-without-a-name': ['scenarios', 'remove'],
    'scenarios-removed-unknown': ['scenarios', 'remove', 'Full'],
    'receive-unknown-scenario': ['receive', '--port', '0', '--scenario', 'Full'],
    'receive-scenario-and-test': ['receive', '--port', '0', '--scenario', 'Full', '--test',
                                  'ignore'],
    'port-is-no-number': ['receive', '--port', 'eleven'],
}


def wrong_use(arguments):
    def check(folder):
        result = gantryctl(folder, *arguments, json_lines=False, timeout=30)
        expect_equal(result.status, 2, 'exit status')
        expect(result.error.strip(), 'no word about what is wrong')
        expect_equal(result.output, '', 'standard output')
    return check


for case, words in WRONG_USE.items():
    test(f'/contract/wrong-use/{case}')(wrong_use(words))


@test('/contract/unreachable')
def unreachable(folder):
    result = gantryctl(folder, 'send', f'PACS@127.0.0.1:{free_port()}', CT)
    expect_equal(result.status, 3, 'exit status')
    expect_equal([e['outcome'] for e in result.of('instance')], ['failed'], 'outcomes')
    expect(len(result.of('instance')[0]['message']) > 20, 'no sentence')


@test('/contract/rejected')
def rejected(folder):
    scp = StoreScp(folder, '--refuse')
    result = gantryctl(folder, 'send', scp.address, CT)
    expect_equal(result.status, 3, 'exit status')
    expect(not [e for e in result.of('instance') if e['outcome'] == 'stored'], 'said to be stored')


@test('/contract/no-such-file')
def no_such_file(folder):
    scp = StoreScp(folder)
    result = gantryctl(folder, 'send', scp.address, folder + '/nothing.dcm', json_lines=False)
    expect(result.status in (1, 2), f'exit status {result.status}')
    expect('nothing.dcm' in result.error + result.output, 'the file is not named')


@test('/contract/port-in-use')
def port_in_use(folder):
    with socket.create_server(('', 0)) as taken:
        result = gantryctl(folder, 'receive', '--port', taken.getsockname()[1], json_lines=False,
                           timeout=30)
    expect(result.status not in (0, 2), f'exit status {result.status}')
    expect(str(taken) and result.error.strip(), 'no word about the port')


@test('/contract/inspect')
def inspect(folder):
    result = gantryctl(folder, 'inspect', CT)
    expect_equal(result.status, 0, 'exit status')
    expect('CompressedSamples' in result.output and '1.3.6.1.4.1.5962.1.2.1' in result.output,
           f'patient and study are missing: {result.output}')


@test('/contract/inspect-what-is-no-dicom')
def inspect_text(folder):
    result = gantryctl(folder, 'inspect', objects.ROOT / 'hashes.json', json_lines=False)
    expect('hashes.json' in result.output + result.error, 'the file is not named')


def looks_up(text, expected):
    """The first line says at least this."""
    def check(folder):
        result = gantryctl(folder, 'uid', text, timeout=30)
        expect_equal(result.status, 0, 'exit status')
        first = result.events[0]
        expect_equal({key: first.get(key) for key in expected}, expected, text)
    return check


LOOK_UPS = {
    'modality': ('ct', {'event': 'modality', 'code': 'CT', 'meaning': 'Computed Tomography'}),
    'name': ('Enhanced MR Image', {'event': 'sop-class', 'code': '1.2.840.10008.5.1.4.1.1.4.1',
                                   'keyword': 'EnhancedMRImageStorage', 'kind': 'image',
                                   'modality': 'MR', 'retired': False}),
    'older-name': ('Basic Text SR Storage SOP Class',
                   {'code': '1.2.840.10008.5.1.4.1.1.88.11', 'kind': 'structured-report'}),
    'status': ('0xA712', {'event': 'status', 'code': 'A712', 'class': 'failure',
                          'services': 'C-STORE', 'retry_helps': True}),
    'private': ('1.3.12.2.1107.5.9.1',
                {'event': 'uid', 'meaning': 'Private 1.3.12.2.1107.5.9.1 (Siemens Healthineers)'}),
    'syntax': ('JPEG 2000 Lossless', {'event': 'syntax', 'code': '1.2.840.10008.1.2.4.90'}),
}
for case, (words, facts) in LOOK_UPS.items():
    test(f'/contract/uid/{case}')(looks_up(words, facts))


@test('/contract/uid/wrong-one-of-a-manual')
def uid_mistake(folder):
    result = gantryctl(folder, 'uid', '1.2.840.10008.5.1.1.4.1.1.3.1', json_lines=False)
    expect_equal(result.status, 0, 'exit status')
    expect('The right one is 1.2.840.10008.5.1.4.1.1.1.3.1.' in result.output, result.output)


@test('/contract/uid/text')
def uid_text(folder):
    facts = gantryctl(folder, 'uid', '1.2.840.10008.5.1.4.1.1.2', json_lines=False)
    expect('Usual modality: CT (Computed Tomography)' in facts.output, facts.output)
    many = gantryctl(folder, 'uid', 'mammography', json_lines=False)
    expect(len(many.output.splitlines()) > 3, many.output)


@test('/contract/uid/nothing-found')
def uid_nothing(folder):
    result = gantryctl(folder, 'uid', 'ct', 'frobnicator')
    expect_equal(result.status, 1, 'exit status')
    expect('frobnicator' in result.error and len(result.events) == 1, result.error)


@test('/contract/receive/ends-in-order')
def receive_ends(folder):
    for how in (signal.SIGTERM, signal.SIGINT):
        receiver = Receiver(folder)
        receiver.process.popen.send_signal(how)
        expect_equal(receiver.process.wait(15), 0, f'exit status after {how.name}')
        receiver.process.stop()


@test('/contract/receive/ends-under-load')
def receive_ends_under_load(folder):
    """A client in the middle of nothing does not keep it alive."""
    receiver = Receiver(folder)
    with socket.create_connection(('127.0.0.1', receiver.port)):
        expect_equal(receiver.finish(), 0, 'exit status')


@test('/contract/send/ends-in-order')
def send_ends(folder):
    """Told to end in the middle, it ends with a summary and says nothing is stored that is not."""
    scp = StoreScp(folder, '--sleep-after', 1)
    readable, _, _ = objects.debian_set()
    sender = Process([GANTRYCTL, 'send', scp.address, '--associations', 1, '--json',
                      *(o.path for o in readable[:20])], folder, environment(folder))
    wait_for(lambda: '"stored"' in sender.output(), 'the first object stored')
    sender.popen.terminate()
    status = sender.wait(15)
    expect(status == 1, f'exit status {status}: {sender.error()[-500:]}')
    expect('"summary"' in sender.output().splitlines()[-1], 'the last line is no summary')


@test('/contract/send/silent-peer-can-be-interrupted')
def silent_peer_interrupted(folder):
    connected = threading.Event()
    with socket.create_server(('127.0.0.1', 0)) as listener:
        held = []

        def accept():
            held.append(listener.accept()[0])
            connected.set()
        threading.Thread(target=accept, daemon=True).start()
        sender = Process([GANTRYCTL, 'send', f'PACS@127.0.0.1:{listener.getsockname()[1]}',
                          '--json', CT], folder, environment(folder))
        expect(connected.wait(20), 'it never connected')
        sender.popen.terminate()
        expect(sender.wait(10) in (1, 3), 'exit status')


run_tests()
