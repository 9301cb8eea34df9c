/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which presentation contexts a job needs, and what an answer leaves open: UIDs by short names.
 */
#include <string.h>

#include "gantry-proposal.h"
#include "gantry-registry.h"

static const struct
{
  const char *name, *uid;
} uids[] = {
  { "CT", "1.2.840.10008.5.1.4.1.1.2" },
  { "US", "1.2.840.10008.5.1.4.1.1.6.1" },
  { "ECT", "1.2.840.10008.5.1.4.1.1.2.1" },
  { "LCT", "1.2.840.10008.5.1.4.1.1.2.2" }, /* legacy converted, general for enhanced CT */
  { "PSR", "1.2.840.10008.5.1.4.1.1.88.34" },
  { "CSR", "1.2.840.10008.5.1.4.1.1.88.33" },
  { "XSR", "1.2.840.10008.5.1.4.1.1.88.35" },
  { "PRIV", "1.2.826.0.1.3680043.9.9999.1" },
  { "exp", GANTRY_UID_EXPLICIT_LE },
  { "imp", GANTRY_UID_IMPLICIT_LE },
  { "dfl", GANTRY_UID_DEFLATED_LE },
  { "big", GANTRY_UID_EXPLICIT_BE },
  { "rle", "1.2.840.10008.1.2.5" },
  { "jpg", "1.2.840.10008.1.2.4.50" },
  { "jll", "1.2.840.10008.1.2.4.70" },
  { "j2k", "1.2.840.10008.1.2.4.90" },
  { "jls", "1.2.840.10008.1.2.4.80" },
  { "mp4", "1.2.840.10008.1.2.4.102" },
};

static const char *
to_uid (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (uids); i++)
    if (strcmp (uids[i].name, name) == 0)
      return uids[i].uid;
  g_error ("no %s", name);
}

static const char *
to_name (const char *uid)
{
  for (gsize i = 0; i < G_N_ELEMENTS (uids); i++)
    if (strcmp (uids[i].uid, uid) == 0)
      return uids[i].name;
  return uid;
}

/* "CT:exp US:jpg,rle=jpg CT:imp/4": class, proposed syntaxes, accepted one or result. */
static GPtrArray *
parse (const char *text)
{
  GPtrArray *contexts = gantry_record_array_new ();
  g_auto (GStrv) words = g_strsplit (text, " ", 0);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      char *colon = strchr (words[i], ':');
      char *accepted = strchr (words[i], '=');
      char *result = strchr (words[i], '/');
      g_auto (GStrv) names = NULL;

      *colon = '\0';
      if (accepted != NULL)
        *accepted++ = '\0';
      if (result != NULL)
        *result++ = '\0';
      names = g_strsplit (colon + 1, ",", 0);
      for (guint n = 0; names[n] != NULL; n++)
        {
          const char *uid = to_uid (names[n]);

          g_free (names[n]);
          names[n] = g_strdup (uid);
        }
      g_ptr_array_add (
          contexts,
          gantry_context_new ((guint8)(2 * i + 1), to_uid (words[i]), (const char *const *)names,
                              accepted != NULL ? to_uid (accepted) : "",
                              result != NULL ? (guint8)g_ascii_digit_value (*result) : 0));
    }
  return contexts;
}

static char *
to_text (GPtrArray *contexts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < contexts->len; i++)
    {
      const GantryContext *context = contexts->pdata[i];

      g_assert_cmpuint (context->id, ==, 2 * i + 1);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", to_name (context->abstract_syntax));
      for (guint n = 0; context->proposed[n] != NULL; n++)
        g_string_append_printf (text, "%c%s", n > 0 ? ',' : ':', to_name (context->proposed[n]));
    }
  return g_string_free (text, FALSE);
}

#define NEVER GANTRY_TRANSCODING_NEVER
#define LOSSLESS GANTRY_TRANSCODING_LOSSLESS
#define ANY GANTRY_TRANSCODING_ANY

/* ---- What is proposed ----------------------------------------------------------------------- */

