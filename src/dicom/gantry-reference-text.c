/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words for what the reference knows, for people and for programs.
 */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "gantry-reference.h"

typedef struct
{
  const char *nick, *name;
} Label;

static const Label uid_labels[] = {
  [GANTRY_UID_SOP_CLASS] = { "sop-class", N_ ("SOP class") },
  [GANTRY_UID_META_SOP_CLASS] = { "meta-class", N_ ("Meta SOP class") },
  [GANTRY_UID_TRANSFER_SYNTAX] = { "syntax", N_ ("Transfer syntax") },
  [GANTRY_UID_SERVICE_CLASS] = { "service", N_ ("Service class") },
  [GANTRY_UID_WELL_KNOWN_INSTANCE] = { "instance", N_ ("Well-known instance") },
  [GANTRY_UID_APPLICATION_CONTEXT] = { "context", N_ ("Application context") },
  [GANTRY_UID_CODING_SCHEME] = { "coding-scheme", N_ ("Coding scheme") },
};

static const Label kind_labels[] = {
  [GANTRY_KIND_OTHER] = { "other", N_ ("Other") },
  [GANTRY_KIND_IMAGE] = { "image", N_ ("Image") },
  [GANTRY_KIND_PRESENTATION_STATE] = { "presentation-state", N_ ("Presentation state") },
  [GANTRY_KIND_STRUCTURED_REPORT] = { "structured-report", N_ ("Structured report") },
  [GANTRY_KIND_KEY_OBJECT] = { "key-object", N_ ("Key object selection") },
  [GANTRY_KIND_WAVEFORM] = { "waveform", N_ ("Waveform") },
  [GANTRY_KIND_ENCAPSULATED] = { "encapsulated", N_ ("Encapsulated document") },
  [GANTRY_KIND_RADIOTHERAPY] = { "radiotherapy", N_ ("Radiotherapy") },
};

static const Label class_labels[] = {
  [GANTRY_STATUS_SUCCESS] = { "success", N_ ("Success") },
  [GANTRY_STATUS_WARNING] = { "warning", N_ ("Warning") },
  [GANTRY_STATUS_FAILURE] = { "failure", N_ ("Failure") },
  [GANTRY_STATUS_CANCEL] = { "cancel", N_ ("Cancelled") },
  [GANTRY_STATUS_PENDING] = { "pending", N_ ("Pending") },
};

static const Label *
type_label (const GantryReference *self)
{
  static const Label modality = { "modality", N_ ("Modality") };
  static const Label status = { "status", N_ ("Status") };
  static const Label foreign = { "uid", N_ ("UID") };

  switch (self->type)
    {
    case GANTRY_REFERENCE_UID:
      return &uid_labels[self->uid->type];
    case GANTRY_REFERENCE_MODALITY:
      return &modality;
    case GANTRY_REFERENCE_STATUS:
      return &status;
    case GANTRY_REFERENCE_FOREIGN_UID:
    default:
      return &foreign;
    }
}

const char *
gantry_reference_get_type_name (const GantryReference *self)
{
  return _ (type_label (self)->name);
}

const char *
gantry_reference_get_type_nick (const GantryReference *self)
{
  return type_label (self)->nick;
}

const char *
gantry_kind_get_name (GantryKind kind)
{
  return _ (kind_labels[kind].name);
}

const char *
gantry_kind_get_nick (GantryKind kind)
{
  return kind_labels[kind].nick;
}

const char *
gantry_status_class_get_name (GantryStatusClass status_class)
{
  return _ (class_labels[status_class].name);
}

const char *
gantry_status_class_get_nick (GantryStatusClass status_class)
{
  return class_labels[status_class].nick;
}

/* A line "Name: value", where there is a value. */
static void
append_fact (GString *text, const char *name, const char *value)
{
  if (value != NULL && *value != '\0')
    /* Translators: the name of a fact, and the fact. */
    g_string_append_printf (text, _ ("%1$s: %2$s\n"), name, value);
}

static void
append_storage_facts (GString *text, const GantryReference *self)
{
  append_fact (text, _ ("Kind"), gantry_kind_get_name (self->sop_class->kind));
  if (self->modality != NULL)
    {
      g_autofree char *modality
          = g_strdup_printf ("%s (%s)", self->modality->code, self->modality->meaning);

      append_fact (text, _ ("Usual modality"), modality);
    }
  for (const char *const *uid = self->sop_class->general; uid != NULL && *uid != NULL; uid++)
    {
      g_autofree char *general = g_strdup_printf ("%s (%s)", gantry_uid_lookup (*uid)->name, *uid);

      append_fact (text, _ ("Related general class"), general);
    }
}

static void
append_status_facts (GString *text, const GantryReference *self)
{
  g_autofree char *services = gantry_services_to_text (self->status->services);

  append_fact (text, _ ("Class"), gantry_status_class_get_name (self->status->status_class));
  append_fact (text, _ ("Services"), services);
  if (self->status->status_class == GANTRY_STATUS_FAILURE)
    append_fact (text, _ ("Trying again helps"), self->status->retry_helps ? _ ("Yes") : _ ("No"));
}

char *
gantry_reference_to_text (const GantryReference *self)
{
  GString *text = g_string_new (NULL);

  append_fact (text, _ ("Name"), self->name);
  append_fact (text, gantry_reference_get_type_name (self), self->code);
  for (const char *const *name = self->older_names; *name != NULL; name++)
    append_fact (text, _ ("Also called"), *name);
  append_fact (text, _ ("Keyword"), self->keyword);
  if (self->sop_class != NULL)
    append_storage_facts (text, self);
  if (self->status != NULL)
    append_status_facts (text, self);
  if (self->retired)
    append_fact (text, _ ("Retired"), _ ("Yes"));
  append_fact (text, _ ("Advice"), self->advice);
  return g_string_free (text, FALSE);
}
