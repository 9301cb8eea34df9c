#!/usr/bin/python3
"""Test behaviour that is kept by name: gantryctl scenarios, and receive --scenario

SPDX-License-Identifier: GPL-3.0-or-later
"""
import objects
from harness import expect, expect_equal, run_tests, test, wait_for
from peers import Receiver, gantryctl, tool

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'


def add(folder, name, *words):
    result = gantryctl(folder, 'scenarios', 'add', name, *words, json_lines=False)
    expect_equal((result.status, result.output, result.error), (0, '', ''), name)


def listed(folder):
    result = gantryctl(folder, 'scenarios')
    expect_equal(result.status, 0, result.error)
    expect_equal(len(result.events), len(result.of('scenario')), 'only scenarios')
    return [(s['name'], s['words']) for s in result.of('scenario')]


def store(receiver, folder):
    """The exit status of storescu, and what it was answered."""
    status, output = tool('storescu', '-v', '-aec', receiver.aet, '127.0.0.1', receiver.port, CT,
                          folder=folder)
    answers = [line.split('(', 1)[1] for line in output.splitlines()
               if 'Received Store Response' in line]
    expect_equal(len(answers), 1, output)
    return status, answers[0].rstrip().rstrip(')')


@test('/scenarios/list')
def lists(folder):
    expect_equal(listed(folder), [], 'a new profile')
    expect_equal(gantryctl(folder, 'scenarios', json_lines=False).output, '', 'a new profile')
    add(folder, 'slow', 'delay=500')
    add(folder, 'Völlig voll', 'status=A700  every=3', 'caller=CT_*')
    full = ('Völlig voll', 'status=A700 every=3 caller=CT_*')
    expect_equal(listed(folder), [('slow', 'delay=500'), full], 'by name')
    add(folder, 'slow', 'delay=9')
    expect_equal(listed(folder), [('slow', 'delay=9'), full], 'in its place')
    text = gantryctl(folder, 'scenarios', json_lines=False).output
    expect_equal([line.split(None, 1)[1].strip() for line in text.splitlines()][0], 'delay=9', text)
    expect('Völlig voll' in text.splitlines()[1] and full[1] in text.splitlines()[1], text)


@test('/scenarios/remove')
def removes(folder):
    for name in ('one', 'two', 'three'):
        add(folder, name, 'ignore')
    result = gantryctl(folder, 'scenarios', 'remove', 'one', 'four', json_lines=False)
    expect_equal(result.status, 2, 'one of them is not there')
    expect('“four”' in result.error and '“three”' in result.error, result.error)
    expect_equal(len(listed(folder)), 3, 'nothing was done')
    result = gantryctl(folder, 'scenarios', 'remove', 'one', 'two', json_lines=False)
    expect_equal((result.status, result.error), (0, ''), 'both')
    expect_equal(listed(folder), [('three', 'ignore')], 'what is left')


@test('/scenarios/refused')
def refuses(folder):
    for name, words, sentence in (('', 'ignore', 'needs a name'), ('x', 'status=A7', 'status=A7'),
                                  ('x', ' ', 'says nothing'), ('a\nb', 'ignore', 'one line'),
                                  ('x' * 101, 'ignore', '100 characters')):
        result = gantryctl(folder, 'scenarios', 'add', name, words, json_lines=False)
        expect_equal((result.status, result.output), (2, ''), sentence)
        expect(sentence in result.error, result.error)
    expect_equal(listed(folder), [], 'nothing is kept')


@test('/scenarios/receive')
def receives(folder):
    """What is kept decides what a foreign sender is told; the receiver reads it as it starts."""
    add(folder, 'out of room', 'status=A700')
    add(folder, 'odd', 'status=B007')
    for name, answer, kept in (('out of room', 'OutOfResources', 0), ('odd', 'DataSetDoesNotMatch', 1)):
        receiver = Receiver(folder, '--scenario', name)
        _, told = store(receiver, folder)
        expect(answer in told, told)
        expect_equal(len(receiver.files()) if receiver.directory.exists() else 0, kept, name)
        receiver.finish()


@test('/scenarios/receive/with-more')
def with_more(folder):
    """--ignore and --no-echo say more, as they do beside --test."""
    add(folder, 'slow', 'delay=1')
    receiver = Receiver(folder, '--scenario', 'slow', '--ignore', '--no-echo')
    status, told = store(receiver, folder)
    expect_equal((status, told), (0, 'Success'), 'store')
    expect_equal(len(receiver.files()) if receiver.directory.exists() else 0, 0, 'nothing is kept')
    expect(tool('echoscu', '127.0.0.1', receiver.port, folder=folder)[0] != 0, 'an echo')


@test('/scenarios/receive/unknown')
def unknown(folder):
    arguments = ('receive', '--port', 0, '--output', f'{folder}/out', '--scenario', 'Slow')
    result = gantryctl(folder, *arguments, timeout=30)
    expect_equal((result.status, result.events), (2, []), 'none is kept')
    expect('“Slow”' in result.error and 'none is kept' in result.error, result.error)
    add(folder, 'slow', 'delay=5')
    add(folder, 'full', 'status=A700')
    result = gantryctl(folder, *arguments, timeout=30)
    expect_equal((result.status, result.events), (2, []), 'another is kept')
    expect('“full”, “slow”' in result.error, result.error)
    result = gantryctl(folder, *arguments[:-1], 'slow', '--test', 'ignore', timeout=30)
    expect_equal((result.status, result.events), (2, []), 'two that contradict each other')
    expect('--test' in result.error and '--scenario' in result.error, result.error)


@test('/scenarios/while-receiving')
def while_receiving(folder):
    """They can be changed while somebody receives, who goes on as before."""
    add(folder, 'full', 'status=A700')
    receiver = Receiver(folder, '--scenario', 'full')
    add(folder, 'full', 'status=B000')
    expect_equal(listed(folder), [('full', 'status=B000')], 'as it is kept')
    expect('OutOfResources' in store(receiver, folder)[1], 'as it began')
    wait_for(lambda: [s for s in receiver.of('stored') if s['status'] == 'A700'], 'it is told')


run_tests()
