/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gantry-proposal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "gantry-registry.h"
#include "gantry-transcode.h"
#include "gantry-words.h"

/* In this order the contexts of a pass are proposed. */
enum
{
  TIER_OWN,
  TIER_TRANSCODED,
  TIER_GENERAL,
  TIER_GENERAL_TRANSCODED,
  N_TIERS
};

typedef struct
{
  GPtrArray *pairs;    /* GantryContext, borrowed */
  GPtrArray *contexts; /* GantryContext */
} Pass;

struct _GantryProposal
{
  gatomicrefcount refs;
  GantrySendPolicy policy;
  GPtrArray *pairs;
  GPtrArray *passes;   /* Pass */
  GHashTable *pass_of; /* "class syntax" to number */
};

GantrySendPolicy
gantry_send_policy_get (const GantrySendSettings *settings, const GantryNodeOptions *options)
{
  GantrySendPolicy policy = { settings->transcoding, settings->fall_back };

  if (options->transcoding >= 0 && options->transcoding < GANTRY_N_TRANSCODINGS)
    policy.transcoding = (GantryTranscoding)options->transcoding;
  if (options->fall_back >= 0)
    policy.fall_back = options->fall_back != 0;
  return policy;
}

/* ---- Making --------------------------------------------------------------------------------- */

/* What a pass is made of, while it is filled. */
typedef struct
{
  GPtrArray *pairs;
  GPtrArray *tiers[N_TIERS];
  GHashTable *known; /* keys of what the tiers hold */
} Filling;

/* What one pair needs: at most its own context, a transcoded one, and both for each general class.
 */
typedef struct
{
  const char *sop_class;
  const char *const *syntaxes;
  guint tier;
} Need;

static char *
make_key (const char *sop_class, const char *const *syntaxes)
{
  g_autofree char *list = g_strjoinv (" ", (char **)syntaxes);

  return g_strconcat (sop_class, " ", list, NULL);
}

static Filling *
filling_new (void)
{
  Filling *self = g_new (Filling, 1);

  self->pairs = g_ptr_array_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < N_TIERS; i++)
    self->tiers[i] = gantry_record_array_new ();
  return self;
}

static Pass *
filling_finish (Filling *self)
{
  Pass *pass = g_new (Pass, 1);

  *pass = (Pass){ self->pairs, gantry_record_array_new () };
  for (guint tier = 0; tier < N_TIERS; tier++)
    {
      for (guint i = 0; i < self->tiers[tier]->len; i++)
        {
          GantryContext *context = self->tiers[tier]->pdata[i];

          context->id = (guint8)(2 * pass->contexts->len + 1);
          g_ptr_array_add (pass->contexts, gantry_record_ref (context));
        }
      g_ptr_array_unref (self->tiers[tier]);
    }
  g_hash_table_unref (self->known);
  g_free (self);
  return pass;
}

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  g_ptr_array_unref (pass->pairs);
  g_ptr_array_unref (pass->contexts);
  g_free (pass);
}

/* FALSE, and nothing is added, when there is no room for all of @needs. */
static gboolean
fill (Filling *self, GantryContext *pair, const GArray *needs)
{
  guint n_new = 0;

  for (guint i = 0; i < needs->len; i++)
    {
      const Need *need = &g_array_index (needs, Need, i);
      g_autofree char *key = make_key (need->sop_class, need->syntaxes);

      n_new += !g_hash_table_contains (self->known, key);
    }
  if (g_hash_table_size (self->known) + n_new > GANTRY_PROPOSAL_MAX)
    return FALSE;

  for (guint i = 0; i < needs->len; i++)
    {
      const Need *need = &g_array_index (needs, Need, i);

      if (g_hash_table_add (self->known, make_key (need->sop_class, need->syntaxes)))
        g_ptr_array_add (self->tiers[need->tier],
                         gantry_context_new (0, need->sop_class, need->syntaxes, "", 0));
    }
  g_ptr_array_add (self->pairs, pair);
  return TRUE;
}

