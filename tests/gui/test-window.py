#!/usr/bin/python3
"""The real window, used as a person uses it, with real peers at the other end

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import os
import pathlib
import re
import shutil
import socket
import subprocess

import desk
import objects
from certificates import Authority
from harness import (diagnose, expect, expect_equal, files_below, free_port, run_tests, test,
                     wait_for)
from peers import StoreScp, gantryctl, tool
from person import NotSeen, eventually, state

STALL_MS = 50
SAMPLE = 18  # objects of the sample study
LEVELS = ('No log file', 'Only what went wrong', 'Also associations', 'Also messages')


def leave(person):
    """Closing is part of every test: in order, and without a word about mistakes."""
    expect_equal(person.close(), 0, 'exit status of the window')
    expect_equal(person.complaints(), [], 'complaints')


def seated(folder, *files, archive=None, **settings):
    profile, port = desk.prepare(folder, archive, **settings)
    return desk.sit_down(folder, *files, profile=profile), profile, port


def distinct(count):
    """Objects of the common set; what is staged twice is sent once."""
    return objects.rounds(objects.debian_set()[0])[0][:count]


def sees_staged(person, studies):
    """In the line above the list, which stays; the toast at the end is gone after some seconds.
    "Send" can be pressed when that end has come."""
    person.sees(re.compile(rf'^{studies} stud(y|ies) · '), 30)


def count_studies(paths):
    return len({str(objects.pydicom.dcmread(p).StudyInstanceUID) for p in paths})


def sees_receiving(person, port):
    """Not that it starts, nor that it does not."""
    person.sees(re.compile(rf'^Receiving as \S+ on port {port}$'))


def digests(files):
    return collections.Counter(objects.digest(objects.data_set(f)) for f in files)


def guarded(function):
    """When something is not seen, the screen as it was is worth more than the stack."""
    def run(folder):
        people = []
        try:
            function(folder, people)
        except BaseException:
            for person in people:
                diagnose(f'on the screen: {person.texts()}')
                diagnose('\n'.join(person.log().splitlines()[-10:]))
            raise
        finally:
            for person in people:
                if person.process.poll() is None:
                    person.process.kill()
                    person.process.wait()
    run.__name__ = function.__name__
    return run


@test('/window/empty')
@guarded
def empty(folder, people):
    person, _, _ = seated(folder)
    people.append(person)
    person.sees('Drop Studies Here')
    for page in ('Receive', 'Nodes', 'Send'):
        person.page(page)
    person.sees('Drop Studies Here')
    leave(person)


@test('/window/opens-files')
@guarded
def opens_files(folder, people):
    person, _, _ = seated(folder, desk.CT)
    people.append(person)
    person.sees(re.compile('CompressedSamples'))
    leave(person)


@test('/window/drop-folder-and-send')
@guarded
def drop_and_send(folder, people):
    """A folder as it comes from a CD: images, an index, and files that are not DICOM."""
    archive = StoreScp(folder)
    source = pathlib.Path(folder) / 'CD Müller #1 100%'
    shutil.copytree(objects.ROOT / 'test_files' / 'dicomdirtests', source)
    sent = [p for p in files_below(source) if objects.describe(p)]
    person, _, _ = seated(folder, archive=archive)
    people.append(person)
    person.sees('Drop Studies Here')
    person.drop(desk.XDND_SOURCE, source)
    sees_staged(person, count_studies(sent))
    person.sees(re.compile('files? (was|were) skipped'))
    person.choose('Destination', 'Archive')
    person.press('Send')
    person.sees(re.compile(rf'\b{len(sent)} stored'), 60)
    expect_equal(digests(archive.files()), digests(sent), 'data sets at the archive')
    diagnose(f'{len(sent)} objects dropped, sent and found again')
    leave(person)


@test('/window/refusals-are-not-called-stored')
@guarded
def refusals(folder, people):
    archive = StoreScp(folder)
    archive.directory.rmdir()
    person, _, _ = seated(folder, desk.CT, archive=archive, retry='false')
    people.append(person)
    person.sees(re.compile('CompressedSamples'))
    person.choose('Destination', 'Archive')
    person.press('Send')
    person.sees(re.compile(r'\b1 refused'), 30)
    expect(not [t for t in person.texts() if re.search(r'\b1 stored', t)], '"1 stored" is shown')
    leave(person)


@test('/window/sample-study-to-itself')
@guarded
def sample_to_itself(folder, people):
    # Over one: the row of an association in the log says how many objects came over that.
    person, profile, _ = seated(folder, associations=1)
    people.append(person)
    person.press('Try a sample study')
    person.sees(re.compile(rf'\b{SAMPLE} (images|objects)$'))
    person.press('Switch the receiver on')
    person.press('Send')
    person.sees(re.compile(rf'\b{SAMPLE} stored'), 30)
    kept = wait_for(lambda: files_below(profile / 'received', '.dcm'),
                    'received files')
    expect_equal(len(kept), SAMPLE, 'files in the profile')
    person.page('Receive')
    person.sees(re.compile(rf'\b{SAMPLE} stored'))
    leave(person)


@test('/window/receiver-shows-what-storescu-sends')
@guarded
def receiver_shows(folder, people):
    person, profile, port = seated(folder)
    people.append(person)
    person.page('Receive')
    person.switch(re.compile('^Receiver'))
    sees_receiving(person, port)
    paths = [o.path for o in objects.debian_set()[0] if 'dicomdirtests' in str(o.path)][:12]
    status, output = tool('storescu', '-v', '-aet', 'CT_SCANNER_1', '-aec', 'GANTRY', '127.0.0.1',
                          port, *paths, folder=folder)
    expect_equal(status, 0, output[-500:])
    person.sees(re.compile('CT_SCANNER_1'))
    person.sees('localhost')
    person.sees(re.compile(rf'\b{len(paths)} stored'))
    kept = files_below(profile / 'received', '.dcm')
    expect_equal(len(kept), len(paths), 'files in the profile')
    names = {str(objects.pydicom.dcmread(p).PatientID) for p in kept}
    person.press('Studies', role=None)
    for name in names:
        person.sees(re.compile(re.escape(name)))
    leave(person)


def receive_ct(folder, port, title='CT_SCANNER_1', paths=None):
    """What storescu sends to the window; the files."""
    paths = paths or [o.path for o in objects.debian_set()[0] if 'dicomdirtests' in str(o.path)][:8]
    status, output = tool('storescu', '-v', '-aet', title, '-aec', 'GANTRY', '127.0.0.1', port,
                          *paths, folder=folder)
    expect_equal(status, 0, output[-500:])
    return paths


def study_rows(person):
    return person.all('table row', re.compile(r'\d (image|object)s?$'))


def all_study_rows(person, count):
    return wait_for(lambda: len(rows := study_rows(person)) == count and rows, f'{count} studies')


def seated_receiving(folder, people, **settings):
    person, profile, port = seated(folder, **{'receive-on': 'true', **settings})
    people.append(person)
    person.page('Receive')
    sees_receiving(person, port)
    return person, profile, port


@test('/window/names-of-peers')
@guarded
def names_of_peers(folder, people):
    """In the table and in what is read aloud, until they are not wanted any more."""
    person, _, port = seated_receiving(folder, people)
    tool('echoscu', '-aet', 'PROBE', '-aec', 'GANTRY', '127.0.0.1', port, folder=folder)
    person.find('table row', re.compile(r'^PROBE from localhost \(127\.0\.0\.1:\d+\), released'))
    person.sees('localhost')
    person.press('Receiver settings', role=None)
    person.press('All settings')
    window = person.find(None, 'Receiver Settings')
    shown = person.find('check box', re.compile('^Show Names of Peers'), inside=window)
    expect(state(shown, 'CHECKED'), 'names are not shown by default')
    person.tab_to(shown)
    person.key('space')
    wait_for(lambda: not state(shown, 'CHECKED'), 'the switch to move')
    person.press('Apply', inside=window)
    wait_for(lambda: not person.x_windows('Receiver Settings'), 'the settings to close')
    person.find('table row', re.compile(r'^PROBE from 127\.0\.0\.1:\d+, released'))
    person.sees('127.0.0.1')
    expect(not person.all('label', 'localhost'), 'the name is still there')
    leave(person)


@test('/window/received-studies-are-copied')
@guarded
def copied(folder, people):
    """From the menu of a row, and one object from the window with its header."""
    person, profile, port = seated_receiving(folder, people)
    paths = receive_ct(folder, port)
    person.press('Studies', role=None)
    row = wait_for(lambda: study_rows(person), 'a study')[0]
    stick = pathlib.Path(folder) / 'stick'
    stick.mkdir()

    person.click(row, button=3)
    person.press('Copy To…', role='menu item')
    person.find(None, 'Copy to a Folder')
    person.key('slash')
    entry = person.find(None, re.compile('^/$'))
    person.type(entry, f'{stick}/')
    person.key('Return')
    # Looking at widgets while their window goes is more than GTK's accessibility can stand.
    wait_for(lambda: not person.x_windows('Copy to a Folder'), 'the dialog to close')
    said = person.sees(re.compile('copied to “stick”'))
    kept = files_below(profile / 'received', '.dcm')
    here = files_below(stick)
    expect_equal(len(kept), len(paths), 'files in the profile')
    expect(0 < len(here) <= len(kept), f'{len(here)} copies')
    expect(said.startswith(f'{len(here)} object'), said)
    expect(set(digests(here)) <= set(digests(kept)), 'other objects than those received')
    expect(all((profile / 'received' / p.relative_to(stick)).exists() for p in here),
           'not as they are kept')
    leave(person)


@test('/window/each-row-can-be-clicked')
@guarded
def rows_clicked(folder, people):
    """Also those that lie where the details were before: GtkPaned's handle is there, unseen."""
    person, _, port = seated_receiving(folder, people, **{'window-width': 900,
                                                          'window-height': 600})
    details = re.compile('^What is shown of the association')
    for number in range(8):
        status, _ = tool('echoscu', '-aet', f'CALLER_{number}', '-aec', 'GANTRY', '127.0.0.1', port,
                         folder=folder)
        expect_equal(status, 0, 'an echo')
    for number in reversed(range(8)):
        person.click(person.find('label', f'CALLER_{number}'))
        person.find('combo box', details)
        person.key('Escape')
        wait_for(lambda: not person.all('combo box', details), 'the details to close')
    leave(person)


