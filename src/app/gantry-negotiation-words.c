/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-negotiation-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-registry.h"

/* ---- Extended negotiation ---------------------------------------------------------------------
 */

static const char *
describe_level (gint level)
{
  switch (level)
    {
    case 0:
      return _ ("keeps the attributes that it knows (level 0)");
    case 1:
      return _ ("keeps the standard's attributes (level 1)");
    case 2:
      return _ ("keeps every attribute (level 2)");
    case 3:
      return _ ("only sends");
    default:
      return _ ("does not say what it keeps");
    }
}

static const char *
describe_signatures (gint level)
{
  switch (level)
    {
    case 1:
      return _ ("may lose digital signatures (level 1)");
    case 2:
      return _ ("checks digital signatures and puts its own in their place (level 2)");
    case 3:
      return _ ("keeps digital signatures (level 3)");
    default:
      return _ ("says nothing of signatures");
    }
}

static const char *
describe_coercion (gint coercion)
{
  switch (coercion)
    {
    case 0:
      return _ ("changes no attribute");
    case 1:
      return _ ("may change attributes");
    case 2:
      return _ ("says nothing of changes, because it only sends");
    default:
      return _ ("says nothing of changes");
    }
}

static char *
describe_common (const GantryExtended *extended)
{
  g_autofree char *service = gantry_uid_describe (extended->service_class_uid);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_autofree char *related = NULL;

  for (char **uid = extended->related_classes; uid != NULL && *uid != NULL; uid++)
    {
      g_autofree char *name = gantry_uid_describe (*uid);
      g_strv_builder_add (names, name);
    }
  list = g_strv_builder_end (names);
  if (*list == NULL)
    return g_strdup_printf (_ ("belongs to %s"), service);
  related = g_strjoinv (", ", list);
  /* Translators: a service class, and the SOP classes that can take the place of this one */
  return g_strdup_printf (_ ("belongs to %s, can be handled as %s"), service, related);
}

char *
gantry_extended_describe (const GantryExtended *extended)
{
  if (*extended->service_class_uid != '\0')
    return describe_common (extended);
  /* Translators: three parts of a list: what it keeps, of signatures, of changes */
  return g_strdup_printf (_ ("%s; %s; %s"), describe_level (extended->level),
                          describe_signatures (extended->signature_level),
                          describe_coercion (extended->coercion));
}

/* ---- Facts ------------------------------------------------------------------------------------
 */

char *
gantry_pdu_size_describe (guint32 size)
{
  g_autofree char *count = gantry_format_count (size);

  return size == 0 ? g_strdup (_ ("no limit")) : g_strdup_printf (_ ("%s bytes"), count);
}

static void
add_items (GantryFactsView *view, const char *who, const GPtrArray *items)
{
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const GantryUserItem *item = g_ptr_array_index (items, i);
      /* Translators: who said it (“Caller”, “This workstation”), and what it is about */
      g_autofree char *label = g_strdup_printf (_ ("%s: %s (%02XH)"), who, item->name, item->type);
      gantry_facts_view_add (view, label, item->text);
    }
}

static void
add_extended (GantryFactsView *view, const char *who, const GPtrArray *items)
{
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const GantryExtended *extended = g_ptr_array_index (items, i);
      g_autofree char *name = gantry_uid_describe (extended->sop_class_uid);
      g_autofree char *text = gantry_extended_describe (extended);
      g_autofree char *label = g_strdup_printf (_ ("%s: %s (%02XH)"), who, name,
                                                *extended->service_class_uid != '\0' ? 0x57 : 0x56);
      gantry_facts_view_add (view, label, text);
    }
}

void
gantry_negotiation_show (GantryFactsView *view, const GantryAssociationRecord *record)
{
  const char *caller = _ ("Caller"), *us = _ ("This workstation");
  gboolean answered = record->answer_items != NULL && record->answer_items->len > 0;
  g_autofree char *theirs = gantry_pdu_size_describe (record->peer_max_pdu);
  g_autofree char *ours = gantry_pdu_size_describe (record->our_max_pdu);

  gantry_facts_view_begin (view, "", "", "");
  gantry_facts_view_add (view, _ ("Calling AE Title"), record->calling);
  gantry_facts_view_add (view, _ ("Called AE Title"), record->called);
  gantry_facts_view_add (view, _ ("Implementation Version"), record->implementation_version);
  gantry_facts_view_add (view, _ ("Implementation Class UID"), record->implementation_class_uid);
  if (record->request_items != NULL && record->request_items->len > 0)
    gantry_facts_view_add (view, _ ("Largest PDU that the Caller Takes"), theirs);
  if (answered)
    gantry_facts_view_add (view, _ ("Largest PDU that This Workstation Takes"), ours);
  add_items (view, caller, record->request_items);
  add_items (view, us, record->answer_items);
  add_extended (view, caller, record->proposed_extended);
  add_extended (view, us, record->answered_extended);
}