/* The two that everybody knows come first, whichever pair brought them. */
static void
add_target (GPtrArray *targets, const char *syntax)
{
  guint at = targets->len;

  if (g_ptr_array_find_with_equal_func (targets, syntax, g_str_equal, NULL))
    return;
  if (strcmp (syntax, GANTRY_UID_EXPLICIT_LE) == 0)
    at = 0;
  else if (strcmp (syntax, GANTRY_UID_IMPLICIT_LE) == 0)
    at = targets->len > 0 && strcmp (targets->pdata[0], GANTRY_UID_EXPLICIT_LE) == 0;
  g_ptr_array_insert (targets, (gint)at, (gpointer)syntax);
}

/* SOP class to what its files can become, together: one context serves them all. */
static GHashTable *
collect_targets (GPtrArray *pairs, GantryTranscoding transcoding)
{
  GHashTable *all
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  GHashTableIter iter;
  gpointer targets;

  for (guint i = 0; i < pairs->len; i++)
    {
      GantryContext *pair = pairs->pdata[i];
      const char *const *list = gantry_transcode_list_targets (pair->proposed[0], transcoding);

      if (*list == NULL)
        continue;
      targets = g_hash_table_lookup (all, pair->abstract_syntax);
      if (targets == NULL)
        g_hash_table_insert (all, pair->abstract_syntax, targets = g_ptr_array_new ());
      for (; *list != NULL; list++)
        add_target (targets, *list);
    }
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &targets))
    g_ptr_array_add (targets, NULL);
  return all;
}

static const char *const *
list_general (const GantrySendPolicy *policy, const char *sop_class)
{
  static const char *const none[] = { NULL };
  const GantrySopClass *row = policy->fall_back ? gantry_sop_class_lookup (sop_class) : NULL;

  return row != NULL && row->general != NULL ? row->general : none;
}

static GArray *
list_needs (const GantrySendPolicy *policy, const GantryContext *pair, GPtrArray *targets)
{
  GArray *needs = g_array_new (FALSE, FALSE, sizeof (Need));
  const char *const *own = (const char *const *)pair->proposed;
  const char *const *others = targets != NULL ? (const char *const *)targets->pdata : NULL;
  const Need as_is = { pair->abstract_syntax, own, TIER_OWN };
  const Need transcoded = { pair->abstract_syntax, others, TIER_TRANSCODED };

  g_array_append_val (needs, as_is);
  if (others != NULL)
    g_array_append_val (needs, transcoded);
  for (const char *const *g = list_general (policy, pair->abstract_syntax); *g != NULL; g++)
    {
      const Need general = { *g, own, TIER_GENERAL };
      const Need both = { *g, others, TIER_GENERAL_TRANSCODED };

      g_array_append_val (needs, general);
      if (others != NULL)
        g_array_append_val (needs, both);
    }
  return needs;
}

GantryProposal *
gantry_proposal_new (GPtrArray *pairs, const GantrySendPolicy *policy)
{
  GantryProposal *self = g_new0 (GantryProposal, 1);
  g_autoptr (GHashTable) all_targets = collect_targets (pairs, policy->transcoding);
  Filling *filling = filling_new ();

  g_atomic_ref_count_init (&self->refs);
  self->policy = *policy;
  self->pairs = g_ptr_array_ref (pairs);
  self->passes = g_ptr_array_new_with_free_func (pass_free);
  self->pass_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < pairs->len; i++)
    {
      GantryContext *pair = pairs->pdata[i];
      const char *const *own = (const char *const *)pair->proposed;
      GPtrArray *targets = *gantry_transcode_list_targets (own[0], policy->transcoding) != NULL
                               ? g_hash_table_lookup (all_targets, pair->abstract_syntax)
                               : NULL;
      g_autoptr (GArray) needs = list_needs (policy, pair, targets);

      if (!fill (filling, pair, needs))
        {
          g_ptr_array_add (self->passes, filling_finish (filling));
          filling = filling_new ();
          fill (filling, pair, needs);
        }
      g_hash_table_insert (self->pass_of, make_key (pair->abstract_syntax, own),
                           GUINT_TO_POINTER (self->passes->len));
    }
  g_ptr_array_add (self->passes, filling_finish (filling));
  return self;
}