@test('/window/rows-have-menus')
@guarded
def row_menus(folder, people):
    """Pointer and keyboard; the entries do what the buttons do."""
    person, _, port = seated_receiving(folder, people)
    for title in ('CT_SCANNER_1', 'CT_SCANNER_11'):
        tool('echoscu', '-aet', title, '-aec', 'GANTRY', '127.0.0.1', port, folder=folder)
    person.sees('CT_SCANNER_11')
    person.click(person.find('table row', re.compile('^CT_SCANNER_1 from')), button=3)
    person.press('Show Negotiation', role='menu item')
    person.sees(re.compile('Implementation'))
    person.key('shift+F10')
    person.press('Only This Caller', role='menu item')
    person.sees(re.compile('^1 association · .*CT_SCANNER_1$'))
    wait_for(lambda: not person.all('label', 'CT_SCANNER_11'), 'the other caller to go')
    person.press('More filters', role=None)
    person.press('Show all')
    person.sees('CT_SCANNER_11')
    leave(person)


@test('/window/log-is-filtered-by-lists')
@guarded
def filter_lists(folder, people):
    """What can be chosen is what the log has; all that is chosen must be so."""
    person, _, port = seated_receiving(folder, people)
    receive_ct(folder, port)
    receive_ct(folder, port, 'MR_SCANNER')
    tool('echoscu', '-aet', 'PROBE', '-aec', 'GANTRY', '127.0.0.1', port, folder=folder)
    person.sees('PROBE')
    person.press('More filters', role=None)
    person.sees('Any AE title')
    wait_for(lambda: person.all('combo box', re.compile('^Proposed SOP class')), 'the lists')
    person.choose_by_keys('Calling or called AE title', 'MR_SCANNER')
    person.sees(re.compile('^1 association · .*MR_SCANNER$'))
    person.choose_by_keys('Proposed SOP class', 'CT Image Storage')
    person.sees(re.compile('^1 association · .*MR_SCANNER · CT Image Storage$'))
    person.choose_by_keys('Calling or called AE title', 'PROBE')
    person.sees('No Association Matches')
    person.choose_by_keys('Calling or called AE title', 'Any AE title')
    person.choose_by_keys('Address of the caller', '127.0.0.1')
    person.sees(re.compile('^2 associations · .*127.0.0.1 · CT Image Storage$'))
    person.press('Show all')
    person.sees('MR_SCANNER')
    leave(person)