static const struct
{
  const char *name;
  GantrySendPolicy policy;
  const char *pairs, *contexts;
} proposals[] = {
  { "nothing", { LOSSLESS, TRUE }, "", "" },
  { "never", { NEVER, FALSE }, "CT:exp CT:rle US:jpg", "CT:exp CT:rle US:jpg" },
  { "compressed", { LOSSLESS, FALSE }, "CT:rle", "CT:rle CT:exp,imp,dfl,big" },
  { "plain", { LOSSLESS, FALSE }, "CT:exp", "CT:exp CT:imp,dfl,big" },
  { "implicit", { LOSSLESS, FALSE }, "CT:imp", "CT:imp CT:exp,dfl,big" },
  { "own-first",
    { LOSSLESS, FALSE },
    "CT:rle US:jll",
    "CT:rle US:jll CT:exp,imp,dfl,big US:exp,imp,dfl,big" },
  /* One context for the class, the best first whichever pair it comes from. */
  { "shared", { LOSSLESS, FALSE }, "CT:exp CT:rle", "CT:exp CT:rle CT:exp,imp,dfl,big" },
  { "lossy-stays", { LOSSLESS, FALSE }, "US:jpg", "US:jpg" },
  { "lossy-too", { ANY, FALSE }, "US:jpg", "US:jpg US:exp,imp,dfl,big" },
  { "no-decoder", { ANY, FALSE }, "US:mp4", "US:mp4" },
  { "no-fall-back", { NEVER, FALSE }, "ECT:exp", "ECT:exp" },
  { "fall-back", { NEVER, TRUE }, "ECT:exp", "ECT:exp LCT:exp" },
  { "fall-back-none", { NEVER, TRUE }, "CT:exp PRIV:exp", "CT:exp PRIV:exp" },
  { "fall-back-transcoded",
    { LOSSLESS, TRUE },
    "ECT:rle CT:rle",
    "ECT:rle CT:rle ECT:exp,imp,dfl,big CT:exp,imp,dfl,big LCT:rle LCT:exp,imp,dfl,big" },
  { "several-general", { NEVER, TRUE }, "CSR:exp", "CSR:exp PSR:exp XSR:exp" },
  /* What is proposed for one is not proposed again for another. */
  { "general-is-there", { NEVER, TRUE }, "CSR:exp PSR:exp", "CSR:exp PSR:exp XSR:exp" },
};

static void
test_proposal (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) pairs = parse (proposals[i].pairs);
  g_autoptr (GantryProposal) proposal = gantry_proposal_new (pairs, &proposals[i].policy);
  g_autofree char *text = to_text (gantry_proposal_get_contexts (proposal, 0));

  g_assert_cmpuint (gantry_proposal_get_n_passes (proposal), ==, 1);
  g_assert_cmpstr (text, ==, proposals[i].contexts);
  for (guint p = 0; p < pairs->len; p++)
    {
      const GantryContext *pair = pairs->pdata[p];

      g_assert_cmpint (
          gantry_proposal_find_pass (proposal, pair->abstract_syntax, pair->proposed[0]), ==, 0);
    }
  g_assert_cmpint (gantry_proposal_find_pass (proposal, "1.2.3", GANTRY_UID_EXPLICIT_LE), ==, -1);
}

/* Classes that nobody knows, @n_syntaxes syntaxes of each. */
static GPtrArray *
make_many (guint n_classes, const char *const *syntaxes)
{
  GPtrArray *pairs = gantry_record_array_new ();

  for (guint i = 0; i < n_classes; i++)
    for (guint n = 0; syntaxes[n] != NULL; n++)
      {
        g_autofree char *uid = g_strdup_printf ("1.2.826.0.1.3680043.9.9999.2.%u", i);
        const char *const one[] = { syntaxes[n], NULL };

        g_ptr_array_add (pairs, gantry_context_new (0, uid, one, "", 0));
      }
  return pairs;
}

static gboolean
has_context (GPtrArray *contexts, const char *sop_class, const char *syntax)
{
  for (guint i = 0; i < contexts->len; i++)
    {
      const GantryContext *context = contexts->pdata[i];

      if (strcmp (context->abstract_syntax, sop_class) == 0
          && g_strv_contains ((const char *const *)context->proposed, syntax))
        return TRUE;
    }
  return FALSE;
}

