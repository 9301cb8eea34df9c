#!/usr/bin/python3
"""queue-picture - the queue with jobs in each of their states, and the windows that belong to it

SPDX-License-Identifier: GPL-3.0-or-later

Usage: queue-picture.py FOLDER [WIDTH HEIGHT]    on a desktop of its own, see session
Writes queue.png, job.png, check.png and preferences-*.png into FOLDER.
"""
import pathlib
import re
import sys
import tempfile

import desk
import objects
from harness import free_port
from peers import StoreScp
from person import NotSeen

STUDIES = objects.ROOT / 'test_files' / 'dicomdirtests'


def window_of(widget):
    while widget.get_parent().get_role_name() != 'application':
        widget = widget.get_parent()
    return widget


def send(person, source, node):
    person.drop(desk.XDND_SOURCE, source)
    person.sees(re.compile(r'^\d+ objects? added'))
    person.choose('Destination', node)
    person.press('Send')


def fill(person, folder):
    """One job in each state, the last one running."""
    send(person, STUDIES / '77654033', 'Research')
    person.sees(re.compile(r'\b\d+ stored, \d+ refused'), 60)
    send(person, STUDIES / '98892001', 'Archive')
    person.sees(re.compile(r'^\d+ stored$'), 60)
    send(person, STUDIES / '98892003', 'Slow')
    person.sees(re.compile(r'^[1-9]\d* of \d+ · '), 60)
    person.press('Pause')
    person.sees(re.compile(r'^Paused'), 30)
    send(person, STUDIES / 'TINY_ALPHA', 'Old PACS')
    person.sees(re.compile(r'Next try in'), 60)
    many = desk.copies(pathlib.Path(folder) / 'many', 300)
    send(person, many, 'Slow')
    person.sees(re.compile(r'\d+ of 300 · '), 60)


def make(folder, pictures, size):
    pictures.mkdir(parents=True, exist_ok=True)
    archive = StoreScp(folder, '+xa', '-pm')
    research = desk.Fickle(0xA900, 'wrong patient')
    slow = desk.Fickle(0xB000, pause=0.2)
    picky = StoreScp(folder, '+xi', name='picky')
    profile, _ = desk.prepare(folder, archive, **{
        'window-width': size[0], 'window-height': size[1], 'associations': 1,
        'transcoding': "'lossless'", 'retry-seconds': 240})
    for name, port in (('Research', research.port), ('Slow', slow.port),
                       ('Old PACS', free_port()), ('Picky', picky.port)):
        desk.add_node(profile, name, port)
    person = desk.sit_down(folder, profile=profile)
    try:
        fill(person, folder)
        person.rest()
        person.screenshot(pictures / 'queue.png')

        rows = [w for w in person.all('list item') if 'refused' in (w.get_name() or '')]
        person.click(rows[0], 2)
        window = window_of(person.find(None, 'Filter by file, UID, SOP class or message'))
        person.click(person.find('label', 'Refused', inside=window))
        person.sees('What Happened', inside=window)
        person.rest()
        person.screenshot(pictures / 'job.png', window)
        person.key('Escape', 'Escape')

        person.drop(desk.XDND_SOURCE, objects.ROOT / 'test_files')
        person.sees(re.compile(r'^\d+ objects? added'), 60)
        person.choose('Destination', 'Picky')
        person.press('Check destination')
        window = window_of(person.find(None, re.compile('will be taken as they are'), timeout=30))
        person.rest()
        person.screenshot(pictures / 'check.png', window)
        person.key('Escape')

        person.key('ctrl+comma')
        window = window_of(person.find(None, 'Largest PDU'))
        for page in ('Sending', 'Receiving', 'General'):
            person.press(page, role=None, inside=window)
            person.rest()
            person.screenshot(pictures / f'preferences-{page.lower()}.png', window)
        person.key('Escape')
    except NotSeen:
        person.screenshot(pictures / 'failed.png')
        print(person.describe())
        raise
    return person.close()


if __name__ == '__main__':
    sizes = tuple(map(int, sys.argv[2:4])) or (1000, 760)
    with tempfile.TemporaryDirectory(prefix='gantry-picture-') as scratch:
        sys.exit(make(scratch, pathlib.Path(sys.argv[1]), sizes))