GantryProposal *
gantry_proposal_ref (GantryProposal *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
gantry_proposal_unref (GantryProposal *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->passes);
  g_ptr_array_unref (self->pairs);
  g_hash_table_unref (self->pass_of);
  g_free (self);
}

/* ---- Proposing ------------------------------------------------------------------------------ */

guint
gantry_proposal_get_n_passes (GantryProposal *self)
{
  return self->passes->len;
}

GPtrArray *
gantry_proposal_get_contexts (GantryProposal *self, guint pass)
{
  const Pass *p = self->passes->pdata[pass];

  return p->contexts;
}

gint
gantry_proposal_find_pass (GantryProposal *self, const char *sop_class, const char *syntax)
{
  const char *const syntaxes[] = { syntax, NULL };
  g_autofree char *key = make_key (sop_class, syntaxes);
  gpointer pass;

  return g_hash_table_lookup_extended (self->pass_of, key, NULL, &pass) ? GPOINTER_TO_INT (pass)
                                                                        : -1;
}

static gpointer
ref_context (gconstpointer context, gpointer data G_GNUC_UNUSED)
{
  return gantry_record_ref ((gpointer)context);
}

static guint8
find_accepted (const GPtrArray *answered, const char *sop_class, const char *syntax)
{
  for (guint i = 0; i < answered->len; i++)
    {
      const GantryContext *context = answered->pdata[i];

      if (context->result == 0 && strcmp (context->accepted, syntax) == 0
          && strcmp (context->abstract_syntax, sop_class) == 0)
        return context->id;
    }
  return 0;
}

gboolean
gantry_proposal_is_open (const GPtrArray *answered, const char *sop_class)
{
  gboolean open = FALSE;

  for (guint i = 0; i < answered->len; i++)
    {
      const GantryContext *context = answered->pdata[i];

      if (strcmp (context->abstract_syntax, sop_class) != 0)
        continue;
      if (context->result == 0)
        return FALSE;
      open |= context->result != 3;
    }
  return open;
}

