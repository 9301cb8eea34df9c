#!/usr/bin/python3
"""receive-picture - the Receive page with associations of each kind, and the windows that belong to it

SPDX-License-Identifier: GPL-3.0-or-later

Usage: receive-picture.py FOLDER [WIDTH HEIGHT]    on a desktop of its own, see session
Writes receive-*.png into FOLDER: the log, an association's pages, studies, header, settings.
"""
import pathlib
import re
import sys
import tempfile

import desk
import objects
from harness import wait_for
from peers import tool
from person import NotSeen

STUDIES = objects.ROOT / 'test_files' / 'dicomdirtests'
PAGES = ('Contexts', 'Negotiation', 'Messages', 'Objects', 'Data', 'What Changed')


def fill(person, folder, port):
    """Good ones, one of each that went wrong, and one that is open."""
    def send(title, *paths, called='GANTRY', options=()):
        tool('storescu', *options, '-aet', title, '-aec', called, '127.0.0.1', port, *paths,
             folder=folder)
    images = sorted(p for p in (STUDIES / '77654033').rglob('*') if p.is_file())
    tool('echoscu', '-aet', 'PACS1', '-aec', 'GANTRY', '127.0.0.1', port, folder=folder)
    send('CT_SCAN_1', *images[:4], options=('-R',))
    tool('dcmsend', '-aet', 'XRAY2', '-aec', 'GANTRY', '127.0.0.1', port, *images[4:7],
         folder=folder)
    send('OLDBOX', desk.CT, called='PACS')
    person.sees(re.compile('OLDBOX'))
    desk.Caller(port, calling='HASTY').abort()
    sleepy = desk.Caller(port, calling='SLEEPY')
    # A transfer syntax that is not taken.
    send('MR_0', images[0], options=('-R', '-xe'))
    person.sees('timed out', 60)
    sleepy.socket.close()
    caller = desk.Caller(port, calling='MR_1')
    person.sees('MR_1')
    return caller


def show_page(person, name):
    person.choose('What is shown of the association', name)


def shoot(person, pictures, name, frame=None):
    person.rest()
    person.screenshot(pictures / f'receive-{name}.png', frame)


def make(folder, pictures, size):
    pictures.mkdir(parents=True, exist_ok=True)
    profile, port = desk.prepare(folder, **{
        'window-width': size[0], 'window-height': size[1], 'receive-on': 'true',
        'receive-check-called': 'true', 'receive-idle-seconds': 10,
        'receive-syntaxes': "'implicit'"})
    person = desk.sit_down(folder, profile=profile)
    clicks = 1 if size[0] < 600 else 2  # where the details take the place of the list one is enough
    try:
        person.page('Receive')
        person.sees(re.compile(f'on port {port}'))
        caller = fill(person, folder, port)
        shoot(person, pictures, 'log')
        caller.abort()

        for title, pages in (('OLDBOX', ('Contexts', 'Negotiation')), ('MR_0', ('Contexts',)),
                             ('CT_SCAN_1', PAGES)):
            person.click(person.find('label', title), clicks)
            for page in pages:
                show_page(person, page)
                shoot(person, pictures, f'{title.lower()}-{page.lower().replace(" ", "-")}')
            person.key('Escape')

        person.press('Studies', role=None)
        person.click(person.find('label', re.compile('^Doe, ')), clicks)
        shoot(person, pictures, 'studies')
        person.key('Menu')
        person.press('Show Header…', role='menu item')
        person.sees('Search the elements')
        shoot(person, pictures, 'header', person.find(None, 'Header'))
        person.key('Escape')
        wait_for(lambda: not person.x_windows('Header'), 'the header to close')

        for button, title, name in (('All settings', 'Receiver Settings', 'settings'),
                                    ('Test behaviour', 'Test Behaviour', 'test')):
            person.press('Receiver settings', role=None)
            person.press(button)
            shoot(person, pictures, name, person.find(None, title))
            person.key('Escape')
            wait_for(lambda shown=title: not person.x_windows(shown), f'{title} to close')
    except NotSeen:
        person.screenshot(pictures / 'failed.png')
        print(person.describe())
        raise
    return person.close()


if __name__ == '__main__':
    sizes = tuple(map(int, sys.argv[2:4])) or (1000, 760)
    with tempfile.TemporaryDirectory(prefix='gantry-picture-') as scratch:
        sys.exit(make(scratch, pathlib.Path(sys.argv[1]), sizes))
