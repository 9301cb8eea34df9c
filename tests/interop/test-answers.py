#!/usr/bin/python3
"""What an archive answers is what the user reads: status, elements by name, comment

SPDX-License-Identifier: GPL-3.0-or-later
"""
import objects
from answering import AnsweringScp
from harness import expect, expect_equal, run_tests, test
from peers import gantryctl

CT = objects.ROOT / 'test_files' / 'CT_small.dcm'

# name: what is answered, the outcome, and what the message has to say
ANSWERS = {
    'success': ((0x0000,), 'stored', ['Stored.']),
    'success-and-comment': ((0x0000, 'Filed under the wrong patient'), 'stored',
                            ['Stored. The other side says: “Filed under the wrong patient”']),
    'elements': ((0xA900, '', [(0x0010, 0x0020), (0x0028, 0x0010)]), 'refused',
                 ['(A900)', 'It is about the elements Patient ID (0010,0020), Rows (0028,0010).']),
    'element-and-comment': ((0xA900, 'Patient is not known here', [(0x0010, 0x0020)]), 'refused',
                            ['(A900)', 'It is about the element Patient ID (0010,0020).',
                             'The other side says: “Patient is not known here”']),
    'private-element': ((0xC001, '', [(0x0009, 0x1010)]), 'refused',
                        ['cannot understand (C001)', 'It is about the element (0009,1010).']),
    'comment': ((0xA700, 'Disk full'), 'refused',
                ['out of resources (A700)', 'The other side says: “Disk full”']),
    'coercion': ((0xB000, '', [(0x0010, 0x0020)]), 'warning',
                 ['(B000)', 'It is about the element Patient ID (0010,0020).']),
    'general-failure': ((0x0110,), 'refused', ['Processing failure (0110)']),
}


def answers(answer, outcome, parts):
    def check(folder):
        scp = AnsweringScp(*answer)
        result = gantryctl(folder, 'send', scp.address, CT, timeout=60)
        scp.stop()
        instance = result.of('instance')[0]
        expect_equal(instance['outcome'], outcome, 'outcome')
        for part in parts:
            expect(part in instance['message'], instance['message'])
        expect_equal(result.status, 0 if outcome in ('stored', 'warning') else 1, 'exit status')
    return check


for case, (answer_, outcome_, parts_) in ANSWERS.items():
    test(f'/answers/{case}')(answers(answer_, outcome_, parts_))

run_tests()