static const struct
{
  const char *name;
  guint n_classes;
  const char *syntaxes[4];
  GantryTranscoding transcoding;
  guint passes, first; /* contexts in the first of them */
} splits[] = {
  { "just", 128, { GANTRY_UID_EXPLICIT_LE }, NEVER, 1, 128 },
  { "one-more", 129, { GANTRY_UID_EXPLICIT_LE }, NEVER, 2, 128 },
  { "with-targets", 65, { GANTRY_UID_EXPLICIT_LE }, LOSSLESS, 2, 128 },
  /* Two contexts of their own and a shared one: 42 classes are 126; the 43rd class's first pair
   * fits, its second does not, and there proposes the shared one again. */
  { "class-split", 43, { GANTRY_UID_EXPLICIT_LE, "1.2.840.10008.1.2.5" }, LOSSLESS, 2, 128 },
  { "thousands", 2000, { GANTRY_UID_EXPLICIT_LE }, NEVER, 16, 128 },
};

static void
test_split (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const GantrySendPolicy policy = { splits[i].transcoding, FALSE };
  g_autoptr (GPtrArray) pairs = make_many (splits[i].n_classes, splits[i].syntaxes);
  g_autoptr (GantryProposal) proposal = gantry_proposal_new (pairs, &policy);

  g_assert_cmpuint (gantry_proposal_get_n_passes (proposal), ==, splits[i].passes);
  g_assert_cmpuint (gantry_proposal_get_contexts (proposal, 0)->len, ==, splits[i].first);
  for (guint pass = 0; pass < splits[i].passes; pass++)
    {
      g_free (to_text (gantry_proposal_get_contexts (proposal, pass))); /* which checks them */
      g_assert_cmpuint (gantry_proposal_get_contexts (proposal, pass)->len, <=, 128);
    }
  /* A pair's alternatives are where it is. */
  for (guint p = 0; p < pairs->len; p++)
    {
      const GantryContext *pair = pairs->pdata[p];
      gint pass = gantry_proposal_find_pass (proposal, pair->abstract_syntax, pair->proposed[0]);
      GPtrArray *contexts = gantry_proposal_get_contexts (proposal, (guint)pass);

      g_assert_cmpint (pass, >=, 0);
      g_assert_true (has_context (contexts, pair->abstract_syntax, pair->proposed[0]));
      if (policy.transcoding != NEVER)
        g_assert_true (has_context (contexts, pair->abstract_syntax, GANTRY_UID_IMPLICIT_LE));
    }
}

/* ---- What comes of the answer ---------------------------------------------------------------- */

