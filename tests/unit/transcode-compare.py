#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares transcoded files with what they were made of, for test-transcode.

Standard input: original and result, one pair a line, divided by a tab, and behind another one
nothing, "general", or "pixels" when nothing else is to be compared. Standard output: a line for each
pair, empty when they agree, else what does not.

All elements are compared by their encoded values as pydicom finds them. Pixel data that were
compressed are compared with what DCMTK's or GDCM's tools make of the original, sample by sample.
"""
import os
import struct
import subprocess
import sys
import tempfile
import warnings

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.datadict import dictionary_VR, dictionary_has_tag

TOOLS = {".50": "jpeg", ".51": "jpeg", ".57": "lossless", ".70": "lossless", ".80": "jpls", ".81": "jpls",
         ".90": "j2k", ".91": "j2k"}
UNITS = {"US": 2, "SS": 2, "OW": 2, "AT": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4, "FD": 8,
         "OD": 8, "OV": 8, "SV": 8, "UV": 8}
# What decompression may change; each is looked at on its own.
OF_PIXELS = {0x00280004, 0x00280006, 0x00280102, 0x00280103, 0x00282110, 0x00282112, 0x00282114,
             0x7FE00001, 0x7FE00002, 0x7FE00003, 0x7FE00010}
# They say RGB, and their chroma is subsampled: the red square is red with the transform only.
TRANSFORMED = {"SC_rgb_jpeg_lossy_gdcm.dcm"}
COMMANDS = {"jpeg": ["dcmdjpeg", "+px"], "guess": ["dcmdjpeg", "+px", "+ca"],
            "lossless": ["dcmdjpeg", "+px", "+cn"],
            "jpls": ["dcmdjpls", "+px"], "rle": ["dcmdrle"], "j2k": ["gdcmconv", "--raw"]}


def raw(dataset, tag):
    """Value representation, octets in Little Endian; for sequences None and the items."""
    element = dataset.get_item(tag)
    vr = element.VR
    if vr in (None, "SQ", "UN") and (vr == "SQ" or dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"
                                     or not isinstance(element.value, (bytes, type(None)))):
        return None, dataset[tag].value
    if not isinstance(element, RawDataElement):
        value = element.value
        if not isinstance(value, bytes):
            value = "\\".join([value] if isinstance(value, str) else map(str, value or [])).encode()
        return vr, value
    value = element.value or b""
    unit = UNITS.get(vr, 1)
    if not element.is_little_endian and unit > 1:
        value = b"".join(value[i:i + unit][::-1] for i in range(0, len(value), unit))
    return vr, value


def pair(one, other, tag):
    first, second = one.get_item(tag), other.get_item(tag)
    if first.VR == second.VR == "UN" and isinstance(first.value, bytes) and isinstance(second.value, bytes):
        return ("UN", first.value), ("UN", second.value)
    return raw(one, tag), raw(other, tag)


def differences(one, other, ignored, where=""):
    tags = {int(tag) for tag in list(one.keys()) + list(other.keys()) if tag & 0xFFFF}
    for tag in sorted(tags - ignored):
        name = f"{where}({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if tag not in one or tag not in other:
            yield f"{name} only in {'the original' if tag in one else 'the result'}"
            continue
        (_, first), (_, second) = pair(one, other, tag)
        if tag == 0x00080005:  # pydicom has decoded it on its way to the others
            first, second = first.strip(), second.strip()
        if isinstance(first, bytes) and isinstance(second, bytes):
            if second not in (first, first + b"\0" * (len(first) % 2), first + b" " * (len(first) % 2)):
                yield f"{name} is {second[:40]!r}, not {first[:40]!r}"
        elif isinstance(first, bytes) or isinstance(second, bytes):
            yield f"{name} is a sequence on one side only"
        elif len(first) != len(second):
            yield f"{name} has {len(second)} items, not {len(first)}"
        else:
            for i, items in enumerate(zip(first, second)):
                yield from differences(*items, set(), f"{name}[{i}]")


def samples(dataset):
    """The values of the pixels, colour by pixel, from their cells."""
    stored, high = dataset.BitsStored, dataset.HighBit
    width = dataset.BitsAllocated // 8
    data = raw(dataset, 0x7FE00010)[1]
    n = (dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
         * int(dataset.get("NumberOfFrames") or 1))
    cells = struct.unpack("<%d%s" % (n, {1: "B", 2: "H", 4: "I"}[width]), data[:n * width])
    mask, sign = (1 << stored) - 1, 1 << (stored - 1)
    values = [(cell >> (high + 1 - stored)) & mask for cell in cells]
    if dataset.PixelRepresentation:
        values = [(value ^ sign) - sign for value in values]
    if dataset.get("PlanarConfiguration") == 1:
        frame = 3 * dataset.Rows * dataset.Columns
        values = [values[start + plane * frame // 3 + i] for start in range(0, n, frame)
                  for i in range(frame // 3) for plane in range(3)]
    return values


def reference(path, syntax, folder):
    kind = "rle" if syntax == "1.2.840.10008.1.2.5" else TOOLS[syntax[-3:]]
    if os.path.basename(path) in TRANSFORMED:
        kind = "guess"
    output = os.path.join(folder, "reference.dcm")
    subprocess.run(COMMANDS[kind] + [path, output], check=True, capture_output=True, timeout=60)
    return pydicom.dcmread(output, force=True)


def big_endian(path):
    return pydicom.filereader.read_file_meta_info(path).TransferSyntaxUID == "1.2.840.10008.1.2.2"


def compare_pixels(original, result):
    one, other = pydicom.dcmread(original), pydicom.dcmread(result)
    for name in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "HighBit",
                 "PixelRepresentation", "PhotometricInterpretation"):
        if one.get(name) != other.get(name):
            yield f"{name} is {other.get(name)}, not {one.get(name)}"
    first, second = samples(one), samples(other)
    if first != second:
        bad = [i for i in range(len(first)) if first[i] != second[i]]
        yield f"{len(bad)} of {len(first)} samples differ: {bad[0]}: {second[bad[0]]}, not {first[bad[0]]}"


def compare(original, result, general):
    if os.path.basename(original) == "UN_sequence.dcm" and big_endian(result):
        # pydicom reads UN of undefined length in the byte order around it, against PS3.5 6.2.2.
        subprocess.run(["dcmconv", "-q", "+te", result, result + ".le"], check=True)
        os.rename(result + ".le", result)
    one = pydicom.dcmread(original, force=True)
    other = pydicom.dcmread(result, force=True)
    before = str(one.file_meta.get("TransferSyntaxUID", "")) or None
    after = str(other.file_meta.TransferSyntaxUID)
    ignored = {0x00080016, 0x0008001B} if general else set()
    decompressed = before is not None and before != after and (
        before == "1.2.840.10008.1.2.5" or before[-3:] in TOOLS) and "PixelData" in one
    yield from differences(one, other, ignored | (OF_PIXELS if decompressed else set()))
    if general and (other[0x00080016].value != "1.2.840.10008.5.1.4.1.1.7"
                    or other.get("OriginalSpecializedSOPClassUID") != one.get("SOPClassUID")):
        yield "the general class is not there"
    if not decompressed:
        return
    with tempfile.TemporaryDirectory() as folder:
        wanted = reference(original, before, folder)
        if wanted.PhotometricInterpretation != other.PhotometricInterpretation:
            yield f"{other.PhotometricInterpretation}, not {wanted.PhotometricInterpretation}"
        first, second = samples(wanted), samples(other)
        if first != second:
            bad = [i for i in range(len(first)) if first[i] != second[i]]
            yield f"{len(bad)} of {len(first)} samples differ: {bad[0]}: {second[bad[0]]}, not {first[bad[0]]}"
    lossy = before[-3:] in (".50", ".51", ".81")
    if lossy and other.get("LossyImageCompression") != "01":
        yield "no Lossy Image Compression"
    if other.SamplesPerPixel > 1 and "PlanarConfiguration" not in other:
        yield "no Planar Configuration"


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        original, result, mode = line.rstrip("\n").split("\t")
        try:
            found = (compare_pixels(original, result) if mode == "pixels"
                     else compare(original, result, mode == "general"))
            print("; ".join(found), flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
