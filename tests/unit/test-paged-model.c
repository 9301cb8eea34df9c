/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gantry-paged-model.h"
#include "gantry-records.h"

#define MILLION 1000000

/* A list of records that answers from the main loop, like the engine does. Keys count down from
 * @first, so that growing it puts newer rows on top, as in a log. */
typedef struct
{
  gint64 first;
  guint total;
  guint delay; /* ms before an answer */
  gboolean broken;
  gint64 moved; /* this key is at the top instead of its place; 0: none */
  guint asked, answered, cancelled;
  gsize largest; /* records made at once */
} Fake;

typedef struct
{
  Fake *fake;
  guint offset, limit;
} Question;

static gint64
fake_key_at (Fake *fake, guint position)
{
  gint64 key = fake->first - position;

  if (fake->moved == 0 || key < fake->moved)
    return key;
  return position == 0 ? fake->moved : key + 1;
}

static GPtrArray *
fake_answer (Fake *fake, guint offset, guint limit)
{
  GPtrArray *records = gantry_record_array_new ();

  for (guint i = offset; i < fake->total && i - offset < limit; i++)
    {
      GantryReceived *record = gantry_received_new ();
      record->id = fake_key_at (fake, i);
      g_ptr_array_add (records, record);
    }
  fake->largest = MAX (fake->largest, records->len);
  return records;
}

static gboolean
on_time (gpointer data)
{
  GTask *task = data;
  Question *question = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    question->fake->cancelled++;
  else if (question->fake->broken)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "broken");
  else
    {
      question->fake->answered++;
      g_task_return_pointer (task, fake_answer (question->fake, question->offset, question->limit),
                             (GDestroyNotify)g_ptr_array_unref);
    }
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
fake_fetch (guint offset,
            guint limit,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer callback_data,
            gpointer source)
{
  Fake *fake = source;
  GTask *task = g_task_new (NULL, cancellable, callback, callback_data);
  Question *question = g_new0 (Question, 1);

  fake->asked++;
  *question = (Question){ fake, offset, limit };
  g_task_set_task_data (task, question, g_free);
  g_timeout_add (fake->delay, on_time, task);
}

static GPtrArray *
fake_finish (GAsyncResult *result, guint *total, GError **error, gpointer source)
{
  GPtrArray *records = g_task_propagate_pointer (G_TASK (result), error);

  if (records != NULL)
    *total = ((Fake *)source)->total;
  return records;
}

static gint64
received_key (gconstpointer record)
{
  return ((const GantryReceived *)record)->id;
}

static const GantryPagedSource fake_funcs = { fake_fetch, fake_finish, received_key };

/* ---- Fixture ------------------------------------------------------------------------------ */

typedef struct
{
  Fake fake;
  GantryPagedModel *model;
  GListModel *list;
  guint changes, position, removed, added; /* the last items-changed, and how many there were */
  guint failures;
} Fixture;

static void
on_items_changed (
    GListModel *list G_GNUC_UNUSED, guint position, guint removed, guint added, gpointer data)
{
  Fixture *f = data;

  f->changes++;
  f->position = position;
  f->removed = removed;
  f->added = added;
}

static void
on_failed (GantryPagedModel *model G_GNUC_UNUSED, GError *error, gpointer data)
{
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  ((Fixture *)data)->failures++;
}

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

#define WAIT(condition)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean late = FALSE;                                                                         \
    guint timer = g_timeout_add (5000, on_timeout, &late);                                         \
    while (!(condition) && !late)                                                                  \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_assert_false (late);                                                                         \
    g_source_remove (timer);                                                                       \
  }                                                                                                \
  G_STMT_END

/* Nothing is under way any more, wanted or cancelled. */
static gboolean
is_quiet (Fixture *f)
{
  return !g_main_context_pending (NULL)
         && f->fake.asked == f->fake.answered + f->fake.cancelled + f->failures;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->fake.total = GPOINTER_TO_UINT (data);
  f->fake.first = f->fake.total;
  f->model = gantry_paged_model_new (&fake_funcs, &f->fake, NULL);
  f->list = G_LIST_MODEL (f->model);
  g_signal_connect (f->model, "items-changed", G_CALLBACK (on_items_changed), f);
  g_signal_connect (f->model, "failed", G_CALLBACK (on_failed), f);
  gantry_paged_model_refresh (f->model);
  WAIT (gantry_paged_model_get_loaded (f->model));
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (f->model);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The rows from @start on, held like a list widget holds what it shows. */
static GPtrArray *
hold (Fixture *f, guint start, guint n)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (f->list, start + i));
  return rows;
}

static gint64
key_of (gpointer row)
{
  gpointer record = gantry_paged_item_get_record (row);

  return record != NULL ? received_key (record) : 0;
}

