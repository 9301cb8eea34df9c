/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ways to misbehave that an engine keeps by name: which it takes, which it refuses and with which
 * words, and that they are there after it was closed.
 */
#include <string.h>

#include "engine-side.h"
#include "gantry-error.h"

#define ENGINE(f) ((f)->sender.engine)

static gboolean
save (Fixture *f, const char *name, const char *words, GError **error)
{
  g_autoptr (GAsyncResult) answer = ANSWER_OF (
      gantry_engine_save_scenario_async (ENGINE (f), name, words, NULL, on_ready, &result));

  return gantry_engine_save_scenario_finish (ENGINE (f), answer, error);
}

static void
drop (Fixture *f, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) answer
      = ANSWER_OF (gantry_engine_remove_scenario_async (ENGINE (f), name, NULL, on_ready, &result));

  g_assert_true (gantry_engine_remove_scenario_finish (ENGINE (f), answer, &error));
  g_assert_no_error (error);
}

static void
assert_listed (Fixture *f, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) answer
      = ANSWER_OF (gantry_engine_list_scenarios_async (ENGINE (f), NULL, on_ready, &result));
  g_autoptr (GPtrArray) list = gantry_engine_list_finish (ENGINE (f), answer, NULL, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < list->len; i++)
    {
      const GantryNamedScenario *one = list->pdata[i];

      g_string_append_printf (text, "[%s|%s]", one->name, one->words);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_kept (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  assert_listed (f, "");
  save (f, "slow", " delay=500\tevery=3\n caller=CT_* ", &error);
  g_assert_no_error (error);
  save (f, "  Voll ü 🏥 ", "status=A700", &error);
  g_assert_no_error (error);
  assert_listed (f, "[slow|delay=500 every=3 caller=CT_*][Voll ü 🏥|status=A700]");
  save (f, "slow", "delay=9", &error);
  g_assert_no_error (error);
  drop (f, "nobody");
  close_side (&f->sender);
  open_side (f, &f->sender, "sender", FALSE);
  assert_listed (f, "[slow|delay=9][Voll ü 🏥|status=A700]");
  drop (f, "slow");
  assert_listed (f, "[Voll ü 🏥|status=A700]");
}

/* Nothing of what is refused is kept, and what had the name stays as it was. */
static void
test_refused (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name, *words, *sentence;
  } cases[] = {
    { "", "ignore", "needs a name" },
    { " \t", "ignore", "needs a name" },
    { "two\nlines", "ignore", "control characters" },
    { "bell\a", "ignore", "control characters" },
    { "c1\xC2\x85", "ignore", "control characters" },
    { "good", "", "says nothing" },
    { "good", " \n", "says nothing" },
    { "good", "explode", "“explode”" },
    { "good", "ignore status=A7", "“status=A7”" },
    { "good", "every=0", "“every=0”" },
    { "good", "reject=3/1/1", "“reject=3/1/1”" },
  };

  g_assert_true (save (f, "good", "delay=5", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (save (f, cases[i].name, cases[i].words, &error));
      g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING);
      g_assert_nonnull (strstr (error->message, cases[i].sentence));
    }
  assert_listed (f, "[good|delay=5]");
}

/* Characters are counted, not octets. */
static void
test_length (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GANTRY_SCENARIO_NAME_MAX; i++)
    g_string_append (name, "ü");
  g_assert_true (save (f, name->str, "ignore", &error));
  g_assert_no_error (error);
  g_string_append (name, "ü");
  g_assert_false (save (f, name->str, "ignore", &error));
  g_assert_error (error, GANTRY_ERROR, GANTRY_ERROR_SETTING);
  g_assert_nonnull (strstr (error->message, "100"));
}

/* Who asked does not want to hear of it any more, and it is kept all the same; a closed engine
 * answers as well. */
static void
test_cancelled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GantryEngine) closed = g_object_ref (ENGINE (f));
  g_autoptr (GError) error = NULL;

  gantry_engine_save_scenario_async (ENGINE (f), "kept", "ignore", cancellable, on_ready, &answer);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (answer != NULL);
  g_assert_false (gantry_engine_save_scenario_finish (ENGINE (f), answer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  assert_listed (f, "[kept|ignore]");

  close_side (&f->sender);
  late = ANSWER_OF (
      gantry_engine_save_scenario_async (closed, "late", "ignore", NULL, on_ready, &result));
  g_assert_false (gantry_engine_save_scenario_finish (closed, late, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  open_side (f, &f->sender, "sender", FALSE);
}

int
main (int argc, char **argv)
{
  static const SideTest tests[] = {
    { "/scenarios/kept", test_kept, NULL },
    { "/scenarios/refused", test_refused, NULL },
    { "/scenarios/length", test_length, NULL },
    { "/scenarios/cancelled", test_cancelled, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  add_side_tests (tests, G_N_ELEMENTS (tests));
  return g_test_run ();
}
