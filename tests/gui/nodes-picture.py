#!/usr/bin/python3
"""nodes-picture - the Nodes page and what a node accepts, as a person sees them

SPDX-License-Identifier: GPL-3.0-or-later

Usage: nodes-picture.py HEALTHY BROKEN LADDER PROBE [WIDTH HEIGHT]
on a desktop of its own, see session
"""
import re
import sys
import tempfile

import desk
from peers import Orthanc, StoreScp, gantryctl
from person import Person


def prepare(folder, width, height):
    """Nodes with a history; one of them is going to fail."""
    peers = {
        'Main Archive': StoreScp(folder),
        'Research': StoreScp(folder, '+xi', name='research'),
        'Teaching Files': Orthanc(folder, AcceptedTransferSyntaxes=[
            '1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.4.70']),
        'CT Console 2': StoreScp(folder, '+xa', '-pm', name='console'),
    }
    profile, _ = desk.prepare(folder, **{'window-width': width, 'window-height': height})
    for name, peer in peers.items():
        gantryctl(folder, 'nodes', '--add', f'{name}={peer.address}')
        gantryctl(folder, 'echo', name, '--count', 40, '--interval', 0)
    return profile, peers


def select(person, name):
    person.click(person.find('label', name))


def dialog(person, title):
    return person.find('frame', re.compile(title))


def make(folder, healthy, broken, ladder, probe, width=1000, height=700):
    profile, peers = prepare(folder, width, height)
    person = Person(str(desk.GANTRY), profile=str(profile), log=folder + '/gantry.log')
    narrow = int(width) < 600
    person.page('Nodes')
    person.press('Echo All')
    person.sees('Main Archive')
    if not narrow:
        select(person, 'Main Archive')
        person.sees(re.compile('Answers in'))
    person.rest()
    person.screenshot(healthy)
    peers['Research'].stop()
    peers['CT Console 2'].stop()
    person.press('Echo All')
    person.sees(re.compile('Down since'))
    person.rest()
    person.screenshot(broken)
    select(person, 'Research')
    person.sees('Does not answer')
    person.rest()
    person.screenshot(ladder)
    person.close()
    person = Person(str(desk.GANTRY), profile=str(profile), log=folder + '/gantry.log')
    person.page('Nodes')
    select(person, 'Main Archive')
    person.press('Probe')
    person.sees(re.compile(r'^Accepts \d+'), 60)
    person.rest()
    person.screenshot(probe, dialog(person, 'Accept'))
    return person.close()


if __name__ == '__main__':
    with tempfile.TemporaryDirectory(prefix='gantry-picture-') as scratch:
        sys.exit(make(scratch, *sys.argv[1:]))