static const struct
{
  const char *name;
  GantrySendPolicy policy;
  const char *answered, *pair;
  GantryForecastKind kind;
  guint8 context;
  const char *way; /* class:syntax */
} ways[] = {
  { "as-is", { ANY, TRUE }, "CT:rle=rle CT:exp=exp", "CT:rle", GANTRY_FORECAST_AS_IS, 1, "CT:rle" },
  /* As it is wins, also behind others. */
  { "as-is-last",
    { ANY, TRUE },
    "CT:exp=exp CT:rle=rle",
    "CT:rle",
    GANTRY_FORECAST_AS_IS,
    3,
    "CT:rle" },
  { "transcoded",
    { LOSSLESS, FALSE },
    "CT:rle/4 CT:exp,imp=imp",
    "CT:rle",
    GANTRY_FORECAST_CHANGED,
    3,
    "CT:imp" },
  { "best",
    { LOSSLESS, FALSE },
    "CT:rle/4 CT:imp=imp CT:exp=exp",
    "CT:rle",
    GANTRY_FORECAST_CHANGED,
    5,
    "CT:exp" },
  { "not-allowed",
    { NEVER, FALSE },
    "CT:rle/4 CT:exp=exp",
    "CT:rle",
    GANTRY_FORECAST_REFUSED,
    0,
    "CT:rle" },
  { "lossy",
    { LOSSLESS, FALSE },
    "US:jpg/4 US:exp=exp",
    "US:jpg",
    GANTRY_FORECAST_REFUSED,
    0,
    "US:jpg" },
  { "lossy-allowed",
    { ANY, FALSE },
    "US:jpg/4 US:exp=exp",
    "US:jpg",
    GANTRY_FORECAST_CHANGED,
    3,
    "US:exp" },
  { "of-another-class",
    { ANY, FALSE },
    "US:rle/4 CT:exp=exp",
    "US:rle",
    GANTRY_FORECAST_REFUSED,
    0,
    "US:rle" },
  { "transcoded-before-general",
    { LOSSLESS, TRUE },
    "ECT:rle/4 ECT:exp=exp LCT:rle=rle",
    "ECT:rle",
    GANTRY_FORECAST_CHANGED,
    3,
    "ECT:exp" },
  { "general",
    { LOSSLESS, TRUE },
    "ECT:rle/3 LCT:exp=exp LCT:rle=rle",
    "ECT:rle",
    GANTRY_FORECAST_CHANGED,
    5,
    "LCT:rle" },
  { "general-not-allowed",
    { LOSSLESS, FALSE },
    "ECT:exp/3 LCT:exp=exp",
    "ECT:exp",
    GANTRY_FORECAST_REFUSED,
    0,
    "ECT:exp" },
  { "second-general",
    { LOSSLESS, TRUE },
    "CSR:exp/3 PSR:exp/3 XSR:exp=exp",
    "CSR:exp",
    GANTRY_FORECAST_CHANGED,
    5,
    "XSR:exp" },
  { "general-transcoded",
    { LOSSLESS, TRUE },
    "ECT:rle/3 LCT:rle/4 LCT:exp,imp=imp",
    "ECT:rle",
    GANTRY_FORECAST_CHANGED,
    5,
    "LCT:imp" },
  { "unanswered", { ANY, TRUE }, "", "CT:exp", GANTRY_FORECAST_REFUSED, 0, "CT:exp" },
};

static GantryProposal *
make_proposal (const char *pair, const GantrySendPolicy *policy)
{
  g_autoptr (GPtrArray) pairs = parse (pair);

  return gantry_proposal_new (pairs, policy);
}

static void
test_way (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) pairs = parse (ways[i].pair);
  const GantryContext *pair = pairs->pdata[0];
  g_autoptr (GPtrArray) answered = parse (ways[i].answered);
  g_autoptr (GantryProposal) proposal = make_proposal (ways[i].pair, &ways[i].policy);
  g_autofree char *text = NULL;
  GantryWay way;
  gboolean found = gantry_proposal_find_way (proposal, answered, pair->abstract_syntax,
                                             pair->proposed[0], &way);

  g_assert_cmpint (found, ==, ways[i].kind != GANTRY_FORECAST_REFUSED);
  g_assert_cmpint (way.kind, ==, ways[i].kind);
  g_assert_cmpuint (way.context_id, ==, ways[i].context);
  text = g_strconcat (to_name (way.sop_class), ":", to_name (way.syntax), NULL);
  g_assert_cmpstr (text, ==, ways[i].way);
}

