#!/usr/bin/python3
"""gantryctl receive and log: what is said of associations that brought nothing, or not all

SPDX-License-Identifier: GPL-3.0-or-later
"""
import struct

from harness import expect, expect_equal, run_tests, test, wait_for
from peers import Receiver, gantryctl
from requestor import (COMMAND, CT, EXPLICIT, LAST, VERIFICATION, Requestor, associate_rq, command,
                       data_set, even, pdu, pdv)

STUDY_ROOT_FIND = b'1.2.840.10008.5.1.4.1.2.1.1'
PERFORMED_STEP = b'1.2.840.10008.3.1.2.3.3'
A_RELEASE_RQ, A_RELEASE_RP, P_DATA_TF = 5, 6, 4
NO_DATA_SET, DATA_SET = 0x0101, 0


def request(field, sop_class, data_set_type, **more):
    """The PDU of a command; @more: instance."""
    elements = [(0x0002, even(sop_class)), (0x0100, struct.pack('<H', field)),
                (0x0110, struct.pack('<H', 7)), (0x0700, bytes(2)),
                (0x0800, struct.pack('<H', data_set_type))]
    elements += [(0x1000, even(more['instance']))] if 'instance' in more else []
    return pdv(1, COMMAND | LAST, command(elements))


def open_association(receiver, *sop_classes):
    caller = Requestor(receiver)
    caller.socket.sendall(associate_rq([(uid, [EXPLICIT]) for uid in sop_classes]))
    expect_equal(caller.read(), 2, 'the answer to the association request')
    return caller


def store(caller, uid):
    caller.begin_store(uid)
    expect_equal(caller.read(), P_DATA_TF, 'the answer to the object')


def store_without_data(caller, uid):
    caller.socket.sendall(request(1, CT, NO_DATA_SET, instance=uid))
    expect_equal(caller.read(), P_DATA_TF, 'the answer to the request')


def find(caller):
    caller.socket.sendall(request(0x20, STUDY_ROOT_FIND, DATA_SET) + pdv(1, LAST, data_set(b'1')))
    expect_equal(caller.read(), P_DATA_TF, 'the answer to the question')


def echo(caller):
    caller.socket.sendall(request(0x30, VERIFICATION, NO_DATA_SET))
    expect_equal(caller.read(), P_DATA_TF, 'the answer to the echo')


def cut_off(caller, uid):
    caller.begin_store(uid, whole=False)
    caller.socket.close()


# name: SOP classes, what is done, what counts, the words
CASES = {
    'none-accepted': ((PERFORMED_STEP, STUDY_ROOT_FIND), [], {'contexts': 2, 'contexts_accepted': 0},
                      'None of the 2 presentation contexts was accepted'),
    'only-one-refused': ((PERFORMED_STEP,), [], {'contexts': 1, 'contexts_accepted': 0},
                         'The only presentation context was not accepted'),
    'nothing-sent': ((CT,), [], {'contexts': 1, 'contexts_accepted': 1}, 'Nothing was sent'),
    'no-data-set': ((CT,), [(store_without_data, b'1.2.9')], {'objects': 1, 'refused': 1},
                    '0 stored, 1 refused'),
    'find': ((CT,), [(find,)], {'not_served': 1}, '1 request of another kind not served'),
    'find-and-echo': ((VERIFICATION,), [(echo,), (find,), (find,)],
                      {'not_served': 2, 'echoes': 1},
                      'Echo answered, 2 requests of another kind not served'),
    'all-of-it': ((CT,), [(store, b'1.2.3'), (store_without_data, b'1.2.9'), (find,)],
                  {'objects': 2, 'stored': 1, 'refused': 1, 'not_served': 1},
                  '1 stored, 1 refused, 1 request of another kind not served'),
    'cut-off': ((CT,), [(store, b'1.2.3'), (cut_off, b'1.2.4')], {'objects': 2, 'stored': 1},
                'The caller closed the connection without ending the association. See the '
                'caller\'s log. · 1 stored, 1 without an answer'),
}
COUNTED = ('objects', 'stored', 'warning', 'refused', 'not_kept', 'not_served', 'echoes')


def expect_outcome(folder, receiver, counts, words):
    over = wait_for(lambda: [e for e in receiver.of('association') if 'not_kept' in e
                             and e['state'] not in ('accepted', 'open')], 'it never ended')[0]
    for name in COUNTED:
        expect_equal(over[name], counts.get(name, 0), name)
    for name in ('contexts', 'contexts_accepted'):
        expect_equal(over[name], counts.get(name, over[name]), name)
    expect_equal(over['message'], words, 'result')
    expect_equal(receiver.finish(), 0, 'exit status')
    logged = gantryctl(folder, 'log').of('association')
    expect_equal(len(logged), 1, 'associations in the log')
    for name in set(logged[0]) & set(over) - {'stored', 'event'}:
        expect_equal(logged[0][name], over[name], f'{name} in the log')
    expect('not_kept' in logged[0] and 'contexts_accepted' in logged[0], logged[0])
    return over


def outcome(sop_classes, steps, counts, words):
    def check(folder):
        receiver = Receiver(folder)
        caller = open_association(receiver, *sop_classes)
        for step, *arguments in steps:
            step(caller, *arguments)
        if not steps or steps[-1][0] is not cut_off:
            caller.socket.sendall(pdu(A_RELEASE_RQ, bytes(4)))
            expect_equal(caller.read(), A_RELEASE_RP, 'the answer to the release')
        expect_outcome(folder, receiver, counts, words)
    return check


for case, words_ in CASES.items():
    test(f'/outcomes/{case}')(outcome(*words_))


@test('/outcomes/without-data-set-is-listed')
def without_data_set_is_listed(folder):
    receiver = Receiver(folder)
    caller = open_association(receiver, CT)
    store_without_data(caller, b'1.2.9')
    arrival = wait_for(lambda: receiver.of('stored'), 'nothing is told of it')[0]
    expect_equal((arrival['status'], arrival['path'], arrival['sop_instance_uid']),
                 ('C000', '', '1.2.9'), 'what is told of it')
    expect('no data set' in arrival['message'], arrival['message'])


@test('/outcomes/ignored')
def ignored(folder):
    receiver = Receiver(folder, '--ignore')
    caller = open_association(receiver, CT)
    store(caller, b'1.2.3')
    caller.socket.sendall(pdu(A_RELEASE_RQ, bytes(4)))
    caller.read()
    expect_outcome(folder, receiver, {'objects': 1, 'not_kept': 1}, '0 stored, 1 not kept')
    expect_equal(receiver.files(), [], 'files')


run_tests()