@test('/window/trash-can-be-undone')
@guarded
def trash(folder, people):
    """Until the toast is gone; what is held when the window goes is in the trash then."""
    person, profile, port = seated_receiving(folder, people)
    count = count_studies(receive_ct(folder, port))
    home = pathlib.Path(os.environ['XDG_DATA_HOME']) / 'Trash' / 'files'

    def kept():
        return files_below(profile / 'received', '.dcm')
    before, trashed = len(kept()), len(files_below(home))
    person.press('Studies', role=None)
    person.click(all_study_rows(person, count)[0])
    person.key('Delete')
    person.sees('1 study moved to the trash')
    expect_equal(len(kept()), before, 'files while it can be undone')
    person.key('ctrl+z')
    wait_for(lambda: len(study_rows(person)) == count, 'the study again')
    expect(not person.all('label', '1 study moved to the trash'), 'the toast is still there')
    expect_equal(len(kept()), before, 'files after Undo')

    person.click(study_rows(person)[0])
    person.key('ctrl+a')
    person.sees(f'{count} studies')
    person.key('Delete')
    person.sees(f'{count} studies moved to the trash')
    person.sees('No Studies Received')
    expect_equal(len(kept()), before, 'files while it can be undone')
    leave(person)
    expect_equal(kept(), [], 'files in the profile')
    expect_equal(len(files_below(home)), trashed + before, 'files in the trash')


