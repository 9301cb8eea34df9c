/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-negotiation-words.h"

#include <glib/gi18n-lib.h>

#include "gantry-format.h"
#include "gantry-registry.h"

/* ---- Extended negotiation ---------------------------------------------------------------------
 */

/* PS3.4 table B.3-1 */
static const char *const levels[]
    = { N_ ("storage level 0 (local)"), N_ ("storage level 1 (base)"),
        N_ ("storage level 2 (full)"), N_ ("storage only as a sender") };
static const char *const signatures[]
    = { N_ ("digital signatures: level not said"), N_ ("digital signatures may be lost"),
        N_ ("digital signatures are checked and replaced"),
        N_ ("digital signatures are preserved") };
static const char *const coercions[]
    = { N_ ("no coercion of elements"), N_ ("elements may be coerced"),
        N_ ("coercion only as a sender") };

static void
add_word (GStrvBuilder *pieces, const char *const *words, gint n, gint value)
{
  if (value >= 0 && value < n)
    g_strv_builder_add (pieces, _ (words[value]));
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

static char *
describe_extended (const GantryExtended *extended)
{
  g_autoptr (GStrvBuilder) pieces = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  if (*extended->service_class_uid != '\0')
    return describe_common (extended);
  add_word (pieces, levels, G_N_ELEMENTS (levels), extended->level);
  add_word (pieces, signatures, G_N_ELEMENTS (signatures), extended->signature_level);
  add_word (pieces, coercions, G_N_ELEMENTS (coercions), extended->coercion);
  list = g_strv_builder_end (pieces);
  return *list != NULL ? g_strjoinv (", ", list) : g_strdup (_ ("not of the storage service"));
}

/* ---- Facts ------------------------------------------------------------------------------------
 */

static char *
describe_pdu (guint32 size)
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
      g_autofree char *text = describe_extended (extended);
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
  g_autofree char *theirs = describe_pdu (record->peer_max_pdu);
  g_autofree char *ours = describe_pdu (record->our_max_pdu);

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
