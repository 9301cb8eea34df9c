"""objects - DICOM files and their data sets as bytes

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import functools
import hashlib
import logging
import pathlib
import struct
import subprocess
import warnings

import pydicom

warnings.simplefilter('ignore')
logging.getLogger('pydicom').setLevel(logging.CRITICAL)

ROOT = pathlib.Path(pydicom.__file__).parent / 'data'
MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10'
LONG_VRS = {b'OB', b'OD', b'OF', b'OL', b'OV', b'OW', b'SQ', b'SV', b'UC', b'UN', b'UR', b'UT',
            b'UV'}

Object = collections.namedtuple('Object', 'path sop_class sop_instance transfer_syntax')


def data_set_offset(data):
    """Where the data set starts: behind preamble and group 0002, where there are any."""
    offset = 132 if data[128:132] == b'DICM' else 0
    while data[offset:offset + 2] == b'\x02\x00':
        if data[offset + 4:offset + 6] in LONG_VRS:
            offset += 12 + struct.unpack_from('<I', data, offset + 8)[0]
        else:
            offset += 8 + struct.unpack_from('<H', data, offset + 6)[0]
    return offset


def data_set(path):
    data = pathlib.Path(path).read_bytes()
    return data[data_set_offset(data):]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def on_the_wire(path):
    """The file's data set as it must travel: PDVs hold an even number of octets (PS3.8 D.1.1)."""
    data = data_set(path)
    return data + b'\0' if len(data) % 2 else data


def dcmtk_reads(path):
    """Whether the reference toolkit parses the file to its end."""
    return subprocess.run(['dcmdump', '-q', '-M', str(path)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def describe(path):
    """What identifies the object for C-STORE; None when something of it is missing.

    The meta header names it where there is one, also against the data set: that is what the door
    dicom/gantry-instance.h says.
    """
    try:
        content = pydicom.dcmread(path, stop_before_pixels=True, force=True)
    except Exception:
        return None
    meta = getattr(content, 'file_meta', {})
    sop_class = str(content.get('SOPClassUID') or '')
    sop_instance = str(content.get('SOPInstanceUID') or '')
    if not sop_class or not sop_instance:
        return None
    if meta.get('MediaStorageSOPClassUID') == MEDIA_STORAGE_DIRECTORY:
        return None
    sop_class = str(meta.get('MediaStorageSOPClassUID') or sop_class)
    sop_instance = str(meta.get('MediaStorageSOPInstanceUID') or sop_instance)
    syntax = str(meta.get('TransferSyntaxUID') or '') or str(guess_transfer_syntax(content))
    return Object(pathlib.Path(path), sop_class, sop_instance, syntax)


def guess_transfer_syntax(content):
    if content.is_implicit_VR:
        return pydicom.uid.ImplicitVRLittleEndian
    return (pydicom.uid.ExplicitVRLittleEndian if content.is_little_endian
            else pydicom.uid.ExplicitVRBigEndian)


@functools.lru_cache
def debian_set():
    """Every file of Debian's pydicom set, as (readable, damaged, other).

    Readable: DCMTK parses it to its end and it names its SOP class and instance. Damaged: pydicom
    finds both, and DCMTK does not reach the end. Other: no instance (an index, a text, JSON, ...).
    """
    readable, damaged, other = [], [], []
    for path in sorted(ROOT.rglob('*')):
        if not path.is_file() or path.suffix in ('.py', '.pyc'):
            continue
        found = describe(path)
        if found is None:
            other.append(path)
        elif dcmtk_reads(path):
            readable.append(found)
        else:
            damaged.append(found)
    return readable, damaged, other


def rounds(found):
    """All of these, divided so that no round has two files with one UID: only one would be sent."""
    result = []
    for each in found:
        for files in result:
            if each.sop_instance not in {o.sop_instance for o in files}:
                files.append(each)
                break
        else:
            result.append([each])
    return result


def one_of_each():
    """Of the readable files, one for each SOP instance."""
    return rounds(debian_set()[0])[0]
