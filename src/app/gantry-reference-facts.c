/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-reference-facts.h"

#include <glib/gi18n-lib.h>

GantryLook
gantry_status_class_get_look (GantryStatusClass status_class)
{
  const char *word = gantry_status_class_get_name (status_class);

  switch (status_class)
    {
    case GANTRY_STATUS_SUCCESS:
      return (GantryLook){ "object-select-symbolic", word, "success" };
    case GANTRY_STATUS_WARNING:
      return (GantryLook){ "dialog-warning-symbolic", word, "warning" };
    case GANTRY_STATUS_CANCEL:
      return (GantryLook){ "process-stop-symbolic", word, NULL };
    case GANTRY_STATUS_PENDING:
      return (GantryLook){ "content-loading-symbolic", word, NULL };
    case GANTRY_STATUS_FAILURE:
    default:
      return (GantryLook){ "dialog-error-symbolic", word, "error" };
    }
}

char *
gantry_reference_describe_type (const GantryReference *reference, gboolean grouped)
{
  const char *type = gantry_reference_get_type_name (reference);

  if (grouped)
    return g_strdup (reference->retired ? _ ("Retired") : "");
  if (reference->retired)
    /* Translators: what an entry is: “Transfer syntax” */
    return g_strdup_printf (_ ("%s, retired"), type);
  return g_strdup (type);
}

/* Leads to the SOP class that has this UID. */
static void
add_sop_class (GantryFactsView *facts, const char *label, const char *uid)
{
  g_autofree char *name = gantry_uid_describe (uid);

  gantry_facts_view_add_link (facts, label, name, uid);
}

static void
add_general (GantryFactsView *facts, const GantrySopClass *sop_class)
{
  for (const char *const *uid = sop_class->general; uid != NULL && *uid != NULL; uid++)
    add_sop_class (facts, _ ("Related General SOP Class"), *uid);
}

static void
add_usual (GantryFactsView *facts, const GantryModality *modality)
{
  gsize n;
  const GantrySopClass *table = gantry_sop_class_table (&n);

  for (gsize i = 0; i < n; i++)
    if (!table[i].retired && g_str_equal (table[i].modality, modality->code))
      add_sop_class (facts, _ ("Usual for the SOP Class"), table[i].uid);
}

static void
add_status (GantryFactsView *facts, const GantryReference *reference)
{
  GantryStatusClass status_class = reference->status->status_class;

  gantry_facts_view_add (facts, _ ("Class"), gantry_status_class_get_name (status_class));
  gantry_facts_view_add (facts, _ ("What to Do"), reference->advice);
  if (status_class == GANTRY_STATUS_FAILURE)
    gantry_facts_view_add (facts, _ ("Trying Again"),
                           reference->status->retry_helps
                               ? _ ("Helps often: nothing is wrong with the object itself.")
                               : _ ("Does not help before something has been changed."));
}

static void
add_uid (GantryFactsView *facts, const GantryReference *reference)
{
  const GantryModality *modality = reference->modality;
  g_autofree char *short_name = NULL;

  if (reference->uid != NULL && reference->uid->type == GANTRY_UID_TRANSFER_SYNTAX)
    {
      short_name = gantry_transfer_syntax_describe (reference->code);
      if (!g_str_equal (short_name, reference->name))
        gantry_facts_view_add (facts, _ ("Short Form"), short_name);
    }
  if (reference->sop_class != NULL)
    gantry_facts_view_add (facts, _ ("Kind of Object"),
                           gantry_kind_get_name (reference->sop_class->kind));
  if (modality != NULL)
    {
      /* Translators: a modality code and its meaning: “CT: Computed Tomography” */
      g_autofree char *text = g_strdup_printf (_ ("%s: %s"), modality->code, modality->meaning);

      gantry_facts_view_add_link (facts, _ ("Usual Modality"), text, modality->code);
    }
  gantry_facts_view_add (facts, _ ("Good to Know"), reference->advice);
  if (reference->sop_class != NULL)
    add_general (facts, reference->sop_class);
}

void
gantry_reference_show_facts (const GantryReference *reference, GantryFactsView *facts)
{
  g_autofree char *type = gantry_reference_describe_type (reference, FALSE);
  g_autofree char *text = gantry_reference_to_text (reference);
  g_autofree char *older = g_strjoinv ("\n", (char **)reference->older_names);
  gboolean is_uid
      = reference->type == GANTRY_REFERENCE_UID || reference->type == GANTRY_REFERENCE_FOREIGN_UID;

  gantry_facts_view_begin (facts, reference->modality != NULL ? reference->modality->code : "",
                           reference->name, type);
  gantry_facts_view_set_code (facts, reference->code, is_uid ? _ ("Copy UID") : _ ("Copy Code"));
  gantry_facts_view_add (facts, is_uid ? _ ("UID") : _ ("Code"), reference->code);
  if (reference->status != NULL)
    add_status (facts, reference);
  else if (is_uid)
    add_uid (facts, reference);
  else
    gantry_facts_view_add (facts, _ ("Good to Know"), reference->advice);
  gantry_facts_view_add (facts, _ ("Older and Other Names"), older);
  gantry_facts_view_add (facts, _ ("Keyword"), reference->keyword);
  if (reference->type == GANTRY_REFERENCE_MODALITY && reference->modality != NULL)
    add_usual (facts, reference->modality);
  gantry_facts_view_set_text (facts, text);
}