@test('/window/trash-survives-a-kill')
@guarded
def trash_killed(folder, people):
    """Who is killed while something could still be brought back has lost nothing."""
    person, profile, port = seated_receiving(folder, people)
    count = count_studies(receive_ct(folder, port))
    person.press('Studies', role=None)
    person.click(all_study_rows(person, count)[0])
    person.key('Delete')
    person.sees('1 study moved to the trash')
    person.process.kill()
    person.process.wait()
    again = desk.sit_down(folder, profile=profile)
    people.append(again)
    again.page('Receive')
    again.press('Studies', role=None)
    all_study_rows(again, count)
    leave(again)


@test('/window/log-file')
@guarded
def log_file(folder, people):
    """Switched on in the window, at each level what it says, and not larger than it may be."""
    person, profile, port = seated_receiving(folder, people)
    log = profile / 'receiver.log'

    def echo(title):
        status, output = tool('echoscu', '-aet', title, '-aec', 'GANTRY', '127.0.0.1', port,
                              folder=folder)
        expect_equal(status, 0, output[-500:])
        person.sees(title)

    def choose(level, files=None):
        person.press('Receiver settings', role=None)
        person.press('All settings')
        window = person.find(None, 'Receiver Settings')
        person.choose_row('Log File', LEVELS.index(level), window)
        person.sees(level, inside=window)
        if files:
            person.set_value('Log Files Kept', files, window)
        person.press('Apply', inside=window)
        wait_for(lambda: not person.x_windows('Receiver Settings'), 'the settings to close')
        sees_receiving(person, port)

    def lines(title, rest=''):
        return re.findall(rf'^\S+ \S+ ([A-Z]) .*{title}.*{rest}', log.read_text(), re.MULTILINE)

    echo('BEFORE')
    expect(not log.exists(), 'a log file that nobody wants')
    choose('Also associations')
    wait_for(log.exists, 'a log file')
    expect_equal(log.stat().st_mode & 0o777, 0o600, 'who may read it')
    echo('NORMAL')
    wait_for(lambda: lines('NORMAL'), 'a line about the association')
    wait_for(lambda: re.search('released', log.read_text()), 'its end')
    expect(not re.search('command 0030', log.read_text()), 'messages in it')
    expect(not lines('BEFORE'), 'what was before')
    # Of a time when more were kept, and one of somebody else.
    (profile / 'receiver.log.3').write_text(log.read_text())
    (profile / 'receiver.log.4').write_text('notes')
    choose('Also messages', 2)
    wait_for(lambda: not (profile / 'receiver.log.3').exists(), 'the surplus to go')
    expect((profile / 'receiver.log.4').read_text() == 'notes', 'what is not ours went')
    (profile / 'receiver.log.4').unlink()
    echo('VERBOSE')
    wait_for(lambda: re.search('command 0030', log.read_text()), 'a line about the message')
    choose('No log file')
    size = log.stat().st_size
    echo('OFF')
    expect_equal(log.stat().st_size, size, 'size of a log that is off')
    # As long as it may be already: the next line is the first of another one, and the third goes.
    with open(log, 'a', encoding='utf-8') as file:
        file.write('x' * (5 << 20))
    (profile / 'receiver.log.1').write_text('the third')
    choose('Also associations')
    echo('ROTATED')
    wait_for(lambda: log.stat().st_size < 100000, 'another file')
    expect_equal({p.name: p.stat().st_size > 5 << 20 for p in profile.glob('receiver.log*')},
                 {'receiver.log': False, 'receiver.log.1': True}, 'log files, and which are full')
    leave(person)


