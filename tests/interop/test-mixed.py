#!/usr/bin/python3
"""test-mixed - one job with images in all transfer syntaxes, reports, plans and curves, to each of
the common archives: what was called stored is there, and nothing else

SPDX-License-Identifier: GPL-3.0-or-later

pynetdicom is not among Debian 12's packages, so its storescp is not one of them.
"""
import collections

import objects
from harness import diagnose, expect, expect_equal, run_tests, test
from peers import DcmRecv, Orthanc, StoreScp, gantryctl

GOOD = ('stored', 'warning')
IMAGES = ('1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.5.1.4.1.1.7')
OTHERS = {
    'structured report': '1.2.840.10008.5.1.4.1.1.88.',
    'radiotherapy': '1.2.840.10008.5.1.4.1.1.481.',
    'waveform': '1.2.840.10008.5.1.4.1.1.9.1.',
    'segmentation': '1.2.840.10008.5.1.4.1.1.66.4',
}


def mixed_job():
    """Each instance of Debian's set once, whatever it is."""
    found = {}
    for o in objects.debian_set()[0]:
        found.setdefault(o.sop_instance, o)
    job = list(found.values())
    syntaxes = {o.transfer_syntax for o in job}
    expect(len(syntaxes) >= 10, f'only {len(syntaxes)} transfer syntaxes: {syntaxes}')
    for uid in IMAGES:
        expect(any(o.sop_class == uid for o in job), f'no object of {uid}')
    for what, root in OTHERS.items():
        expect(any(o.sop_class.startswith(root) for o in job), f'no {what}')
    return job


def send(folder, peer, job, *options):
    """The outcome of each instance by its UID; every one has one, and bad ones have a sentence."""
    result = gantryctl(folder, 'send', peer.address, *options, *(o.path for o in job))
    events = result.of('instance')
    expect_equal(sorted(e['sop_instance_uid'] for e in events),
                 sorted(o.sop_instance for o in job), 'instances that have an answer')
    for event in events:
        expect(event['outcome'] in GOOD or len(event['message']) > 20, f'no sentence: {event}')
        expect((event['outcome'] in GOOD + ('refused',)) == ('status' in event),
               f'status and outcome do not fit: {event}')
    outcomes = {e['sop_instance_uid']: e['outcome'] for e in events}
    all_good = all(outcome in GOOD for outcome in outcomes.values())
    expect_equal(result.status, 0 if all_good else 1, 'exit status')
    diagnose(f'{peer.process.name}: {dict(collections.Counter(outcomes.values()))}')
    return outcomes


def check_files(peer, job, outcomes):
    """What is there is exactly what was called stored, as it is in the files, octet for octet."""
    there = collections.Counter(objects.digest(objects.data_set(p)) for p in peer.files())
    stored = collections.Counter(objects.digest(objects.on_the_wire(o.path)) for o in job
                                 if outcomes[o.sop_instance] in GOOD)
    expect_equal(sum(there.values()), sum(stored.values()), 'objects that are there')
    expect(there == stored, f'{sum((stored - there).values())} called stored are not there, '
                            f'{sum((there - stored).values())} are there that were not')


@test('/mixed/storescp')
def to_storescp(folder):
    job = mixed_job()
    scp = StoreScp(folder, '--fork')
    outcomes = send(folder, scp, job, '--no-transcode')
    check_files(scp, job, outcomes)
    expect_equal(set(outcomes.values()), {'stored'}, 'outcomes')


@test('/mixed/storescp/one-syntax')
def to_storescp_implicit(folder):
    """A peer that takes Implicit VR Little Endian only: the rest is not accepted, and not there."""
    job = mixed_job()
    scp = StoreScp(folder, '--fork', '+xi')
    outcomes = send(folder, scp, job, '--no-transcode')
    check_files(scp, job, outcomes)
    expect('not-accepted' in outcomes.values() and 'stored' in outcomes.values(),
           f'outcomes {set(outcomes.values())}')


@test('/mixed/dcmrecv')
def to_dcmrecv(folder):
    job = mixed_job()
    scp = DcmRecv(folder)
    outcomes = send(folder, scp, job, '--no-transcode')
    check_files(scp, job, outcomes)
    expect_equal(set(outcomes.values()), {'stored'}, 'outcomes')


@test('/mixed/orthanc')
def to_orthanc(folder):
    job = mixed_job()
    orthanc = Orthanc(folder)
    outcomes = send(folder, orthanc, job)
    classes = {o.sop_instance: o.sop_class for o in job}
    stored = {uid for uid, outcome in outcomes.items() if outcome in GOOD}
    there = {}
    for instance in orthanc.get('/instances'):
        tags = orthanc.get(f'/instances/{instance}/simplified-tags')
        there[tags['SOPInstanceUID']] = tags['SOPClassUID']
    expect_equal(set(there), stored, 'instances in Orthanc')
    for uid, sop_class in there.items():
        expect_equal(sop_class, classes[uid], f'SOP class of {uid}')
    expect(len(stored) > len(job) // 2, f'only {len(stored)} of {len(job)} stored')


run_tests()
