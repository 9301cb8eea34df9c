/* gantry-proposal.h - which presentation contexts a job needs, and which way an answer leaves open
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Policy only: UIDs in, contexts and ways out. Immutable once made, so any thread may ask.
 */
#pragma once

#include "gantry-engine.h"

G_BEGIN_DECLS

#define GANTRY_PROPOSAL_MAX 128 /* contexts an association: odd ids up to 255 (PS3.8 9.3.2.2) */

/* What may be done with an instance that the node does not take as it is. */
typedef struct
{
  GantryTranscoding transcoding;
  gboolean fall_back; /* to related general SOP classes (PS3.4 B.4.2.1) */
} GantrySendPolicy;

/* What @options say, and @settings where they say nothing. */
GantrySendPolicy gantry_send_policy_get (const GantrySendSettings *settings,
                                         const GantryNodeOptions *options);

typedef struct _GantryProposal GantryProposal;

/**
 * gantry_proposal_new:
 * @pairs: (element-type GantryContext): each SOP class with one transfer syntax of its files
 *
 * The contexts that these need under @policy, at most %GANTRY_PROPOSAL_MAX a pass. A pair and what
 * it could become instead are in one pass. In a pass come first the files' own transfer syntaxes,
 * each in a context of its own, then what they can be transcoded to, then the same for related
 * general SOP classes.
 */
GantryProposal *gantry_proposal_new (GPtrArray *pairs, const GantrySendPolicy *policy);
GantryProposal *gantry_proposal_ref (GantryProposal *self);
void gantry_proposal_unref (GantryProposal *self);

guint gantry_proposal_get_n_passes (GantryProposal *self); /* at least one */
/* (transfer none) (element-type GantryContext): ready for an association request */
GPtrArray *gantry_proposal_get_contexts (GantryProposal *self, guint pass);
/* In which pass a pair goes; -1: it is none of the pairs. */
gint gantry_proposal_find_pass (GantryProposal *self, const char *sop_class, const char *syntax);

/* Whether the node has not shown in which transfer syntax it would take @sop_class: nothing of it
 * was accepted, but not because of the class (PS3.8 9.3.3.2: 3). */
gboolean gantry_proposal_is_open (const GPtrArray *answered, const char *sop_class);

/**
 * gantry_proposal_add_questions:
 * @answered: (element-type GantryContext): how the node answered a pass
 *
 * Where a pair is not accepted and the node has not shown what it would take instead, only a second
 * association can find out.
 *
 * Returns: (transfer full) (nullable): the contexts of the pass and behind them, as far as there is
 *   room, the common transfer syntaxes for those SOP classes, to be proposed instead; %NULL when
 *   nothing is left to ask
 */
GPtrArray *
gantry_proposal_add_questions (GantryProposal *self, guint pass, const GPtrArray *answered);

/* How an instance goes over an association. */
typedef struct
{
  GantryForecastKind kind;
  guint8 context_id; /* 0 when kind is refused */
  /* What it goes as: its own SOP class and transfer syntax where nothing is changed. The text is
   * the caller's, the registry's or the transcoder's. */
  const char *sop_class;
  const char *syntax;
} GantryWay;

/* As it is, wherever the node takes that; else transcoded; else under a general SOP class; else
 * both. FALSE: there is no way. */
gboolean gantry_proposal_find_way (GantryProposal *self,
                                   const GPtrArray *answered,
                                   const char *sop_class,
                                   const char *syntax,
                                   GantryWay *way);

/* Why there is no way: what the node would take, why it does not get that, and who can change what.
 */
char *gantry_proposal_explain (GantryProposal *self,
                               const GPtrArray *answered,
                               const char *sop_class,
                               const char *syntax);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GantryProposal, gantry_proposal_unref)

G_END_DECLS