static const struct
{
  const char *name;
  GantrySendPolicy policy;
  const char *answered, *pair;
  const char *text;
} refusals[] = {
  { "never",
    { NEVER, FALSE },
    "US:rle/4 US:exp=exp US:imp=imp",
    "US:rle",
    "Not accepted: the node takes Ultrasound Image Storage, but not in the transfer syntax of this "
    "file, RLE lossless. It would take Explicit VR LE, Implicit VR LE. Gantry may not convert "
    "files for this node. Allow it in the settings for sending, or ask the node's administrator to "
    "allow the file's transfer syntax." },
  { "lossy",
    { LOSSLESS, FALSE },
    "US:jpg/4 US:imp=imp",
    "US:jpg",
    "Not accepted: the node takes Ultrasound Image Storage, but not in the transfer syntax of this "
    "file, JPEG Baseline. It would take Implicit VR LE. Gantry did not convert the file, because "
    "it "
    "may be compressed with loss. Allow converting such files too in the settings for sending, or "
    "ask the node's administrator to allow the file's transfer syntax." },
  { "never-lossy",
    { NEVER, FALSE },
    "US:jpg/4 US:imp=imp",
    "US:jpg",
    "Not accepted: the node takes Ultrasound Image Storage, but not in the transfer syntax of this "
    "file, JPEG Baseline. It would take Implicit VR LE. Gantry may not convert files for this "
    "node, and this one may be compressed with loss. Allow converting such files too in the "
    "settings for sending, or ask the node's administrator to allow the file's transfer syntax." },
  { "no-decoder",
    { ANY, FALSE },
    "US:mp4/4 US:exp=exp",
    "US:mp4",
    "Not accepted: the node takes Ultrasound Image Storage, but not in the transfer syntax of this "
    "file, H.264 4.1. It would take Explicit VR LE. Gantry cannot decode this transfer "
    "syntax to convert the file. Ask the node's administrator to allow it." },
  { "nothing-known",
    { LOSSLESS, FALSE },
    "US:rle/4 US:exp,imp/4",
    "US:rle",
    "Not accepted: the node does not take Ultrasound Image Storage in the transfer syntax of this "
    "file, RLE lossless. Ask the node's administrator to allow the file's transfer syntax." },
  /* Converting is allowed, but would not bring what the node takes. */
  { "other-compression",
    { ANY, FALSE },
    "US:rle/4 US:exp,imp/4 US:jpg=jpg",
    "US:rle",
    "Not accepted: the node takes Ultrasound Image Storage, but not in the transfer syntax of this "
    "file, RLE lossless. It would take JPEG Baseline. Gantry cannot convert the file into any of "
    "these. Ask the node's administrator to allow the "
    "file's transfer syntax." },
  { "class",
    { ANY, FALSE },
    "US:rle/3 US:exp/3",
    "US:rle",
    "Not accepted: the node does not take Ultrasound Image Storage (SOP class not supported). Ask "
    "its administrator to enable this SOP class." },
  { "class-with-general",
    { ANY, FALSE },
    "ECT:exp/3",
    "ECT:exp",
    "Not accepted: the node does not take Enhanced CT Image Storage (SOP class not supported). Ask "
    "its administrator to enable this SOP class. It may take a related general SOP class instead: "
    "allow this in the settings for sending." },
  { "class-and-general",
    { ANY, TRUE },
    "ECT:exp/3 LCT:exp/3",
    "ECT:exp",
    "Not accepted: the node does not take Enhanced CT Image Storage (SOP class not supported). Ask "
    "its administrator to enable this SOP class. Nor does it take the related general SOP classes "
    "in a way that Gantry can send." },
};

static void
test_refusal (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) pairs = parse (refusals[i].pair);
  const GantryContext *pair = pairs->pdata[0];
  g_autoptr (GPtrArray) answered = parse (refusals[i].answered);
  g_autoptr (GantryProposal) proposal = make_proposal (refusals[i].pair, &refusals[i].policy);
  g_autofree char *text
      = gantry_proposal_explain (proposal, answered, pair->abstract_syntax, pair->proposed[0]);

  g_assert_cmpstr (text, ==, refusals[i].text);
}

static const struct
{
  const char *name;
  GantrySendPolicy policy;
  const char *pairs, *answered;
  const char *questions; /* behind the contexts of the pass; NULL: nothing to ask */
} questions[] = {
  { "accepted", { NEVER, FALSE }, "CT:rle", "CT:rle=rle", NULL },
  { "known", { NEVER, FALSE }, "CT:rle CT:exp", "CT:rle/4 CT:exp=exp", NULL },
  { "class", { NEVER, FALSE }, "CT:rle", "CT:rle/3", NULL },
  { "never",
    { NEVER, FALSE },
    "CT:rle US:exp",
    "CT:rle/4 US:exp=exp",
    "CT:exp CT:imp CT:jpg CT:jll CT:j2k CT:jls" },
  { "two",
    { NEVER, FALSE },
    "CT:rle US:jpg",
    "CT:rle/4 US:jpg/2",
    "CT:exp US:exp CT:imp US:imp CT:jpg CT:jll US:jll CT:j2k US:j2k CT:jls US:jls US:rle" },
  { "general-goes", { NEVER, TRUE }, "ECT:exp", "ECT:exp/4 LCT:exp=exp", NULL },
};