static gboolean
all_filled (GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    if (key_of (rows->pdata[i]) == 0)
      return FALSE;
  return TRUE;
}

static void
assert_true_to_source (Fixture *f, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpint (key_of (rows->pdata[i]), ==,
                     fake_key_at (&f->fake, gantry_paged_item_get_position (rows->pdata[i])));
}

/* ---- Cases -------------------------------------------------------------------------------- */

static void
test_fills_in (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GantryPagedItem) again = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (f->list), ==, MILLION);
  g_assert_null (g_list_model_get_item (f->list, MILLION));
  rows = hold (f, 500000, 200);
  g_assert_cmpint (key_of (rows->pdata[0]), ==, 0);
  WAIT (all_filled (rows));
  assert_true_to_source (f, rows);

  again = g_list_model_get_item (f->list, 500007);
  g_assert_true (again == rows->pdata[7]);
}

/* From one end to the other, as fast as a scroll bar can be dragged. */
static void
test_memory_stays_small (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  for (guint start = 0; start < MILLION; start += 5000)
    {
      g_autoptr (GPtrArray) rows = hold (f, start, 200);
      WAIT (all_filled (rows));
      assert_true_to_source (f, rows);
      g_assert_cmpuint (gantry_paged_model_get_n_cached (f->model), <=,
                        GANTRY_PAGED_MODEL_PAGE * GANTRY_PAGED_MODEL_MAX_PAGES);
    }
  g_assert_cmpuint (f->fake.largest, ==, GANTRY_PAGED_MODEL_PAGE);
}

static void
test_passing_by_asks_nothing (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint before = f->fake.asked;

  for (guint start = 0; start < MILLION; start += 1000)
    g_ptr_array_unref (hold (f, start, 100));
  WAIT (is_quiet (f));
  g_assert_cmpuint (f->fake.asked, ==, before);
}

static void
test_superseded_is_cancelled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) there = NULL;
  GPtrArray *here;
  guint before = f->fake.asked;

  f->fake.delay = 1000; /* longer than a busy machine stands still */
  here = hold (f, 200000, 10);
  WAIT (f->fake.asked == before + 1);
  g_ptr_array_unref (here);
  there = hold (f, 800000, 10);
  WAIT (all_filled (there));
  WAIT (is_quiet (f));
  g_assert_cmpuint (f->fake.cancelled, ==, 1);
}

static void
test_recently_used_pages_stay (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  guint before;

  for (guint i = 0; i < 2 * GANTRY_PAGED_MODEL_MAX_PAGES; i++)
    {
      g_autoptr (GPtrArray) rows = hold (f, i * GANTRY_PAGED_MODEL_PAGE, 1);
      WAIT (all_filled (rows));
      /* The first page is looked at all the time. */
      g_object_unref (g_list_model_get_item (f->list, 1));
    }

  before = f->fake.asked;
  g_autoptr (GPtrArray) first = hold (f, 0, 5);
  g_assert_true (all_filled (first));
  g_autoptr (GPtrArray) dropped = hold (f, 5 * GANTRY_PAGED_MODEL_PAGE, 1);
  g_assert_false (all_filled (dropped));
  WAIT (all_filled (dropped));
  g_assert_cmpuint (f->fake.asked, ==, before + 1);
}

/* The user reads row 5000 while newer rows come in above. */
static void
check_newer_rows (Fixture *f, guint start)
{
  g_autoptr (GPtrArray) rows = hold (f, start, 200);
  g_autoptr (GantryPagedItem) selected = g_list_model_get_item (f->list, 700000);
  g_autoptr (GPtrArray) newest = NULL;
  gint64 key;

  WAIT (all_filled (rows) && key_of (selected) != 0);
  key = key_of (rows->pdata[0]);
  f->changes = 0;
  f->fake.first += 3;
  f->fake.total += 3;
  gantry_paged_model_refresh (f->model);
  WAIT (f->changes > 0);

  g_assert_cmpuint (f->changes, ==, 1);
  g_assert_cmpuint (f->position, <=, start);
  g_assert_cmpuint (f->removed, ==, 0);
  g_assert_cmpuint (f->added, ==, 3);
  g_assert_cmpint (key_of (rows->pdata[0]), ==, key);
  g_assert_cmpuint (gantry_paged_item_get_position (rows->pdata[0]), ==, start + 3);
  g_assert_cmpuint (gantry_paged_item_get_position (selected), ==, 700003);
  assert_true_to_source (f, rows);

  newest = hold (f, 0, 3);
  WAIT (all_filled (newest));
  assert_true_to_source (f, newest);
}

static void
test_newer_rows_scrolled (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  check_newer_rows (f, 5000);
}

