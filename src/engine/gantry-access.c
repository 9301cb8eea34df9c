/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-access.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-error.h"
#include "gantry-peer.h"
#include "gantry-registry.h"
#include "gantry-words.h"

/* PS3.8 9.3.4, rejected permanent by the service user: */
static const GantryReject reject_no_reason = { 1, 1, 1 };
static const GantryReject reject_calling = { 1, 1, 3 };
static const GantryReject reject_called = { 1, 1, 7 };

struct _GantryAccess
{
  char *ae_title;
  gboolean check_called;
  char **callers;  /* NULL: anybody */
  char **networks; /* NULL: any */
  GantryAcceptClasses classes;
  GantrySyntaxOrder syntaxes;
};

/* ---- Who ------------------------------------------------------------------------------------ */

static GInetAddress *
parse_address (const char *peer_address)
{
  const char *colon = strrchr (peer_address, ':');
  const char *start = *peer_address == '[' ? peer_address + 1 : peer_address;
  const char *end = colon != NULL ? colon : peer_address + strlen (peer_address);
  g_autofree char *text = NULL;

  if (end > start && end[-1] == ']')
    end--;
  text = g_strndup (start, (gsize)(end - start));
  return g_inet_address_new_from_string (text);
}

static gboolean
is_in (const char *network, GInetAddress *address)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (network, NULL);

  return mask != NULL && g_inet_address_mask_matches (mask, address);
}

gboolean
gantry_networks_contain (const char *const *networks, const char *peer_address)
{
  g_autoptr (GInetAddress) address = parse_address (peer_address);

  for (guint i = 0; address != NULL && networks[i] != NULL; i++)
    if (is_in (networks[i], address))
      return TRUE;
  return FALSE;
}

static gboolean
matches_any (char **patterns, const char *text)
{
  for (guint i = 0; patterns[i] != NULL; i++)
    if (g_pattern_match_simple (patterns[i], text))
      return TRUE;
  return FALSE;
}

gboolean
gantry_access_admit (const GantryAccess *self,
                     const GantryAssociationFacts *facts,
                     GantryReject *reject)
{
  if (self->networks != NULL
      && !gantry_networks_contain ((const char *const *)self->networks, facts->peer_address))
    *reject = reject_no_reason;
  else if (self->callers != NULL && !matches_any (self->callers, facts->calling))
    *reject = reject_calling;
  else if (self->check_called && strcmp (facts->called, self->ae_title) != 0)
    *reject = reject_called;
  else
    return TRUE;
  return FALSE;
}

