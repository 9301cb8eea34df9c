/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of an association comes from its two A-ASSOCIATE PDUs as they were on the wire.
 */
#include "config.h"

#include "gantry-association-private.hh"

#include <glib/gi18n-lib.h>

#include "gantry-error.h"
#include "gantry-pdu.h"
#include "gantry-registry.h"

static char *
dup_text (const char *text)
{
  return g_utf8_make_valid (text != NULL ? text : "", -1);
}

static void
facts_set_peer (GantryAssociationFacts *facts, const GantryAssociatePdu *pdu)
{
  facts->peer_max_pdu = pdu->max_pdu;
  g_free (facts->peer_implementation_class_uid);
  facts->peer_implementation_class_uid = dup_text (pdu->implementation_class_uid);
  g_free (facts->peer_implementation_version);
  facts->peer_implementation_version = dup_text (pdu->implementation_version);
}

static const GantryContext *
find_context (GPtrArray *contexts, guint8 id)
{
  for (guint i = 0; i < contexts->len; i++)
    if (((GantryContext *)contexts->pdata[i])->id == id)
      return (const GantryContext *)contexts->pdata[i];
  return NULL;
}

gboolean
gantry_association_facts_set_request (GantryAssociation *self, GBytes *bytes, GError **error)
{
  GantryAssociationFacts *facts = &self->facts;
  g_auto (GantryAssociatePdu) pdu = {};
  gsize length = 0;
  const guint8 *data = bytes != NULL ? (const guint8 *)g_bytes_get_data (bytes, &length) : NULL;

  if (!gantry_associate_pdu_parse (&pdu, data, length, error))
    return FALSE;
  facts->request_pdu = g_bytes_ref (bytes);
  facts->called = dup_text (pdu.called);
  facts->calling = dup_text (pdu.calling);
  facts->contexts = g_ptr_array_ref (pdu.contexts);
  g_ptr_array_unref (facts->proposed_extended);
  facts->proposed_extended = g_ptr_array_ref (pdu.extended);
  if (self->is_acceptor)
    facts_set_peer (facts, &pdu);
  return TRUE;
}

/* Neither can be found out from an answer alone, and dcmnet looks for neither. */
static gboolean
check_answer (const GantryAssociationFacts *facts, const GantryAssociatePdu *pdu, GError **error)
{
  for (guint i = 0; i < pdu->contexts->len; i++)
    {
      const GantryContext *answer = (const GantryContext *)pdu->contexts->pdata[i];
      const GantryContext *proposed = find_context (facts->contexts, answer->id);

      if (proposed == NULL)
        {
          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                       _ ("The other side answered presentation context %u, which was not "
                          "proposed. Ask its administrator for its log and its software version."),
                       answer->id);
          return FALSE;
        }
      if (answer->result == 0
          && !g_strv_contains ((const char *const *)proposed->proposed, answer->accepted))
        {
          g_autofree char *name = gantry_uid_describe (proposed->abstract_syntax);
          g_autofree char *syntax = gantry_transfer_syntax_describe (answer->accepted);

          g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_PROTOCOL,
                       _ ("The other side accepted %s in a transfer syntax that was not proposed: "
                          "%s. Ask its administrator for its log and its software version."),
                       name, syntax);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
gantry_association_facts_set_answer (GantryAssociation *self, GBytes *bytes, GError **error)
{
  GantryAssociationFacts *facts = &self->facts;
  g_auto (GantryAssociatePdu) pdu = {};
  GPtrArray *answered;
  gsize length = 0;
  const guint8 *data = bytes != NULL ? (const guint8 *)g_bytes_get_data (bytes, &length) : NULL;

  if (!gantry_associate_pdu_parse (&pdu, data, length, error)
      || (!self->is_acceptor && !check_answer (facts, &pdu, error)))
    return FALSE;

  answered = gantry_record_array_new ();
  for (guint i = 0; i < facts->contexts->len; i++)
    {
      const GantryContext *proposed = (const GantryContext *)facts->contexts->pdata[i];
      const GantryContext *answer = find_context (pdu.contexts, proposed->id);

      /* A context without an answer is refused for no reason given (PS3.8 9.3.3.2). */
      g_ptr_array_add (answered, gantry_context_new (proposed->id, proposed->abstract_syntax,
                                                     (const char *const *)proposed->proposed,
                                                     answer != NULL ? answer->accepted : "",
                                                     answer != NULL ? answer->result : 2));
    }
  g_ptr_array_unref (facts->contexts);
  facts->contexts = answered;
  g_ptr_array_unref (facts->answered_extended);
  facts->answered_extended = g_ptr_array_ref (pdu.extended);
  facts->answer_pdu = g_bytes_ref (bytes);
  if (!self->is_acceptor)
    facts_set_peer (facts, &pdu);
  return TRUE;
}

void
gantry_association_facts_clear (GantryAssociationFacts *facts)
{
  g_free (facts->calling);
  g_free (facts->called);
  g_free (facts->peer_address);
  g_free (facts->tls);
  g_free (facts->peer_implementation_class_uid);
  g_free (facts->peer_implementation_version);
  g_clear_pointer (&facts->contexts, g_ptr_array_unref);
  g_clear_pointer (&facts->proposed_extended, g_ptr_array_unref);
  g_clear_pointer (&facts->answered_extended, g_ptr_array_unref);
  g_clear_pointer (&facts->request_pdu, g_bytes_unref);
  g_clear_pointer (&facts->answer_pdu, g_bytes_unref);
}