static void
test_newer_rows_at_top (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  check_newer_rows (f, 0);
}

/* A study that gets another object goes to the top; its row stays the same object. */
static void
test_row_moves_to_top (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 10);
  g_autoptr (GantryPagedItem) top = NULL;

  WAIT (all_filled (rows));
  f->changes = 0;
  f->fake.moved = key_of (rows->pdata[4]);
  gantry_paged_model_refresh (f->model);
  WAIT (f->changes > 0);

  g_assert_cmpuint (f->position, ==, 0);
  g_assert_cmpuint (f->removed, ==, 5);
  g_assert_cmpuint (f->added, ==, 5);
  top = g_list_model_get_item (f->list, 0);
  g_assert_true (top == rows->pdata[4]);
  assert_true_to_source (f, rows);
}

static void
check_shorter (Fixture *f, guint left)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 20);
  g_autoptr (GPtrArray) rest = NULL;

  WAIT (all_filled (rows));
  f->changes = 0;
  f->fake.first = 10; /* none of the old ones is left */
  f->fake.total = left;
  gantry_paged_model_refresh (f->model);
  WAIT (f->changes > 0);

  g_assert_cmpuint (g_list_model_get_n_items (f->list), ==, left);
  rest = hold (f, 0, left);
  WAIT (all_filled (rest));
  assert_true_to_source (f, rest);
}

static void
test_shorter (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  check_shorter (f, 7);
}

static void
test_cleared (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  check_shorter (f, 0);
}

/* Every row is another one: a list of a million must not search a million rows for one. */
static void
test_replaced_as_a_whole (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 200);
  g_autoptr (GantryPagedItem) selected = g_list_model_get_item (f->list, 700000);
  g_autoptr (GPtrArray) others = NULL;

  WAIT (all_filled (rows) && key_of (selected) != 0);
  f->changes = 0;
  f->fake.first += 5 * MILLION;
  gantry_paged_model_refresh (f->model);
  WAIT (f->changes == 2);

  g_assert_cmpuint (f->removed, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (f->list), ==, MILLION);
  others = hold (f, 0, 200);
  WAIT (all_filled (others));
  assert_true_to_source (f, others);
}

static void
test_unchanged_is_silent (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 40, 20);
  guint before;

  WAIT (all_filled (rows));
  f->changes = 0;
  before = f->fake.answered;
  for (guint i = 0; i < 50; i++)
    gantry_paged_model_refresh (f->model);
  WAIT (f->fake.answered > before);
  WAIT (is_quiet (f));
  g_assert_cmpuint (f->changes, ==, 0);
  g_assert_cmpuint (f->fake.answered, ==, before + 1);
}

static GantryReceived *
received_with_remark (gint64 id, const char *remark)
{
  GantryReceived *record = gantry_received_new ();

  record->id = id;
  gantry_record_set (&record->remark, remark);
  return record;
}

static const char *
remark_of (gpointer row)
{
  return ((GantryReceived *)gantry_paged_item_get_record (row))->remark;
}

static void
count_notify (GObject *object G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED, gpointer data)
{
  ++*(guint *)data;
}

static void
test_update (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 10);
  g_autoptr (GantryReceived) record = NULL;
  g_autoptr (GantryReceived) unknown = received_with_remark (MILLION + 1, "");
  guint notified = 0;

  WAIT (all_filled (rows));
  record = received_with_remark (key_of (rows->pdata[2]), "changed");
  g_signal_connect (rows->pdata[2], "notify::record", G_CALLBACK (count_notify), &notified);
  g_assert_true (gantry_paged_model_update (f->model, record));
  g_assert_cmpuint (notified, ==, 1);
  g_assert_cmpstr (remark_of (rows->pdata[2]), ==, "changed");
  g_assert_false (gantry_paged_model_update (f->model, unknown));
}

/* The source answers what was true before the update. */
static void
test_update_overtakes_answer (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 10);
  g_autoptr (GantryReceived) record = NULL;
  guint before = f->fake.asked;

  WAIT (all_filled (rows));
  f->fake.delay = 30;
  gantry_paged_model_refresh (f->model);
  WAIT (f->fake.asked > before);
  record = received_with_remark (key_of (rows->pdata[2]), "newer");
  g_assert_true (gantry_paged_model_update (f->model, record));
  WAIT (is_quiet (f));
  g_assert_cmpstr (remark_of (rows->pdata[2]), ==, "newer");
}