static gboolean
is_same (const GantryReject *a, const GantryReject *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

char *
gantry_access_describe (const GantryAccess *self, const GantryTurnedAway *what)
{
  const GantryReject *reject = what->reject;

  if (is_same (reject, &reject_called))
    return g_strdup_printf (
        _ ("Rejected: it asked for “%s”, and this receiver is called “%s”. Correct the AE title at "
           "the caller, or let this receiver accept any called AE title."),
        what->called, self->ae_title);
  if (is_same (reject, &reject_calling) && *what->calling != '\0')
    return g_strdup_printf (
        _ ("Rejected: “%s” is not among the calling AE titles that this receiver lets in. Add it "
           "in the receiver’s preferences if it belongs there."),
        what->calling);
  if (is_same (reject, &reject_no_reason) && self->networks != NULL)
    return g_strdup_printf (
        _ ("Rejected: %s is not in the networks that this receiver lets in. Add its network in "
           "the receiver’s preferences if it belongs there."),
        what->peer_address);
  if (*what->calling == '\0')
    return g_strdup (
        _ ("Rejected: the caller gives no AE title of its own. Set one at the caller."));
  if (reject->source == 3)
    return g_strdup (
        _ ("Rejected: too many associations are open. The caller may try again later."));
  return gantry_reject_describe (reject->result, reject->source, reject->reason, what->called,
                                 what->calling);
}

/* ---- What ----------------------------------------------------------------------------------- */

static gboolean
is_declared (const GantryAssociationFacts *facts, const char *abstract_syntax)
{
  for (guint i = 0; i < facts->proposed_extended->len; i++)
    {
      const GantryExtended *extended = facts->proposed_extended->pdata[i];

      if (strcmp (extended->sop_class_uid, abstract_syntax) == 0
          && strcmp (extended->service_class_uid, GANTRY_UID_STORAGE_SERVICE) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What the standard names as something else than storage is refused whatever the peer says of it:
 * nobody here could answer its messages. */
static gboolean
is_wanted (const GantryAccess *self,
           const GantryAssociationFacts *facts,
           const char *abstract_syntax)
{
  if (strcmp (abstract_syntax, GANTRY_UID_VERIFICATION) == 0
      || gantry_sop_class_lookup (abstract_syntax) != NULL)
    return TRUE;
  if (self->classes == GANTRY_ACCEPT_STANDARD || gantry_uid_lookup (abstract_syntax) != NULL
      || !gantry_uid_is_valid (abstract_syntax))
    return FALSE;
  return self->classes == GANTRY_ACCEPT_UNKNOWN || is_declared (facts, abstract_syntax);
}

static const char *
choose_syntax (const GantryAccess *self, const char *const *proposed)
{
  static const char *const orders[][4] = {
    [GANTRY_SYNTAXES_AS_OFFERED] = { NULL },
    [GANTRY_SYNTAXES_UNCOMPRESSED]
    = { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_EXPLICIT_BE, GANTRY_UID_IMPLICIT_LE, NULL },
    [GANTRY_SYNTAXES_LITTLE_ENDIAN]
    = { GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, GANTRY_UID_EXPLICIT_BE, NULL },
    [GANTRY_SYNTAXES_BIG_ENDIAN]
    = { GANTRY_UID_EXPLICIT_BE, GANTRY_UID_EXPLICIT_LE, GANTRY_UID_IMPLICIT_LE, NULL },
    [GANTRY_SYNTAXES_IMPLICIT_ONLY] = { GANTRY_UID_IMPLICIT_LE, NULL },
  };
  const char *const *order = orders[self->syntaxes];

  for (guint i = 0; order[i] != NULL; i++)
    if (g_strv_contains (proposed, order[i]))
      return order[i];
  return self->syntaxes == GANTRY_SYNTAXES_IMPLICIT_ONLY ? NULL : proposed[0];
}

/* Verification has no data set, so any syntax will do; objects are kept as they come, whatever they
 * are encoded in. */
const char *
gantry_access_choose (const GantryAccess *self,
                      const GantryAssociationFacts *facts,
                      const GantryContext *context,
                      guint8 *result)
{
  const char *syntax;

  if (!is_wanted (self, facts, context->abstract_syntax))
    {
      *result = 3;
      return NULL;
    }
  syntax = context->proposed != NULL ? choose_syntax (self, (const char *const *)context->proposed)
                                     : NULL;
  *result = syntax != NULL ? 0 : 4;
  return syntax;
}

/* ---- Life ----------------------------------------------------------------------------------- */

static gboolean
check_networks (const char *const *networks, GError **error)
{
  for (guint i = 0; networks != NULL && networks[i] != NULL; i++)
    {
      g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (networks[i], NULL);

      if (mask != NULL)
        continue;
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                   _ ("“%s” is no network. Write one as 10.0.0.0/8, a single address as 10.0.0.5."),
                   networks[i]);
      return FALSE;
    }
  return TRUE;
}

/* A pattern may be longer than what it matches, but not hold what no AE title can. */
static gboolean
check_callers (const char *const *callers, GError **error)
{
  for (guint i = 0; callers != NULL && callers[i] != NULL; i++)
    {
      gsize length = strlen (callers[i]);
      gboolean good = length > 0 && length <= 64;

      for (const char *c = callers[i]; *c != '\0'; c++)
        good = good && g_ascii_isprint (*c) && *c != '\\';
      if (good)
        continue;
      g_set_error (error, GANTRY_ERROR, GANTRY_ERROR_ADDRESS,
                   _ ("“%s” matches no AE title. Write one as it is, or with * and ? for what "
                      "may vary."),
                   callers[i]);
      return FALSE;
    }
  return TRUE;
}

static char **
dup_list (const char *const *list)
{
  return list != NULL && list[0] != NULL ? g_strdupv ((char **)list) : NULL;
}

GantryAccess *
gantry_access_new (const GantryListenSettings *settings, GError **error)
{
  GantryAccess *self;

  if (!check_networks (settings->networks, error) || !check_callers (settings->callers, error))
    return NULL;
  self = g_new0 (GantryAccess, 1);
  self->ae_title = g_strdup (settings->ae_title);
  self->check_called = settings->check_called;
  self->callers = dup_list (settings->callers);
  self->networks = dup_list (settings->networks);
  self->classes = settings->classes;
  self->syntaxes = settings->syntaxes;
  return self;
}

void
gantry_access_free (GantryAccess *self)
{
  g_free (self->ae_title);
  g_strfreev (self->callers);
  g_strfreev (self->networks);
  g_free (self);
}