@test('/window/closed-without-a-word')
@guarded
def closed_plainly(folder, people):
    """Without the preference closing ends it: nobody is there any more, and callers are told."""
    person, _, port = seated_receiving(folder, people)
    peer = desk.Caller(port)
    person.sees('IDLE_PEER')
    leave(person)
    expect_equal(peer.end(), 'aborted', 'the end of the association')
    status, _ = tool('echoscu', '127.0.0.1', port, folder=folder)
    expect(status != 0, 'somebody answers')


def receive_in_background(port):
    """The settings of the user's own profile; the environment in which they hold. A study that
    comes does not take the place of the notification that the tests are about."""
    settings = pathlib.Path(os.environ['XDG_CONFIG_HOME']) / 'glib-2.0' / 'settings'
    settings.mkdir(parents=True, exist_ok=True)
    (settings / 'keyfile').write_text(f"""[io/github/gantry/Gantry]
receive-on=true
receive-port=uint32 {port}
receive-in-background=true
receive-notify=false
""", encoding='utf-8')
    return {'GSETTINGS_BACKEND': 'keyfile'}


@test('/window/closed-and-not-receiving')
@guarded
def closed_not_receiving(folder, people):
    """Somebody else has the port: nothing stays behind that receives, and that is said."""
    with socket.create_server(('', 0)) as other:
        port = other.getsockname()[1]
        environment = receive_in_background(port)
        told = desk.notifications()
        person = desk.sit_down(folder, profile=None, environment=environment)
        people.append(person)
        person.page('Receive')
        person.sees(re.compile(rf'^Not receiving as \S+ on port {port}$'))
        before = len(told.lines)
        person.action('window.close')
        told.says('Gantry is not receiving: ', before)
        expect(str(port) in told.lines[-1], told.lines)
        expect_equal(person.process.wait(15), 0, 'exit status')


@test('/window/closed-and-still-receiving')
@guarded
def closed_receiving(folder, people):
    """The window goes, the receiver stays and says so; its notification, or starting the program
    once more, brings the window back; its button ends it all."""
    port = free_port()
    environment = receive_in_background(port)
    told = desk.notifications()
    person = desk.sit_down(folder, profile=None, environment=environment)
    people.append(person)
    person.page('Receive')
    sees_receiving(person, port)

    root = desk.AccessibleRoot(person.process.pid)

    def close():
        before = len(told.lines)
        person.action('window.close')
        wait_for(lambda: not person.x_windows(), 'the window to go')
        told.says('Gantry is still receiving: ', before)
        # A screen reader goes on asking; GTK 4.8 answers with a window that is not shown, too.
        for index in (0, 1, 7):
            expect(root.child_at(index)[1].startswith('/'), 'a window without a path')
        expect(person.process.poll() is None, 'the program ended')

    person.key('F10')
    person.sees('Preferences')
    close()
    receive_ct(folder, port)
    before = len(told.lines)
    told.press('default')
    wait_for(person.x_windows, 'the window again')
    told.says('taken back', before)
    person.sees('CT_SCANNER_1')

    close()
    before = len(told.lines)
    second = subprocess.run([str(desk.GANTRY)], env={**os.environ, **environment}, timeout=20,
                            check=False)
    expect_equal(second.returncode, 0, 'exit status of the second one')
    wait_for(person.x_windows, 'the window again')
    told.says('taken back', before)

    close()
    told.press('app.quit')
    expect_equal(person.process.wait(15), 0, 'exit status of the window')
    expect_equal(person.complaints(), [], 'complaints')
    status, _ = tool('echoscu', '127.0.0.1', port, folder=folder)
    expect(status != 0, 'somebody answers')