/* The same while a refresh of several pages has one of them already. */
static void
test_update_overtakes_refresh (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  guint before, asked, newer = 0, n = 5;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (f->list, i * 1000));
  WAIT (all_filled (rows));
  f->fake.delay = 10;
  before = f->fake.answered;
  asked = f->fake.asked;
  gantry_paged_model_refresh (f->model);
  WAIT (f->fake.answered > before);
  g_assert_cmpuint (f->fake.answered, <, before + n);
  asked = f->fake.asked - asked;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GantryReceived) record = received_with_remark (key_of (rows->pdata[i]), "newer");
      g_assert_true (gantry_paged_model_update (f->model, record));
    }
  WAIT (f->fake.answered == before + n && is_quiet (f));
  for (guint i = 0; i < n; i++)
    newer += g_str_equal (remark_of (rows->pdata[i]), "newer");
  g_assert_cmpuint (newer, ==, asked);
}

/* Nobody waits any more for the question that was under way with it: later answers are newer. */
static void
test_update_is_overtaken (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = hold (f, 0, 10);
  g_autoptr (GantryReceived) record = NULL;
  GPtrArray *far;
  guint asked;

  WAIT (all_filled (rows));
  f->fake.delay = 30;
  asked = f->fake.asked;
  far = hold (f, 200000, 10);
  WAIT (f->fake.asked == asked + 1);
  record = received_with_remark (key_of (rows->pdata[2]), "older");
  g_assert_true (gantry_paged_model_update (f->model, record));
  g_ptr_array_unref (far);
  far = hold (f, 800000, 10);
  WAIT (f->fake.asked == asked + 2);

  gantry_paged_model_refresh (f->model);
  WAIT (is_quiet (f));
  g_ptr_array_unref (far);
  g_assert_cmpstr (remark_of (rows->pdata[2]), ==, "");
}

static void
test_failure_is_told_once (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) rows = NULL;

  f->fake.broken = TRUE;
  rows = hold (f, 900000, 10);
  WAIT (f->failures > 0);
  WAIT (is_quiet (f));
  g_assert_cmpuint (f->failures, ==, 1);

  f->fake.broken = FALSE;
  gantry_paged_model_refresh (f->model);
  WAIT (all_filled (rows));
  assert_true_to_source (f, rows);
}

static void
test_goes_away_while_asking (void)
{
  Fake fake = { .first = 100, .total = 100, .delay = 20 };
  GantryPagedModel *model = gantry_paged_model_new (&fake_funcs, &fake, NULL);
  g_autoptr (GantryPagedItem) row = NULL;

  gantry_paged_model_refresh (model);
  WAIT (fake.asked == 1);
  WAIT (gantry_paged_model_get_loaded (model));
  row = g_list_model_get_item (G_LIST_MODEL (model), 3);
  gantry_paged_model_refresh (model);
  WAIT (fake.asked == 2);
  g_assert_finalize_object (model);
  WAIT (fake.cancelled == 1);
  g_assert_cmpint (key_of (row), ==, 97); /* whoever shows it still can */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define CASE(path, n, func)                                                                        \
  g_test_add (path, Fixture, GUINT_TO_POINTER (n), set_up, func, tear_down)
  CASE ("/paged-model/fills-in", MILLION, test_fills_in);
  CASE ("/paged-model/memory-stays-small", MILLION, test_memory_stays_small);
  CASE ("/paged-model/passing-by-asks-nothing", MILLION, test_passing_by_asks_nothing);
  CASE ("/paged-model/superseded-is-cancelled", MILLION, test_superseded_is_cancelled);
  CASE ("/paged-model/recently-used-pages-stay", MILLION, test_recently_used_pages_stay);
  CASE ("/paged-model/newer-rows/scrolled", MILLION, test_newer_rows_scrolled);
  CASE ("/paged-model/newer-rows/at-top", MILLION, test_newer_rows_at_top);
  CASE ("/paged-model/row-moves-to-top", 300, test_row_moves_to_top);
  CASE ("/paged-model/shorter/some-left", 300, test_shorter);
  CASE ("/paged-model/shorter/empty", 300, test_cleared);
  CASE ("/paged-model/replaced-as-a-whole", MILLION, test_replaced_as_a_whole);
  CASE ("/paged-model/unchanged-is-silent", MILLION, test_unchanged_is_silent);
  CASE ("/paged-model/update", MILLION, test_update);
  CASE ("/paged-model/update-overtakes-answer", MILLION, test_update_overtakes_answer);
  CASE ("/paged-model/update-overtakes-refresh", MILLION, test_update_overtakes_refresh);
  CASE ("/paged-model/update-is-overtaken", MILLION, test_update_is_overtaken);
  CASE ("/paged-model/failure-is-told-once", MILLION, test_failure_is_told_once);
#undef CASE
  g_test_add_func ("/paged-model/goes-away-while-asking", test_goes_away_while_asking);

  return g_test_run ();
}