static gboolean
was_proposed (const GPtrArray *contexts, const char *sop_class, const char *syntax)
{
  for (guint i = 0; i < contexts->len; i++)
    {
      const GantryContext *context = contexts->pdata[i];

      if (strcmp (context->abstract_syntax, sop_class) == 0
          && strcmp (context->proposed[0], syntax) == 0 && context->proposed[1] == NULL)
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
gantry_proposal_add_questions (GantryProposal *self, guint pass, const GPtrArray *answered)
{
  /* The likeliest first, in case that there is not room for all. */
  static const char *const common[] = {
    GANTRY_UID_EXPLICIT_LE,   GANTRY_UID_IMPLICIT_LE, "1.2.840.10008.1.2.4.50", /* JPEG baseline */
    "1.2.840.10008.1.2.4.70", /* JPEG lossless, first-order prediction */
    "1.2.840.10008.1.2.4.90", /* JPEG 2000 lossless */
    "1.2.840.10008.1.2.4.80", /* JPEG-LS lossless */
    "1.2.840.10008.1.2.5",    /* RLE */
  };
  const Pass *p = self->passes->pdata[pass];
  g_autoptr (GPtrArray) contexts = g_ptr_array_copy (p->contexts, ref_context, NULL);
  GantryWay way;

  g_ptr_array_set_free_func (contexts, gantry_record_unref);
  for (guint s = 0; s < G_N_ELEMENTS (common); s++)
    for (guint i = 0; i < p->pairs->len && contexts->len < GANTRY_PROPOSAL_MAX; i++)
      {
        const GantryContext *pair = p->pairs->pdata[i];
        const char *const syntaxes[] = { common[s], NULL };

        if (gantry_proposal_is_open (answered, pair->abstract_syntax)
            && !was_proposed (contexts, pair->abstract_syntax, common[s])
            && !gantry_proposal_find_way (self, answered, pair->abstract_syntax, pair->proposed[0],
                                          &way))
          g_ptr_array_add (contexts, gantry_context_new ((guint8)(2 * contexts->len + 1),
                                                         pair->abstract_syntax, syntaxes, "", 0));
      }
  return contexts->len > p->contexts->len ? g_steal_pointer (&contexts) : NULL;
}

/* ---- Ways ----------------------------------------------------------------------------------- */

static gboolean
find_under (const GPtrArray *answered,
            const char *sop_class,
            const char *const *syntaxes,
            GantryWay *way)
{
  for (; *syntaxes != NULL; syntaxes++)
    {
      way->context_id = find_accepted (answered, sop_class, *syntaxes);
      way->sop_class = sop_class;
      way->syntax = *syntaxes;
      if (way->context_id != 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
gantry_proposal_find_way (GantryProposal *self,
                          const GPtrArray *answered,
                          const char *sop_class,
                          const char *syntax,
                          GantryWay *way)
{
  const char *const own[] = { syntax, NULL };
  const char *const *targets, *const *general;

  way->kind = GANTRY_FORECAST_AS_IS;
  if (find_under (answered, sop_class, own, way))
    return TRUE;

  targets = gantry_transcode_list_targets (syntax, self->policy.transcoding);
  general = list_general (&self->policy, sop_class);
  way->kind = GANTRY_FORECAST_CHANGED;
  if (find_under (answered, sop_class, targets, way))
    return TRUE;
  for (guint i = 0; general[i] != NULL; i++)
    if (find_under (answered, general[i], own, way))
      return TRUE;
  for (guint i = 0; general[i] != NULL; i++)
    if (find_under (answered, general[i], targets, way))
      return TRUE;

  *way = (GantryWay){ GANTRY_FORECAST_REFUSED, 0, sop_class, syntax };
  return FALSE;
}

/* "Explicit VR LE, RLE Lossless"; NULL when the node took the class in none. */
static char *
list_taken (const GPtrArray *answered, const char *sop_class)
{
  g_autoptr (GPtrArray) uids = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < answered->len; i++)
    {
      const GantryContext *context = answered->pdata[i];

      if (context->result != 0 || strcmp (context->abstract_syntax, sop_class) != 0
          || g_ptr_array_find_with_equal_func (uids, context->accepted, g_str_equal, NULL))
        continue;
      g_ptr_array_add (uids, context->accepted);
      g_ptr_array_add (names, gantry_transfer_syntax_describe (context->accepted));
    }
  if (names->len == 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  /* Translators: between the members of a list */
  return g_strjoinv (_ (", "), (char **)names->pdata);
}

/* Whether converting under @policy would bring something that the node takes, as far as is known.
 */
static gboolean
would_help (const GPtrArray *answered,
            const char *sop_class,
            const char *syntax,
            GantryTranscoding policy)
{
  const char *const *targets = gantry_transcode_list_targets (syntax, policy);

  for (guint i = 0; targets[i] != NULL; i++)
    if (find_accepted (answered, sop_class, targets[i]) != 0)
      return TRUE;
  return FALSE;
}

/* Why the file was not made into something that the node takes, and who can change that. @known:
 * whether it is said what that would be */
static const char *
explain_transcoding (GantryProposal *self,
                     const GPtrArray *answered,
                     const char *sop_class,
                     const char *syntax,
                     gboolean known)
{
  if (*gantry_transcode_list_targets (syntax, GANTRY_TRANSCODING_ANY) == NULL)
    return _ ("Gantry cannot decode this transfer syntax to convert the file. Ask the node's "
              "administrator to allow it.");
  if (self->policy.transcoding == GANTRY_TRANSCODING_NEVER
      && would_help (answered, sop_class, syntax, GANTRY_TRANSCODING_LOSSLESS))
    return _ ("Gantry may not convert files for this node. Allow it in the settings for sending, "
              "or ask the node's administrator to allow the file's transfer syntax.");
  if (self->policy.transcoding != GANTRY_TRANSCODING_ANY
      && would_help (answered, sop_class, syntax, GANTRY_TRANSCODING_ANY))
    return self->policy.transcoding == GANTRY_TRANSCODING_NEVER
               ? _ ("Gantry may not convert files for this node, and this one may be compressed "
                    "with loss. Allow converting such files too in the settings for sending, or "
                    "ask the node's administrator to allow the file's transfer syntax.")
               : _ (
                   "Gantry did not convert the file, because it may be compressed with loss. Allow "
                   "converting such files too in the settings for sending, or ask the node's "
                   "administrator to allow the file's transfer syntax.");
  return known
             ? _ ("Gantry cannot convert the file into any of these. Ask the node's administrator "
                  "to allow the file's transfer syntax.")
             : _ ("Ask the node's administrator to allow the file's transfer syntax.");
}

/* NULL: the class has no related general one. */
static const char *
explain_fall_back (GantryProposal *self, const char *sop_class)
{
  const GantrySendPolicy allowed = { .fall_back = TRUE };

  if (*list_general (&allowed, sop_class) == NULL)
    return NULL;
  return self->policy.fall_back
             ? _ ("Nor does it take the related general SOP classes in a way that Gantry can send.")
             : _ ("It may take a related general SOP class instead: allow this in the settings for "
                  "sending.");
}

static char *
explain_class (GantryProposal *self, const char *sop_class, const GantryContext *context)
{
  g_autofree char *name = gantry_uid_describe (sop_class);
  const char *fall_back = explain_fall_back (self, sop_class);
  g_autofree char *text
      = context != NULL
            /* Translators: a SOP class, and the node's answer: "SOP class not supported" */
            ? g_strdup_printf (_ ("Not accepted: the node does not take %1$s (%2$s). Ask its "
                                  "administrator to enable this SOP class."),
                               name, gantry_context_result_describe (context->result))
            : g_strdup_printf (_ ("Not accepted: the node does not take %s. Ask its administrator "
                                  "to enable this SOP class."),
                               name);

  return fall_back != NULL ? g_strdup_printf ("%s %s", text, fall_back) : g_steal_pointer (&text);
}

static char *
explain_syntax (GantryProposal *self,
                const GPtrArray *answered,
                const char *sop_class,
                const char *syntax)
{
  g_autofree char *class_name = gantry_uid_describe (sop_class);
  g_autofree char *syntax_name = gantry_transfer_syntax_describe (syntax);
  g_autofree char *taken = list_taken (answered, sop_class);
  const char *why = explain_transcoding (self, answered, sop_class, syntax, taken != NULL);

  if (taken == NULL)
    return g_strdup_printf (_ ("Not accepted: the node does not take %1$s in the transfer syntax "
                               "of this file, %2$s. %3$s"),
                            class_name, syntax_name, why);
  /* Translators: a SOP class, a transfer syntax, a list of those that the node takes, a sentence */
  return g_strdup_printf (_ ("Not accepted: the node takes %1$s, but not in the transfer syntax of "
                             "this file, %2$s. It would take %3$s. %4$s"),
                          class_name, syntax_name, taken, why);
}

char *
gantry_proposal_explain (GantryProposal *self,
                         const GPtrArray *answered,
                         const char *sop_class,
                         const char *syntax)
{
  const GantryContext *refused = NULL;

  for (guint i = 0; i < answered->len; i++)
    {
      const GantryContext *context = answered->pdata[i];

      if (strcmp (context->abstract_syntax, sop_class) != 0)
        continue;
      if (context->result == 0 || context->result == 4)
        return explain_syntax (self, answered, sop_class, syntax);
      refused = context;
    }
  return explain_class (self, sop_class, refused);
}