@test('/window/closed-with-a-profile-of-its-own')
@guarded
def closed_profile(folder, people):
    """Nobody could bring it back by starting the program: it is minimised."""
    person, _, port = seated_receiving(folder, people, **{'receive-in-background': 'true'})
    window, *_ = person.x_window()
    person.action('window.close')
    wait_for(lambda: not person.x_windows(), 'the window to be minimised')
    receive_ct(folder, port)
    expect(person.process.poll() is None, 'the program ended')
    subprocess.run(['xdotool', 'windowactivate', '--sync', str(window)], check=True)
    person.sees('CT_SCANNER_1')
    person.key('ctrl+q')
    expect_equal(person.process.wait(15), 0, 'exit status of the window')
    expect_equal(person.complaints(), [], 'complaints')


@test('/window/encrypted-node-and-receiver')
@guarded
def encrypted(folder, people):
    authority = Authority(folder, 'Authority')
    ours = authority.issue('workstation')
    theirs = authority.issue('archive')
    archive = StoreScp(folder, '+tls', theirs.key, theirs.pem, '+cf', authority.pem, '-ic')
    person, _, port = seated(folder, archive=archive, **{
        'tls-authorities': f"'{authority.pem}'", 'tls-certificate': f"'{ours.pem}'",
        'tls-key': f"'{ours.key}'", 'receive-tls': 'true'})
    people.append(person)
    person.page('Nodes')
    person.click(person.find('label', 'Archive'))
    person.press('Echo')
    person.sees(re.compile('This port expects an encrypted connection'))
    expect(not person.all(None, re.compile('^Encryption')), 'a step that was not asked for')

    person.click(person.find(None, 'More actions for this node'))
    person.press(re.compile('^Edit…'), role='menu item')
    person.sees('Encrypted Connection (TLS)')
    person.switch(re.compile('^Encrypted connection'), frame=person.find(None, 'Edit Node'))
    person.press('Save')
    # Looking at widgets while their window goes is more than GTK's accessibility can stand.
    wait_for(lambda: not person.x_windows('Edit Node'), 'the editor to close')
    person.sees('Not asked yet')
    person.press('Echo')
    person.sees(re.compile(r'^TLS 1\.3, TLS_'))
    person.sees(re.compile('^Answers in'))

    person.page('Receive')
    person.switch(re.compile('^Receiver'))
    sees_receiving(person, port)
    person.sees(re.compile('Encrypted connections only'))
    status, output = tool('echoscu', '+tla', '+cf', authority.pem, '127.0.0.1', port, folder=folder)
    expect_equal(status, 0, output[-500:])
    person.sees(re.compile('Echo answered'))
    leave(person)


@test('/window/pause-and-resume')
@guarded
def pause_and_resume(folder, people):
    """What is being sent gets its answer; nothing else goes out until the job is resumed."""
    count = 12  # there is time for Pause before all are sent
    archive = StoreScp(folder, '--sleep-after', 1, '--fork')
    person, _, _ = seated(folder, *[o.path for o in distinct(count)], archive=archive,
                          associations=1)
    people.append(person)
    sees_staged(person, count)
    person.choose('Destination', 'Archive')
    person.press('Send')
    wait_for(lambda: len(archive.files()) >= 2, 'two objects at the archive')
    person.press('Pause')
    state = person.sees(re.compile(rf'^Paused · \d+ of {count}$'))
    expect(int(state.split()[2]) == len(archive.files()) < count,
           f'{state}, and {len(archive.files())} objects at the archive')
    person.press('Resume')
    person.sees(re.compile(rf'\b{count} stored'), 30)
    expect_equal(len(archive.files()), count, 'objects at the archive')
    leave(person)


