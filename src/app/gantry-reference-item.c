/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-reference-item.h"

#include <glib/gi18n-lib.h>

struct _GantryReferenceItem
{
  GObject parent_instance;

  const GantryReference *reference; /* lives as long as the process */
  GantrySection section;
};

G_DEFINE_FINAL_TYPE (GantryReferenceItem, gantry_reference_item, G_TYPE_OBJECT)

static GantrySection
kind_to_section (GantryKind kind)
{
  switch (kind)
    {
    case GANTRY_KIND_IMAGE:
      return GANTRY_SECTION_IMAGES;
    case GANTRY_KIND_PRESENTATION_STATE:
      return GANTRY_SECTION_PRESENTATION_STATES;
    case GANTRY_KIND_STRUCTURED_REPORT:
      return GANTRY_SECTION_REPORTS;
    case GANTRY_KIND_KEY_OBJECT:
      return GANTRY_SECTION_KEY_OBJECTS;
    case GANTRY_KIND_WAVEFORM:
      return GANTRY_SECTION_WAVEFORMS;
    case GANTRY_KIND_ENCAPSULATED:
      return GANTRY_SECTION_DOCUMENTS;
    case GANTRY_KIND_RADIOTHERAPY:
      return GANTRY_SECTION_RADIOTHERAPY;
    case GANTRY_KIND_OTHER:
    default:
      return GANTRY_SECTION_OTHER_STORAGE;
    }
}

static GantrySection
uid_to_section (const GantryUid *uid)
{
  switch (uid->type)
    {
    case GANTRY_UID_TRANSFER_SYNTAX:
      return GANTRY_SECTION_TRANSFER_SYNTAXES;
    case GANTRY_UID_WELL_KNOWN_INSTANCE:
    case GANTRY_UID_APPLICATION_CONTEXT:
      return GANTRY_SECTION_INSTANCES;
    case GANTRY_UID_SOP_CLASS:
    case GANTRY_UID_META_SOP_CLASS:
    case GANTRY_UID_SERVICE_CLASS:
    default:
      return GANTRY_SECTION_SERVICES;
    }
}

GantrySection
gantry_reference_get_section (const GantryReference *reference)
{
  switch (reference->type)
    {
    case GANTRY_REFERENCE_MODALITY:
      return GANTRY_SECTION_MODALITIES;
    case GANTRY_REFERENCE_STATUS:
      return GANTRY_SECTION_STATUSES;
    case GANTRY_REFERENCE_UID:
      if (reference->sop_class != NULL)
        return kind_to_section (reference->sop_class->kind);
      return uid_to_section (reference->uid);
    case GANTRY_REFERENCE_FOREIGN_UID:
    default:
      return GANTRY_SECTION_FOREIGN;
    }
}

const char *
gantry_section_get_title (GantrySection section)
{
  switch (section)
    {
    case GANTRY_SECTION_IMAGES:
      return _ ("Images");
    case GANTRY_SECTION_PRESENTATION_STATES:
      return _ ("Presentation States");
    case GANTRY_SECTION_REPORTS:
      return _ ("Structured Reports");
    case GANTRY_SECTION_KEY_OBJECTS:
      return _ ("Key Objects");
    case GANTRY_SECTION_WAVEFORMS:
      return _ ("Waveforms");
    case GANTRY_SECTION_DOCUMENTS:
      return _ ("Encapsulated Documents");
    case GANTRY_SECTION_RADIOTHERAPY:
      return _ ("Radiotherapy");
    case GANTRY_SECTION_OTHER_STORAGE:
      return _ ("Other Objects");
    case GANTRY_SECTION_TRANSFER_SYNTAXES:
      return _ ("Transfer Syntaxes");
    case GANTRY_SECTION_MODALITIES:
      return _ ("Modalities");
    case GANTRY_SECTION_STATUSES:
      return _ ("Statuses");
    case GANTRY_SECTION_SERVICES:
      return _ ("Services");
    case GANTRY_SECTION_INSTANCES:
      return _ ("Well-Known Instances");
    case GANTRY_SECTION_FOREIGN:
    case GANTRY_N_SECTIONS:
    default:
      return _ ("Others");
    }
}

static void
gantry_reference_item_class_init (GantryReferenceItemClass *klass G_GNUC_UNUSED)
{
}

static void
gantry_reference_item_init (GantryReferenceItem *self G_GNUC_UNUSED)
{
}

GantryReferenceItem *
gantry_reference_item_new (const GantryReference *reference)
{
  GantryReferenceItem *self = g_object_new (GANTRY_TYPE_REFERENCE_ITEM, NULL);

  self->reference = reference;
  self->section = gantry_reference_get_section (reference);
  return self;
}

GantryReferenceItem *
gantry_reference_item_new_heading (GantrySection section)
{
  GantryReferenceItem *self = g_object_new (GANTRY_TYPE_REFERENCE_ITEM, NULL);

  self->section = section;
  return self;
}

const GantryReference *
gantry_reference_item_get_reference (GantryReferenceItem *self)
{
  g_return_val_if_fail (GANTRY_IS_REFERENCE_ITEM (self), NULL);

  return self->reference;
}

GantrySection
gantry_reference_item_get_section (GantryReferenceItem *self)
{
  g_return_val_if_fail (GANTRY_IS_REFERENCE_ITEM (self), GANTRY_SECTION_FOREIGN);

  return self->section;
}
