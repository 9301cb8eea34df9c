/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dctk.h>

#include <glib/gi18n-lib.h>
#include <vector>

#include "gantry-error.h"
#include "gantry-phantom.h"
#include "gantry-sample.h"

namespace
{

struct Study
{
  const char *directory;
  OFString study_uid, ct_series_uid, frame_of_reference;
  OFString date, time;
  std::vector<OFString> image_uids;
};

OFString
new_uid (const char *root)
{
  char uid[100];

  return dcmGenerateUniqueIdentifier (uid, root);
}

void
put (DcmItem *item, const DcmTagKey &tag, const OFString &text)
{
  item->putAndInsertOFStringArray (tag, text);
}

void
put_code (DcmItem *parent,
          const DcmTagKey &sequence,
          const char *value,
          const char *scheme,
          const char *meaning)
{
  DcmItem *code = nullptr;

  parent->findOrCreateSequenceItem (sequence, code, -2);
  put (code, DCM_CodeValue, value);
  put (code, DCM_CodingSchemeDesignator, scheme);
  put (code, DCM_CodeMeaning, meaning);
}

/* Patient, study, series and SOP common modules (PS3.3 C.7.1, C.7.2, C.7.3, C.12.1). */
void
put_common (DcmDataset *dataset,
            const Study &study,
            const char *sop_class_uid,
            const OFString &sop_instance_uid,
            const char *modality,
            const OFString &series_uid,
            const char *series_number,
            const char *series_description,
            const OFString &instance_number)
{
  put (dataset, DCM_SpecificCharacterSet, "ISO_IR 100");
  put (dataset, DCM_SOPClassUID, sop_class_uid);
  put (dataset, DCM_SOPInstanceUID, sop_instance_uid);
  put (dataset, DCM_StudyDate, study.date);
  put (dataset, DCM_SeriesDate, study.date);
  put (dataset, DCM_ContentDate, study.date);
  put (dataset, DCM_StudyTime, study.time);
  put (dataset, DCM_SeriesTime, study.time);
  put (dataset, DCM_ContentTime, study.time);
  put (dataset, DCM_AccessionNumber, "SAMPLE-1");
  put (dataset, DCM_Modality, modality);
  put (dataset, DCM_Manufacturer, "Gantry");
  put (dataset, DCM_ReferringPhysicianName, "");
  put (dataset, DCM_StudyDescription, "Sample CT");
  put (dataset, DCM_SeriesDescription, series_description);
  put (dataset, DCM_ManufacturerModelName, "Computed phantom");
  put (dataset, DCM_PatientName, "Sample^Anna");
  put (dataset, DCM_PatientID, "SAMPLE-1");
  put (dataset, DCM_PatientBirthDate, "19700101");
  put (dataset, DCM_PatientSex, "F");
  put (dataset, DCM_StudyInstanceUID, study.study_uid);
  put (dataset, DCM_SeriesInstanceUID, series_uid);
  put (dataset, DCM_StudyID, "1");
  put (dataset, DCM_SeriesNumber, series_number);
  put (dataset, DCM_InstanceNumber, instance_number);
}

bool
save (DcmFileFormat *file, const Study &study, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (study.directory, name, nullptr);
  OFCondition saved = file->saveFile (path, EXS_LittleEndianExplicit, EET_ExplicitLength,
                                      EGL_recalcGL, EPD_noChange);

  if (saved.good ())
    return true;
  g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
               _ ("The sample study cannot be written to %s: %s."), path, saved.text ());
  return false;
}