@test('/window/tries-again-when-the-peer-is-back')
@guarded
def tries_again(folder, people):
    """Nobody listens: the job counts down. A person who knows better need not wait."""
    port = free_port()
    profile, _ = desk.prepare(folder, **{'retry-seconds': 600})
    gantryctl(folder, 'echo', f'NOBODY@127.0.0.1:{port}')
    desk.add_node(profile, 'Old PACS', port)
    person = desk.sit_down(folder, desk.CT, profile=profile)
    people.append(person)
    person.sees(re.compile('CompressedSamples'))
    person.choose('Destination', 'Old PACS')
    person.press('Send')
    first = person.sees(re.compile(r'^Next try in (10:00|9:5\d) \(1 of 10\) · 0 of 1$'), 30)
    person.sees(re.compile('nothing listens on port'))
    wait_for(lambda: person.sees(re.compile('^Next try in')) != first, 'the countdown to go on')
    archive = StoreScp(folder, port=port)
    person.press('Try now')
    person.sees(re.compile(r'^1 stored$'), 30)
    expect_equal(len(archive.files()), 1, 'objects at the archive')
    leave(person)


def open_partly_refused(person, folder):
    """A job of which every third object is refused, and the window on it."""
    person.drop(desk.XDND_SOURCE, desk.copies(pathlib.Path(folder) / 'some', 9))
    person.sees(re.compile(r'\b9 images$'))
    person.choose('Destination', 'Fickle')
    person.press('Send')
    person.sees(re.compile(r'^6 stored, 3 refused$'), 30)

    def search_after_click():
        """What is above the row may go while the pointer is on its way: then again."""
        row = [w for w in person.all('list item') if '3 refused' in (w.get_name() or '')][0]
        person.click(row, 2)
        try:
            return person.find(None, 'Filter by file, UID, SOP class or message', timeout=10)
        except NotSeen:
            return None
    window = search = eventually(search_after_click, 'the window of the job', 30)
    while window.get_parent() != person.application:
        window = window.get_parent()
    person.sees(re.compile('^All Outcomes .9.$'), inside=window)
    return window, search


def prepare_fickle(folder, **settings):
    fickle = desk.Fickle(0xA900, 'wrong patient')
    profile, _ = desk.prepare(folder, StoreScp(folder), associations=1, **settings)
    desk.add_node(profile, 'Fickle', fickle.port)
    return fickle, profile


@test('/window/outcomes-filtered-and-retried')
@guarded
def filtered_and_retried(folder, people):
    fickle, profile = prepare_fickle(folder)
    person = desk.sit_down(folder, profile=profile)
    people.append(person)
    window, search = open_partly_refused(person, folder)

    # By text, then by outcome.
    person.type(search, 'IM00002')
    person.sees('1 of 9 shown', inside=window)
    person.type(search, 'wrong patient')
    person.sees('3 of 9 shown', inside=window)
    person.type(search, '')
    person.sees('9 objects', inside=window)
    person.choose('Outcome', 'Refused (3)')
    person.sees('3 of 9 shown', inside=window)
    person.click(person.find('label', 'Refused', inside=window))
    person.sees(re.compile('The other side says: “wrong patient”'), inside=window)

    # All that are shown are picked and sent once more; now they are taken.
    person.key('ctrl+a')
    person.sees('3 of 3 selected', inside=window)
    fickle.third = 0
    person.press('Retry what is selected', inside=window)
    person.sees(re.compile('^9 stored$'), 30, inside=window)
    person.sees('No Such Objects', inside=window)
    person.press('Show all objects', inside=window)
    person.sees('9 objects', inside=window)
    person.key('Escape')
    leave(person)


