#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what pydicom reads of each of its own test files, one a line, for test-instance.

path and header fields as text, divided by tabs; the meta header's UIDs win. A file that pydicom does not
read as DICOM has its path only.
"""
import os
import sys
import warnings

import pydicom

FIELDS = ("Modality", "PatientName", "PatientID", "PatientBirthDate", "AccessionNumber",
          "StudyInstanceUID", "StudyDate", "StudyDescription", "SeriesInstanceUID", "SeriesNumber",
          "SeriesDescription", "InstanceNumber", "SOPClassUID", "SOPInstanceUID")
IN_META = {"SOPClassUID": "MediaStorageSOPClassUID", "SOPInstanceUID": "MediaStorageSOPInstanceUID"}


def text(dataset, name):
    element = dataset.file_meta.get(IN_META.get(name, "")) or dataset.get(name)
    if element is None:
        return ""
    if isinstance(element, pydicom.multival.MultiValue):
        element = "\\".join(str(part) for part in element)
    return str(element).strip()


def main():
    warnings.simplefilter("ignore")
    root = os.path.join(os.path.dirname(pydicom.__file__), "data")
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            try:
                dataset = pydicom.dcmread(path, stop_before_pixels=True)
                dataset.decode()
                row = [path] + [text(dataset, field) for field in FIELDS]
            except Exception:
                row = [path]
            sys.stdout.buffer.write(("\t".join(row) + "\n").encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