bool
write_slice (Study *study, guint slice, GError **error)
{
  DcmFileFormat file;
  DcmDataset *dataset = file.getDataset ();
  std::vector<gint16> pixels (GANTRY_PHANTOM_SIZE * GANTRY_PHANTOM_SIZE);
  g_autofree char *name = g_strdup_printf ("IM%04u.dcm", slice + 1);
  g_autofree char *number = g_strdup_printf ("%u", slice + 1);
  g_autofree char *position = g_strdup_printf ("-200\\-200\\%d", -10 * static_cast<int> (slice));
  g_autofree char *location = g_strdup_printf ("%d", -10 * static_cast<int> (slice));
  OFString uid = new_uid (SITE_INSTANCE_UID_ROOT);

  put_common (dataset, *study, UID_CTImageStorage, uid, "CT", study->ct_series_uid, "1",
              "Chest 10.0", number);
  put (dataset, DCM_ImageType, "DERIVED\\SECONDARY\\AXIAL");
  put (dataset, DCM_BodyPartExamined, "CHEST");
  put (dataset, DCM_SliceThickness, "10");
  put (dataset, DCM_KVP, "120");
  put (dataset, DCM_PatientPosition, "HFS");
  put (dataset, DCM_AcquisitionNumber, "1");
  put (dataset, DCM_ImagePositionPatient, position);
  put (dataset, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  put (dataset, DCM_FrameOfReferenceUID, study->frame_of_reference);
  put (dataset, DCM_PositionReferenceIndicator, "");
  put (dataset, DCM_SliceLocation, location);
  put (dataset, DCM_PhotometricInterpretation, "MONOCHROME2");
  put (dataset, DCM_PixelSpacing, "1.5625\\1.5625");
  put (dataset, DCM_WindowCenter, "40");
  put (dataset, DCM_WindowWidth, "400");
  put (dataset, DCM_RescaleIntercept, G_STRINGIFY (GANTRY_PHANTOM_INTERCEPT));
  put (dataset, DCM_RescaleSlope, "1");
  put (dataset, DCM_RescaleType, "HU");
  dataset->putAndInsertUint16 (DCM_SamplesPerPixel, 1);
  dataset->putAndInsertUint16 (DCM_Rows, GANTRY_PHANTOM_SIZE);
  dataset->putAndInsertUint16 (DCM_Columns, GANTRY_PHANTOM_SIZE);
  dataset->putAndInsertUint16 (DCM_BitsAllocated, 16);
  dataset->putAndInsertUint16 (DCM_BitsStored, 16);
  dataset->putAndInsertUint16 (DCM_HighBit, 15);
  dataset->putAndInsertUint16 (DCM_PixelRepresentation, 1);
  gantry_phantom_draw (slice, pixels.data ());
  dataset->putAndInsertUint16Array (
      DCM_PixelData, reinterpret_cast<const Uint16 *> (pixels.data ()), pixels.size ());
  study->image_uids.push_back (uid);
  return save (&file, *study, name, error);
}

DcmItem *
add_content (DcmItem *parent, const char *relationship, const char *type)
{
  DcmItem *item = nullptr;

  parent->findOrCreateSequenceItem (DCM_ContentSequence, item, -2);
  put (item, DCM_RelationshipType, relationship);
  put (item, DCM_ValueType, type);
  return item;
}

void
add_text (DcmItem *parent, const char *code, const char *meaning, const char *text)
{
  DcmItem *item = add_content (parent, "CONTAINS", "TEXT");

  put_code (item, DCM_ConceptNameCodeSequence, code, "DCM", meaning);
  put (item, DCM_TextValue, text);
}

void
put_document (DcmDataset *dataset, const char *code, const char *scheme, const char *title)
{
  put (dataset, DCM_ValueType, "CONTAINER");
  put (dataset, DCM_ContinuityOfContent, "SEPARATE");
  put_code (dataset, DCM_ConceptNameCodeSequence, code, scheme, title);
  dataset->insertEmptyElement (DCM_ReferencedPerformedProcedureStepSequence);
}

/* Basic Text SR, PS3.3 A.35.1. */
bool
write_report (const Study &study, GError **error)
{
  DcmFileFormat file;
  DcmDataset *dataset = file.getDataset ();

  put_common (dataset, study, UID_BasicTextSRStorage, new_uid (SITE_INSTANCE_UID_ROOT), "SR",
              new_uid (SITE_SERIES_UID_ROOT), "900", "Report", "1");
  put_document (dataset, "11528-7", "LN", "Radiology Report");
  put (dataset, DCM_CompletionFlag, "COMPLETE");
  put (dataset, DCM_VerificationFlag, "UNVERIFIED");
  dataset->insertEmptyElement (DCM_PerformedProcedureCodeSequence);
  add_text (dataset, "121060", "History", "A computed phantom, made to try sending and receiving.");
  add_text (dataset, "121070", "Findings",
            "Sixteen slices of a chest that never breathed. Lungs clear, heart of normal size, "
            "vertebrae intact.");
  add_text (dataset, "121076", "Conclusions",
            "If you can read this on the other side, the way there works.");
  return save (&file, study, "SR0001.dcm", error);
}

void
put_reference (DcmItem *item, const DcmTagKey &sequence, const OFString &uid)
{
  DcmItem *reference = nullptr;

  item->findOrCreateSequenceItem (sequence, reference, -2);
  put (reference, DCM_ReferencedSOPClassUID, UID_CTImageStorage);
  put (reference, DCM_ReferencedSOPInstanceUID, uid);
}

/* Key Object Selection, PS3.3 A.35.4. */
bool
write_key_objects (const Study &study, GError **error)
{
  DcmFileFormat file;
  DcmDataset *dataset = file.getDataset ();
  DcmItem *evidence = nullptr, *series = nullptr, *content = nullptr;

  put_common (dataset, study, UID_KeyObjectSelectionDocumentStorage,
              new_uid (SITE_INSTANCE_UID_ROOT), "KO", new_uid (SITE_SERIES_UID_ROOT), "901",
              "Key images", "1");
  put_document (dataset, "113000", "DCM", "Of Interest");
  dataset->findOrCreateSequenceItem (DCM_ContentTemplateSequence, content, -2);
  put (content, DCM_MappingResource, "DCMR");
  put (content, DCM_TemplateIdentifier, "2010");
  dataset->findOrCreateSequenceItem (DCM_CurrentRequestedProcedureEvidenceSequence, evidence, -2);
  put (evidence, DCM_StudyInstanceUID, study.study_uid);
  evidence->findOrCreateSequenceItem (DCM_ReferencedSeriesSequence, series, -2);
  put (series, DCM_SeriesInstanceUID, study.ct_series_uid);
  for (gsize i : { study.image_uids.size () / 2, study.image_uids.size () - 1 })
    {
      put_reference (series, DCM_ReferencedSOPSequence, study.image_uids[i]);
      content = add_content (dataset, "CONTAINS", "IMAGE");
      put_reference (content, DCM_ReferencedSOPSequence, study.image_uids[i]);
    }
  return save (&file, study, "KO0001.dcm", error);
}

} // namespace

gboolean
gantry_sample_write (const char *directory, GError **error)
try
  {
    g_autoptr (GDateTime) now = g_date_time_new_now_local ();
    g_autofree char *date = g_date_time_format (now, "%Y%m%d");
    g_autofree char *time = g_date_time_format (now, "%H%M%S");
    Study study = { directory,
                    new_uid (SITE_STUDY_UID_ROOT),
                    new_uid (SITE_SERIES_UID_ROOT),
                    new_uid (SITE_INSTANCE_UID_ROOT),
                    date,
                    time,
                    {} };

    for (guint slice = 0; slice < GANTRY_PHANTOM_SLICES; slice++)
      if (!write_slice (&study, slice, error))
        return FALSE;
    return write_report (study, error) && write_key_objects (study, error);
  }
/* An exception must not unwind through C frames. */
catch (...)
  {
    g_set_error_literal (error, GANTRY_ERROR, GANTRY_ERROR_STORAGE,
                         _ ("The sample study cannot be made: there is not enough memory."));
    return FALSE;
  }