@test('/window/send-again-to-another-node')
@guarded
def send_again(folder, people):
    _, profile = prepare_fickle(folder)
    person = desk.sit_down(folder, profile=profile)
    people.append(person)
    window, _ = open_partly_refused(person, folder)
    person.choose('Outcome', 'Refused (3)')
    person.sees('3 of 9 shown', inside=window)
    person.click(person.find('label', 'Refused', inside=window))
    person.key('ctrl+a')
    person.press('Send what is selected to another node', inside=window)
    person.sees(re.compile('^3 objects are sent again'))
    person.sees(re.compile('where they were sent before'))
    person.sees(re.compile('^STORESCP@'))
    person.key('Return')
    person.key('Escape', 'Escape')
    person.sees(re.compile('^3 stored$'), 30)
    person.sees(re.compile('^to Archive · '))
    expect(person.sees(re.compile('^6 stored, 3 refused$')), 'the first job changed')
    leave(person)


@test('/window/check-tells-what-is-refused')
@guarded
def check_tells(folder, people):
    """A node that takes Implicit VR Little Endian only, and a policy that converts nothing."""
    archive = StoreScp(folder, '+xi')
    compressed = objects.ROOT / 'test_files' / 'JPEG2000.dcm'
    person, _, _ = seated(folder, desk.CT, compressed, archive=archive, transcoding="'never'")
    people.append(person)
    sees_staged(person, 2)
    person.choose('Destination', 'Archive')
    person.press('Check destination')
    person.sees(re.compile(r'^2 objects: .*refused\.$'), 30)
    person.sees(re.compile('^Archive · STORESCP@'))
    person.sees('Refused')
    person.sees(re.compile('It would take Implicit VR LE'))
    expect_equal(archive.files(), [], 'objects at the archive')
    person.press(re.compile('Send Anyway'))
    person.sees(re.compile('2 not accepted'), 30)
    expect_equal(archive.files(), [], 'objects at the archive')
    leave(person)


@test('/window/shortcuts-can-be-looked-up')
@guarded
def shortcuts(folder, people):
    """Twice: the window is made anew each time, and nothing of it is left behind."""
    person, _, _ = seated(folder)
    people.append(person)
    for _ in range(2):
        person.key('ctrl+question')
        person.sees('Send everything in the list')
        expect_equal(person.application.get_child_count(), 2, 'windows')
        person.key('Escape')
        wait_for(lambda: person.application.get_child_count() == 1, 'the shortcuts closed')
    leave(person)


@test('/window/queue-survives-a-kill')
@guarded
def queue_survives(folder, people):
    """Killed in the middle of a send: the next start goes on by itself."""
    archive = StoreScp(folder, '--sleep-after', 1, '--fork')
    person, profile, _ = seated(folder, *[o.path for o in distinct(10)],
                                archive=archive, associations=1)
    people.append(person)
    sees_staged(person, 10)
    person.choose('Destination', 'Archive')
    person.press('Send')
    wait_for(lambda: len(archive.files()) >= 2, 'two objects at the archive')
    person.process.kill()
    person.process.wait()
    again = desk.sit_down(folder, profile=profile)
    people.append(again)
    again.sees(re.compile(r'\b10 stored'), 60)
    wanted = digests([o.path for o in distinct(10)])
    expect_equal(set(digests(archive.files())), set(wanted), 'data sets at the archive')
    leave(again)


@test('/window/no-stall-while-sending')
@guarded
def no_stall(folder, people):
    archive = StoreScp(folder)
    source = desk.copies(pathlib.Path(folder) / 'many', 500)
    person, _, _ = seated(folder, archive=archive)
    people.append(person)
    person.sees('Drop Studies Here')
    person.drop(desk.XDND_SOURCE, source)
    person.sees(re.compile(r'\b500 images$'), 30)
    person.choose('Destination', 'Archive')
    pulse = desk.Pulse(person.process.pid)
    person.press('Send')
    wait_for(lambda: len(archive.files()) >= 500, '500 objects at the archive', 60)
    longest, median, count = pulse.stop()
    person.sees(re.compile(r'\b500 stored'), 30)
    diagnose(f'main loop: longest wait {longest:.1f} ms, median {median:.2f} ms, {count} questions')
    expect(count > 50, f'only {count} questions while sending')
    expect(longest < STALL_MS, f'the main loop stood still for {longest:.1f} ms')
    leave(person)


run_tests()