static void
test_questions (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GPtrArray) pairs = parse (questions[i].pairs);
  g_autoptr (GPtrArray) answered = parse (questions[i].answered);
  g_autoptr (GantryProposal) proposal = gantry_proposal_new (pairs, &questions[i].policy);
  GPtrArray *usual = gantry_proposal_get_contexts (proposal, 0);
  g_autoptr (GPtrArray) more = gantry_proposal_add_questions (proposal, 0, answered);
  g_autofree char *before = to_text (usual);
  g_autofree char *text = more != NULL ? to_text (more) : NULL;
  g_autofree char *wanted = g_strconcat (before, " ", questions[i].questions, NULL);

  g_assert_cmpstr (text, ==, questions[i].questions != NULL ? wanted : NULL);
}

/* The room for questions ends where that of an association does. */
static void
test_questions_full (void)
{
  static const char *const rle[] = { "1.2.840.10008.1.2.5", NULL };
  const GantrySendPolicy policy = { NEVER, FALSE };
  g_autoptr (GPtrArray) pairs = make_many (100, rle);
  g_autoptr (GantryProposal) proposal = gantry_proposal_new (pairs, &policy);
  g_autoptr (GPtrArray) answered = gantry_record_array_new ();
  g_autoptr (GPtrArray) more = NULL;

  for (guint i = 0; i < pairs->len; i++)
    {
      const GantryContext *pair = pairs->pdata[i];

      g_ptr_array_add (answered,
                       gantry_context_new ((guint8)(2 * i + 1), pair->abstract_syntax, rle, "", 4));
    }
  more = gantry_proposal_add_questions (proposal, 0, answered);
  g_assert_cmpuint (more->len, ==, 128);
  g_assert_cmpuint (((GantryContext *)more->pdata[127])->id, ==, 255);
}

static void
test_policy (void)
{
  GantrySendSettings settings = GANTRY_SEND_SETTINGS_DEFAULT;
  GantryNodeOptions options = GANTRY_NODE_OPTIONS_DEFAULT;
  GantrySendPolicy policy = gantry_send_policy_get (&settings, &options);

  g_assert_cmpint (policy.transcoding, ==, LOSSLESS);
  g_assert_false (policy.fall_back);
  options.transcoding = NEVER;
  options.fall_back = TRUE;
  policy = gantry_send_policy_get (&settings, &options);
  g_assert_cmpint (policy.transcoding, ==, NEVER);
  g_assert_true (policy.fall_back);
  options = GANTRY_NODE_OPTIONS_DEFAULT;
  settings.transcoding = ANY;
  settings.fall_back = TRUE;
  policy = gantry_send_policy_get (&settings, &options);
  g_assert_cmpint (policy.transcoding, ==, ANY);
  g_assert_true (policy.fall_back);
}

#define ADD_TABLE(prefix, table, function)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    for (gsize add_i = 0; add_i < G_N_ELEMENTS (table); add_i++)                                   \
      {                                                                                            \
        g_autofree char *add_name = g_strconcat (prefix, (table)[add_i].name, NULL);               \
        g_test_add_data_func (add_name, GSIZE_TO_POINTER (add_i), function);                       \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal/policy", test_policy);
  ADD_TABLE ("/proposal/contexts/", proposals, test_proposal);
  ADD_TABLE ("/proposal/split/", splits, test_split);
  ADD_TABLE ("/proposal/way/", ways, test_way);
  ADD_TABLE ("/proposal/refusal/", refusals, test_refusal);
  ADD_TABLE ("/proposal/questions/", questions, test_questions);
  g_test_add_func ("/proposal/questions/full", test_questions_full);

  return g_test_run ();
}
