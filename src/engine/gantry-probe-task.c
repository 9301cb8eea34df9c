/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-probe-task.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-association.h"
#include "gantry-link.h"
#include "gantry-node-settings.h"
#include "gantry-registry.h"

#define MAX_CONTEXTS 128 /* of one association: odd ids up to 255 (PS3.8 9.3.2.2) */

/* ---- What there is to ask ------------------------------------------------------------------- */

/* Objects are never sent in those: they describe streams, or web documents (PS3.6 Table A-1). */
static gboolean
is_for_objects (const GantryUid *uid)
{
  if (uid->type != GANTRY_UID_TRANSFER_SYNTAX)
    return FALSE;
  return g_str_equal (uid->uid, GANTRY_UID_EXPLICIT_BE)
         || (!uid->retired && !g_str_has_prefix (uid->uid, "1.2.840.10008.1.2.7."));
}

static GPtrArray *
list_syntaxes (const char *const *chosen)
{
  GPtrArray *list = g_ptr_array_new ();
  gsize n;
  const GantryUid *table = gantry_uid_table (&n);

  if (chosen != NULL)
    for (gsize i = 0; chosen[i] != NULL; i++)
      g_ptr_array_add (list, (gpointer)chosen[i]);
  else
    for (gsize i = 0; i < n; i++)
      if (is_for_objects (&table[i]))
        g_ptr_array_add (list, (gpointer)table[i].uid);
  return list;
}

/* What is current first, should the node break off. */
static GPtrArray *
list_classes (const char *const *chosen)
{
  GPtrArray *list = g_ptr_array_new ();
  gsize n;
  const GantrySopClass *table = gantry_sop_class_table (&n);

  if (chosen != NULL)
    for (gsize i = 0; chosen[i] != NULL; i++)
      g_ptr_array_add (list, (gpointer)chosen[i]);
  else
    for (gboolean retired = FALSE; retired <= TRUE; retired++)
      for (gsize i = 0; i < n; i++)
        if (table[i].retired == retired)
          g_ptr_array_add (list, (gpointer)table[i].uid);
  return list;
}

/* (element-type GantryContext): each class in each syntax, the ids as in the associations to come
 */
static GPtrArray *
make_contexts (const GantryProbeRequest *request)
{
  g_autoptr (GPtrArray) classes = list_classes (request->sop_classes);
  g_autoptr (GPtrArray) syntaxes = list_syntaxes (request->transfer_syntaxes);
  GPtrArray *contexts = gantry_record_array_new ();

  for (guint i = 0; i < classes->len; i++)
    for (guint j = 0; j < syntaxes->len; j++)
      {
        const char *proposed[] = { syntaxes->pdata[j], NULL };
        guint8 id = (guint8)(2 * (contexts->len % MAX_CONTEXTS) + 1);

        g_ptr_array_add (contexts, gantry_context_new (id, classes->pdata[i], proposed, "", 0));
      }
  return contexts;
}

/* ---- Asking --------------------------------------------------------------------------------- */

static void
release (GantryAssociation *association, GCancellable *cancellable)
{
  gulong handler = gantry_link_association (cancellable, association);

  gantry_association_release (association, NULL);
  g_cancellable_disconnect (cancellable, handler);
}

/* A class whose syntaxes are spread over two associations is answered twice. */
static gboolean
has_extended (GantryProbe *probe, const char *sop_class)
{
  for (guint i = 0; i < probe->extended->len; i++)
    if (strcmp (((GantryExtended *)probe->extended->pdata[i])->sop_class_uid, sop_class) == 0)
      return TRUE;
  return FALSE;
}

static void
note_facts (GantryProbe *probe, const GantryAssociationFacts *facts)
{
  gantry_record_set (&probe->implementation, *facts->peer_implementation_version != '\0'
                                                 ? facts->peer_implementation_version
                                                 : facts->peer_implementation_class_uid);
  probe->peer_max_pdu = facts->peer_max_pdu;
  probe->associations++;
  for (guint i = 0; i < facts->contexts->len; i++)
    g_ptr_array_add (probe->contexts, gantry_record_ref (facts->contexts->pdata[i]));
  for (guint i = 0; i < facts->answered_extended->len; i++)
    {
      GantryExtended *extended = facts->answered_extended->pdata[i];

      if (!has_extended (probe, extended->sop_class_uid))
        g_ptr_array_add (probe->extended, gantry_record_ref (extended));
    }
}

static gboolean
ask (GantryProbe *probe,
     const GantryProbeRequest *request,
     GPtrArray *contexts,
     GCancellable *cancellable,
     GError **error)
{
  const GantryNode *node = request->node;
  GantryTls tls;
  GantryAssociationRequest association_request = {
    .calling = gantry_node_get_calling (node, request->settings),
    .called = node->ae_title,
    .host = node->host,
    .port = node->port,
    .max_pdu = gantry_node_get_max_pdu (node, request->settings),
    .timeouts = gantry_node_get_timeouts (node, request->settings),
    .contexts = contexts,
    .extended_negotiation = TRUE,
  };
  g_autoptr (GantryAssociation) association = NULL;

  gantry_node_get_tls (node, request->settings, &tls);
  association_request.tls = tls.enabled ? &tls : NULL;
  association = gantry_association_request (&association_request, cancellable, NULL, NULL, error);
  if (association == NULL)
    return FALSE;
  note_facts (probe, gantry_association_get_facts (association));
  release (association, cancellable);
  return TRUE;
}

static void
describe (GantryProbe *probe, const GError *reason)
{
  g_autoptr (GHashTable) classes = g_hash_table_new (g_str_hash, g_str_equal);
  guint accepted = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < probe->contexts->len; i++)
    {
      const GantryContext *context = probe->contexts->pdata[i];

      if (context->result != 0)
        continue;
      accepted++;
      g_hash_table_add (classes, context->abstract_syntax);
    }
  if (reason != NULL)
    text = g_strdup_printf (_ ("The node stopped answering after %u of its associations: %s"),
                            probe->associations, reason->message);
  else if (accepted == 0)
    text = g_strdup (_ ("The node accepts associations, but no storage SOP class: it takes no "
                        "objects from this AE title. Ask its administrator."));
  else
    text
        = g_strdup_printf (ngettext ("The node takes %u SOP class.",
                                     "The node takes %u SOP classes.", g_hash_table_size (classes)),
                           g_hash_table_size (classes));
  gantry_record_set (&probe->message, text);
}

GantryProbe *
gantry_probe_run (const GantryProbeRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) all = make_contexts (request);
  g_autoptr (GantryProbe) probe = gantry_probe_new ();
  g_autoptr (GError) reason = NULL;
  gint64 before = g_get_monotonic_time ();

  probe->node = gantry_record_ref (request->node);
  probe->started = g_get_real_time ();
  for (guint first = 0; first < all->len && reason == NULL; first += MAX_CONTEXTS)
    {
      g_autoptr (GPtrArray) contexts = gantry_record_array_new ();
      gboolean good;

      for (guint i = first; i < MIN (all->len, first + MAX_CONTEXTS); i++)
        g_ptr_array_add (contexts, gantry_record_ref (all->pdata[i]));
      gantry_tracer_begin (request->tracer);
      good = ask (probe, request, contexts, cancellable, &reason);
      gantry_tracer_end ();
      if (good && request->progress != NULL)
        request->progress (first + contexts->len, all->len, request->user_data);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (probe->associations == 0)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }
  probe->complete = reason == NULL;
  probe->elapsed = g_get_monotonic_time () - before;
  describe (probe, reason);
  return g_steal_pointer (&probe);
}
