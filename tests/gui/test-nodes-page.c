/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the Nodes page says of nodes at a glance, what can be pasted into it, and the matrix of what
 * a node accepts. The probe is one of the workstation's own receiver.
 */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#include "gantry-node-editor.h"
#include "gantry-node-exchange.h"
#include "gantry-node-import-window.h"
#include "gantry-node-item.h"
#include "gantry-node-notifier.h"
#include "gantry-node-paste.h"
#include "gantry-node-row.h"
#include "gantry-nodes-page.h"
#include "gantry-probe-export.h"
#include "gantry-probe-extended.h"
#include "gantry-probe-list.h"
#include "gantry-probe-matrix.h"
#include "gantry-probe-painter.h"
#include "gantry-probe-picture.h"
#include "gantry-probe-window.h"
#include "gantry-settings.h"
#include "gantry-sparkline.h"
#include "gui-support.h"

#define CT "1.2.840.10008.5.1.4.1.1.2"
#define MR "1.2.840.10008.5.1.4.1.1.4"
#define SC "1.2.840.10008.5.1.4.1.1.7"
#define OLD_US "1.2.840.10008.5.1.4.1.1.3" /* retired */
#define IMPLICIT "1.2.840.10008.1.2"
#define BASELINE "1.2.840.10008.1.2.4.50"
#define RLE "1.2.840.10008.1.2.5"

/* ---- The sparkline in words ------------------------------------------------------------------ */

typedef struct
{
  const char *name;
  gint64 round_trips[4];
  guint n;
  const char *text;
} SparkCase;

static const SparkCase spark_cases[] = {
  { "none", { 0 }, 0, "" },
  { "one", { 12000 }, 1, "1 echo, none lost, 12 ms on average" },
  { "some-lost", { 12000, -1, 14000, -1 }, 4, "4 echoes, 2 lost, 13 ms on average" },
  { "all-lost", { -1, -1, -1 }, 3, "3 echoes, none answered" },
};

static GantryHealth *
make_health (gint64 node_id, const gint64 *round_trips, guint n)
{
  GantryHealth *health = gantry_health_new (node_id);

  for (guint i = 0; i < n; i++)
    health->round_trips[i] = round_trips[i];
  health->n_round_trips = n;
  return health;
}

static void
test_sparkline (gconstpointer data)
{
  const SparkCase *c = data;
  g_autoptr (GantryHealth) health = make_health (1, c->round_trips, c->n);
  GtkWidget *sparkline = g_object_ref_sink (g_object_new (GANTRY_TYPE_SPARKLINE, NULL));
  g_autofree char *text = gantry_sparkline_describe (health);

  g_assert_cmpstr (text, ==, c->text);
  gantry_sparkline_set_health (GANTRY_SPARKLINE (sparkline), health);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (sparkline), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       c->n > 0 ? c->text : "No echoes yet");
  g_object_unref (sparkline);
}

/* ---- News ------------------------------------------------------------------------------------ */

static void
test_news (void)
{
  static const struct
  {
    guint echoes;
    gint64 started, since;
    gboolean news;
  } rows[] = {
    { 1, 100, 100, FALSE }, /* the first ever */
    { 2, 200, 200, TRUE },  /* it changed the state */
    { 3, 300, 200, FALSE }, /* as before */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GantryHealth) health = make_health (1, (gint64[4]){ 1, 1, 1, 1 }, rows[i].echoes);

      g_assert_false (gantry_node_notifier_is_news (health));
      health->last = gantry_echo_new ();
      health->last->started = rows[i].started;
      health->since = rows[i].since;
      g_assert_true (gantry_node_notifier_is_news (health) == rows[i].news);
    }
}

/* ---- A row ----------------------------------------------------------------------------------- */

static void
test_row (void)
{
  g_autoptr (GantryNode) node = gantry_node_new (7, "PACS <1>", "A", "h", 104, "", FALSE);
  g_autoptr (GantryNodeItem) item = gantry_node_item_new (node);
  g_autoptr (GantryHealth) health = make_health (7, (gint64[4]){ 12000, -1 }, 2);
  GtkWidget *row = g_object_ref_sink (gantry_node_row_new (item));

  g_assert_nonnull (gui_find_text (row, "Not asked yet"));
  health->last = gantry_echo_new ();
  health->last->ok = TRUE;
  health->last->started = g_get_real_time ();
  health->last->elapsed[GANTRY_STEP_MESSAGE] = 12000;
  health->since = health->last->started - G_USEC_PER_SEC;
  gantry_node_item_set_health (item, health);
  g_assert_nonnull (gui_find_part (row, "Up since"));
  g_assert_nonnull (gui_find_text (row, "12 ms"));
  g_assert_cmpint (gantry_node_item_get_since (item), ==, health->since);

  /* An answer that is not written down yet turns it at once. */
  g_autoptr (GantryEcho) echo = gantry_echo_new ();
  echo->started = health->last->started + 1;
  gantry_node_item_set_echo (item, echo);
  g_assert_nonnull (gui_find_part (row, "Down since"));
  g_assert_null (gui_find_text (row, "12 ms"));
  g_assert_cmpint (gantry_node_item_get_since (item), ==, echo->started);
  /* What is older does not turn it back. */
  gantry_node_item_set_health (item, health);
  g_assert_nonnull (gui_find_part (row, "Down since"));

  /* Another address has no past. */
  g_autoptr (GantryNode) moved = gantry_node_new (7, "PACS <1>", "A", "h", 105, "", FALSE);
  gantry_node_item_set_node (item, moved);
  g_assert_null (gantry_node_item_get_health (item));
  g_assert_nonnull (gui_find_text (row, "Not asked yet"));
  g_object_unref (row);
}

/* ---- Pasting --------------------------------------------------------------------------------- */

typedef struct
{
  const char *name, *text;
  guint n;           /* 0: none, because */
  const char *error; /* a part of this is said */
  const char *last;  /* name of the last */
} PasteCase;

static const PasteCase paste_cases[] = {
  { "one", " ARCHIVE@10.0.0.5:104\n", 1, NULL, "ARCHIVE" },
  { "several", "A@h:1\r\n\nB@[2001:db8::17]:2\nC@h:3", 3, NULL, "C" },
  { "taken", "TAKEN@h:1\nTAKEN@h:2", 2, NULL, "TAKEN 3" },
  { "nothing", " \n\n", 0, "no text to paste", NULL },
  { "prose", "A@h:1\nsee you tomorrow", 0, "Line 2", NULL },
  { "port", "A@h:0", 0, "Line 1", NULL },
  { "title", "0123456789ABCDEFG@h:104", 0, "16", NULL },
};

static void
test_paste (gconstpointer data)
{
  const PasteCase *c = data;
  g_autoptr (GListStore) taken = g_list_store_new (GANTRY_TYPE_NODE_ITEM);
  g_autoptr (GantryNode) node = gantry_node_new (7, "TAKEN", "A", "h", 104, "", FALSE);
  g_autoptr (GantryNodeItem) item = gantry_node_item_new (node);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) nodes = NULL;

  g_list_store_append (taken, item);
  nodes = gantry_node_paste_parse (c->text, G_LIST_MODEL (taken), &error);
  if (c->error != NULL)
    {
      g_assert_null (nodes);
      g_assert_nonnull (strstr (error->message, c->error));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (nodes->len, ==, c->n);
  g_assert_cmpstr (((GantryNode *)nodes->pdata[c->n - 1])->name, ==, c->last);
}

/* What is copied can be pasted. */
static void
test_copy_and_paste (void)
{
  g_autoptr (GantryNode) node = gantry_node_new (7, "N", "AE 1", "2001:db8::17", 104, "", FALSE);
  g_autofree char *text = gantry_node_paste_format (node);
  g_autoptr (GPtrArray) nodes = gantry_node_paste_parse (text, NULL, NULL);
  const GantryNode *pasted;

  g_assert_nonnull (nodes);
  pasted = nodes->pdata[0];
  g_assert_cmpstr (pasted->ae_title, ==, node->ae_title);
  g_assert_cmpstr (pasted->host, ==, node->host);
  g_assert_cmpuint (pasted->port, ==, node->port);
}

/* ---- The grid -------------------------------------------------------------------------------- */

static void
add_context (GantryProbe *probe, const char *sop_class, const char *syntax, guint8 result)
{
  const char *proposed[] = { syntax, NULL };

  g_ptr_array_add (probe->contexts,
                   gantry_context_new (1, sop_class, proposed, result == 0 ? syntax : "", result));
}

/* CT is taken in two syntaxes, MR in one, SC not at all; RLE by nobody. */
static GantryProbe *
make_probe (gboolean changed)
{
  GantryProbe *probe = gantry_probe_new ();

  probe->node = gantry_node_new (1, "PACS1", "ARCHIVE", "10.0.0.5", 104, "", FALSE);
  probe->started = G_GINT64_CONSTANT (1782000000) * G_USEC_PER_SEC;
  probe->complete = TRUE;
  add_context (probe, CT, IMPLICIT, 0);
  add_context (probe, CT, RLE, 4);
  add_context (probe, CT, BASELINE, changed ? 4 : 0);
  add_context (probe, MR, IMPLICIT, 0);
  add_context (probe, MR, RLE, 4);
  add_context (probe, MR, BASELINE, changed ? 3 : 4);
  add_context (probe, SC, IMPLICIT, 3);
  add_context (probe, SC, RLE, 3);
  return probe;
}

typedef struct
{
  const char *name;
  GantryGridFilter filter;
  gboolean compared;
  guint rows, columns;
} GridCase;

static const GridCase grid_cases[] = {
  { "all", { .columns = GANTRY_COLUMNS_ALL }, FALSE, 3, 3 },
  { "accepted-columns", { .columns = GANTRY_COLUMNS_ACCEPTED }, FALSE, 3, 2 },
  { "accepted-only", { .accepted_only = TRUE, .columns = GANTRY_COLUMNS_ALL }, FALSE, 2, 3 },
  { "group", { .columns = GANTRY_SYNTAXES_RLE }, FALSE, 3, 1 },
  { "group-accepted", { .accepted_only = TRUE, .columns = GANTRY_SYNTAXES_RLE }, FALSE, 0, 1 },
  { "name", { .text = "ct image", .columns = GANTRY_COLUMNS_ALL }, FALSE, 1, 3 },
  { "modality", { .text = "mr", .columns = GANTRY_COLUMNS_ALL }, FALSE, 1, 3 },
  { "uid", { .text = "5.1.4.1.1.7", .columns = GANTRY_COLUMNS_ALL }, FALSE, 1, 3 },
  { "no-match", { .text = "zeppelin", .columns = GANTRY_COLUMNS_ALL }, FALSE, 0, 3 },
  { "staged",
    { .only = { [GANTRY_GRID_STAGED] = TRUE }, .columns = GANTRY_COLUMNS_ALL },
    FALSE,
    1,
    3 },
  { "listed",
    { .only = { [GANTRY_GRID_LISTED] = TRUE }, .columns = GANTRY_COLUMNS_ALL },
    FALSE,
    2,
    3 },
  { "staged-and-listed", { .only = { TRUE, TRUE }, .columns = GANTRY_COLUMNS_ALL }, FALSE, 1, 3 },
  { "differences", { .differences_only = TRUE, .columns = GANTRY_COLUMNS_ALL }, TRUE, 1, 1 },
};

static GPtrArray *
make_staged (void)
{
  GPtrArray *studies = gantry_record_array_new ();
  GantryStudy *study = gantry_study_new ();
  GantrySeries *series = gantry_series_new ();

  gantry_record_set (&series->sop_class_uid, MR);
  g_ptr_array_add (study->series, series);
  g_ptr_array_add (studies, study);
  return studies;
}

static void
test_grid (gconstpointer data)
{
  const GridCase *c = data;
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_probe (FALSE);
  g_autoptr (GantryProbe) other = make_probe (TRUE);
  g_autoptr (GPtrArray) staged = make_staged ();
  g_auto (GStrv) uids = gantry_probe_list_from_studies (staged);
  const char *const listed[] = { MR, SC, "1.2.3", NULL };

  gantry_probe_grid_set_probe (grid, probe);
  gantry_probe_grid_set_wanted (grid, GANTRY_GRID_STAGED, (const char *const *)uids);
  gantry_probe_grid_set_wanted (grid, GANTRY_GRID_LISTED, listed);
  if (c->compared)
    gantry_probe_grid_set_other (grid, other);
  gantry_probe_grid_set_filter (grid, &c->filter);
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (grid), ==, c->rows);
  g_assert_cmpuint (gantry_probe_grid_get_n_columns (grid), ==, c->columns);
  g_assert_cmpuint (gantry_probe_grid_get_total (grid), ==, 3);
}

static void
test_grid_words (void)
{
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_probe (FALSE);
  g_autoptr (GantryProbe) other = make_probe (TRUE);
  g_autofree char *summary = NULL;
  g_autofree char *cell = NULL;
  g_autofree char *compared = NULL;
  g_autofree char *missing = NULL;

  gantry_probe_grid_set_probe (grid, probe);
  summary = gantry_probe_grid_summarize (grid);
  g_assert_cmpstr (summary, ==, "Accepts 2 of 3 SOP classes, in 2 of 3 transfer syntaxes.");
  /* Groups: uncompressed, JPEG, RLE */
  g_assert_cmpstr (gantry_probe_grid_get_syntax_uid (grid, 1), ==, BASELINE);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 0, 0), ==, GANTRY_CELL_ACCEPTED);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 1, 1), ==, GANTRY_CELL_SYNTAX_REFUSED);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 2, 0), ==, GANTRY_CELL_CLASS_REFUSED);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 2, 1), ==, GANTRY_CELL_NOT_ASKED);
  cell = gantry_probe_grid_describe_cell (grid, 0, 1);
  g_assert_cmpstr (cell, ==, "CT Image Storage in JPEG Baseline: accepted");

  gantry_probe_grid_set_other (grid, other);
  compared = gantry_probe_grid_describe_cell (grid, 0, 1);
  g_assert_nonnull (strstr (compared, "Compared with: transfer syntaxes not supported"));
  g_assert_true (gantry_probe_grid_is_changed (grid, 0, 1));
  /* Another reason is no change of what is accepted. */
  g_assert_false (gantry_probe_grid_is_changed (grid, 1, 1));
  missing = gantry_probe_grid_summarize (grid);
  g_assert_nonnull (strstr (missing, "Accepted only here: 1, only there: 0."));
}

/* Of a probe that was kept by an earlier version as well, and of what only the other one has. */
static void
test_grid_retired (void)
{
  static const char *const order[] = { CT, MR, SC, "1.2.840.10008.5.1.1.30", OLD_US };
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = gantry_probe_new ();
  g_autoptr (GantryProbe) other = gantry_probe_new ();
  g_autofree char *cell = NULL;

  add_context (probe, "1.2.840.10008.5.1.1.30", IMPLICIT, 0);
  add_context (probe, CT, IMPLICIT, 4);
  add_context (probe, OLD_US, IMPLICIT, 3);
  add_context (probe, MR, IMPLICIT, 4);
  add_context (other, SC, IMPLICIT, 0);
  gantry_probe_grid_set_probe (grid, probe);
  gantry_probe_grid_set_other (grid, other);
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (grid), ==, G_N_ELEMENTS (order));
  for (guint row = 0; row < G_N_ELEMENTS (order); row++)
    g_assert_cmpstr (gantry_probe_grid_get_class_uid (grid, row), ==, order[row]);
  /* The answers go with their rows. */
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 0, 0), ==, GANTRY_CELL_SYNTAX_REFUSED);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 2, 0), ==, GANTRY_CELL_NOT_ASKED);
  g_assert_cmpint (gantry_probe_grid_get_cell (grid, 3, 0), ==, GANTRY_CELL_ACCEPTED);
  cell = gantry_probe_grid_describe_cell (grid, 4, 0);
  g_assert_cmpstr (cell, ==,
                   "Ultrasound Multi-frame Image Storage (retired) in Implicit VR LE: SOP "
                   "class not supported. Compared with: not asked");
  gantry_probe_grid_set_filter (
      grid, &(GantryGridFilter){ .text = "retired", .columns = GANTRY_COLUMNS_ALL });
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (grid), ==, 2);
}

/* ---- The matrix ------------------------------------------------------------------------------ */

static GtkWidget *
show_matrix (GantryProbeGrid *grid, GantryProbeMatrix **matrix)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  *matrix = g_object_new (GANTRY_TYPE_PROBE_MATRIX, NULL);
  gantry_probe_matrix_set_grid (*matrix, grid);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (*matrix));
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (window), 700, 400);
  gtk_window_present (GTK_WINDOW (window));
  gui_wait_for (gtk_widget_get_mapped (GTK_WIDGET (*matrix))
                && gtk_widget_get_height (GTK_WIDGET (*matrix)) > 0);
  return window;
}

#define ASSERT_CURRENT(matrix, wanted_row, wanted_column)                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    int row, column;                                                                               \
    gantry_probe_matrix_get_current (matrix, &row, &column);                                       \
    g_assert_cmpint (row, ==, wanted_row);                                                         \
    g_assert_cmpint (column, ==, wanted_column);                                                   \
  }                                                                                                \
  G_STMT_END

static void
test_matrix (void)
{
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_probe (FALSE);
  GantryProbeMatrix *matrix;
  GtkWidget *window;

  gantry_probe_grid_set_probe (grid, probe);
  window = show_matrix (grid, &matrix);
  ASSERT_CURRENT (matrix, -1, -1);
  gantry_probe_matrix_set_current (matrix, 0, 1);
  ASSERT_CURRENT (matrix, 0, 1);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (matrix), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "CT Image Storage in JPEG Baseline: accepted");
  gantry_probe_matrix_set_current (matrix, 99, 99);
  ASSERT_CURRENT (matrix, 2, 2);
  /* A filter takes rows away: the nearest that is left. */
  gantry_probe_grid_set_filter (
      grid, &(GantryGridFilter){ .text = "ct image", .columns = GANTRY_COLUMNS_ACCEPTED });
  ASSERT_CURRENT (matrix, 0, 1);
  gantry_probe_grid_set_filter (grid, &(GantryGridFilter){ .text = "zeppelin" });
  ASSERT_CURRENT (matrix, -1, -1);
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

static GantryProbe *
make_large_probe (guint n_classes, guint n_syntaxes)
{
  GantryProbe *probe = gantry_probe_new ();

  probe->node = gantry_node_new (1, "PACS1", "ARCHIVE", "10.0.0.5", 104, "", FALSE);
  probe->started = g_get_real_time ();
  probe->complete = TRUE;
  for (guint row = 0; row < n_classes; row++)
    for (guint column = 0; column < n_syntaxes; column++)
      {
        g_autofree char *sop_class = g_strdup_printf ("1.2.3.%u", row + 1);
        g_autofree char *syntax = g_strdup_printf ("1.2.840.10008.1.2.4.%u", 50 + column);

        add_context (probe, sop_class, syntax, (row * 7 + column) % 5);
      }
  return probe;
}

static gint64
paint (GantryProbePainter *painter, GantryProbeGrid *grid, double y)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1600, 900);
  cairo_t *cairo = cairo_create (surface);
  gint64 before = g_get_monotonic_time ();

  gantry_probe_painter_draw (painter, cairo, grid, 0, y, 1600, 900, 3, 3);
  before = g_get_monotonic_time () - before;
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return before;
}

/* 200 by 45: each frame of a scroll is drawn in a part of the time that it has. The machine may be
 * busy, so the best of many counts. */
static void
test_matrix_is_fast (void)
{
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_large_probe (200, 45);
  GtkWidget *widget = g_object_ref_sink (g_object_new (GANTRY_TYPE_PROBE_MATRIX, NULL));
  g_autoptr (GantryProbePainter) painter = NULL;
  gint64 best = G_MAXINT64;

  gantry_probe_grid_set_probe (grid, probe);
  painter = gantry_probe_painter_new (widget);
  gantry_probe_painter_set_size (painter, grid, 1600, 900);
  for (guint i = 0; i < 30; i++)
    best = MIN (best, paint (painter, grid, i * 40));
  g_test_message ("a frame of 1600 x 900: %.2f ms", (double)best / 1000);
  g_assert_cmpint (best, <, 16000);
  g_object_unref (widget);
}

/* Of a picture, whether there is anything where the @column of the first row has its corner. */
static gboolean
is_tinted (GantryProbePainter *painter, GantryProbeGrid *grid, gboolean rtl, int column)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 600, 400);
  cairo_t *cairo = cairo_create (surface);
  int x = gantry_probe_painter_get_row_header (painter) + column * GANTRY_PROBE_COLUMN + 3;
  int y = gantry_probe_painter_get_column_header (painter) + 3;
  const guint32 *pixels;
  gboolean tinted;

  gantry_probe_painter_draw (painter, cairo, grid, 0, 0, 600, 400, -1, -1);
  cairo_surface_flush (surface);
  pixels = (const guint32 *)cairo_image_surface_get_data (surface);
  tinted = pixels[y * 600 + (rtl ? 599 - x : x)] != 0;
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return tinted;
}

/* From right to left it is the same in a mirror: the first column is accepted, the last is not. */
static void
test_matrix_direction (void)
{
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_probe (FALSE);

  gantry_probe_grid_set_probe (grid, probe);
  for (int rtl = FALSE; rtl <= TRUE; rtl++)
    {
      GtkWidget *widget = g_object_ref_sink (g_object_new (GANTRY_TYPE_PROBE_MATRIX, NULL));
      g_autoptr (GantryProbePainter) painter = NULL;

      gtk_widget_set_direction (widget, rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      painter = gantry_probe_painter_new (widget);
      gantry_probe_painter_set_size (painter, grid, 600, 400);
      g_assert_true (is_tinted (painter, grid, rtl, 0));
      g_assert_true (is_tinted (painter, grid, rtl, 1));
      g_assert_false (is_tinted (painter, grid, rtl, 2));
      g_object_unref (widget);
    }
}

/* Where the lines begin is in sight at first, and the column that is marked comes into sight. */
static void
test_matrix_scrolls (gconstpointer direction)
{
  gboolean rtl = GPOINTER_TO_INT (direction) == GTK_TEXT_DIR_RTL;
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_large_probe (60, 45);
  GantryProbeMatrix *matrix;
  GtkAdjustment *adjustment;
  GtkWidget *window;
  double end;

  gtk_widget_set_default_direction (GPOINTER_TO_INT (direction));
  gantry_probe_grid_set_probe (grid, probe);
  window = show_matrix (grid, &matrix);
  adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (matrix));
  end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  g_assert_cmpfloat (end, >, 100);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, rtl ? end : 0);
  gantry_probe_matrix_set_current (matrix, 0, 44);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), ==, rtl ? 0 : end);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* ---- Export ---------------------------------------------------------------------------------- */

static void
test_export (void)
{
  g_autoptr (GantryProbe) probe = make_probe (FALSE);
  g_autofree char *csv = gantry_probe_to_csv (probe);
  g_autofree char *json = gantry_probe_to_json (probe);
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (lines), ==, 5); /* the last is empty */
  g_assert_true (g_str_has_prefix (lines[0], "SOP Class UID,SOP Class,Modality,"));
  g_assert_cmpstr (lines[1], ==,
                   CT ",CT Image Storage,CT,accepted,transfer syntax not supported,accepted");
  g_assert_cmpstr (lines[3], ==,
                   SC ",Secondary Capture Image Storage,OT,SOP class not supported,SOP class not "
                      "supported,");
  g_assert_nonnull (strstr (json, "\"outcome\" : \"accepted\""));
  g_assert_nonnull (strstr (json, "\"reason\" : \"SOP class not supported\""));

  g_assert_false (gantry_probe_write (probe, "/proc/none/probe.csv", &error));
  g_assert_nonnull (strstr (error->message, "Choose another place"));
}

/* On a disk that is full after so many octets. */
static gboolean
write_limited (cairo_surface_t *drawing, const char *path, rlim_t octets, GError **error)
{
  struct rlimit unlimited, little;
  gboolean written;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  little = (struct rlimit){ octets, unlimited.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  written = gantry_probe_picture_write (drawing, path, error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  return written;
}

static void
test_picture (void)
{
  g_autoptr (GantryProbeGrid) grid = gantry_probe_grid_new ();
  g_autoptr (GantryProbe) probe = make_large_probe (200, 45);
  GtkWidget *widget = g_object_ref_sink (g_object_new (GANTRY_TYPE_PROBE_MATRIX, NULL));
  g_autofree char *path = g_build_filename (gui_get_profile (), "matrix.png", NULL);
  g_autoptr (GError) error = NULL;
  cairo_surface_t *drawing, *picture;

  gantry_probe_grid_set_probe (grid, probe);
  drawing = gantry_probe_picture_draw (widget, grid);
  g_assert_true (gantry_probe_picture_write (drawing, path, &error));
  g_assert_no_error (error);
  /* All of it, not what would be in sight. */
  picture = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_height (picture), >, 200 * GANTRY_PROBE_ROW);
  g_assert_cmpint (cairo_image_surface_get_width (picture), >, 45 * GANTRY_PROBE_COLUMN);
  cairo_surface_destroy (picture);

  g_assert_false (gantry_probe_picture_write (drawing, "/proc/none/matrix.png", &error));
  g_assert_nonnull (strstr (error->message, "Choose another place"));
  g_clear_error (&error);
  /* Nothing of a picture for which there is no room. */
  g_assert_false (write_limited (drawing, path, 1000, &error));
  g_assert_nonnull (strstr (error->message, g_strerror (EFBIG)));
  picture = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_image_surface_get_height (picture), >, 200 * GANTRY_PROBE_ROW);
  cairo_surface_destroy (picture);
  cairo_surface_destroy (drawing);
  g_object_unref (widget);
}

static void
test_extended (void)
{
  GantryProbeExtended *view
      = GANTRY_PROBE_EXTENDED (g_object_ref_sink (g_object_new (GANTRY_TYPE_PROBE_EXTENDED, NULL)));
  g_autoptr (GPtrArray) answers = gantry_record_array_new ();

  for (guint i = 0; i < 2; i++)
    {
      GantryExtended *extended = gantry_extended_new (i == 0 ? CT : MR);

      extended->level = 2;
      extended->signature_level = 3;
      extended->coercion = 0;
      g_ptr_array_add (answers, extended);
    }
  g_assert_cmpuint (gantry_probe_extended_show (view, answers), ==, 2);
  g_assert_nonnull (gui_find_text (GTK_WIDGET (view), "CT Image Storage, MR Image Storage"));
  g_assert_nonnull (gui_find_part (GTK_WIDGET (view), "keeps every attribute (level 2)"));
  g_ptr_array_set_size (answers, 0);
  g_assert_cmpuint (gantry_probe_extended_show (view, answers), ==, 0);
  g_object_unref (view);
}

/* ---- With the engine ------------------------------------------------------------------------- */

typedef struct
{
  char *folder;
  GantryEngine *engine;
  GtkWidget *window;
  GantryNodesPage *page;
  guint16 port; /* of the receiver; 0: off */
  gint64 saved; /* id of the node that was saved last */
} Fixture;

static void
on_event (GantryEvent *event, gpointer data)
{
  Fixture *f = data;

  if (event->type == GANTRY_EVENT_LISTENER)
    f->port = event->listener.on ? event->listener.port : 0;
  if (f->page != NULL)
    gantry_nodes_page_handle_event (f->page, event);
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GantryProfile) profile = gantry_profile_open (f->folder, &error);

  g_assert_no_error (error);
  f->engine = gantry_engine_new (&(GantryEngineOptions){ .profile = profile,
                                                         .draft = "window",
                                                         .run_receiver = TRUE,
                                                         .event_func = on_event,
                                                         .user_data = f },
                                 &error);
  g_assert_no_error (error);
  f->page = g_object_new (GANTRY_TYPE_NODES_PAGE, NULL);
  f->window = g_object_ref_sink (g_object_new (ADW_TYPE_APPLICATION_WINDOW, "application",
                                               gui_get_application (), "default-width", 900,
                                               "default-height", 600, NULL));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (f->window), GTK_WIDGET (f->page));
  gantry_nodes_page_set_engine (f->page, f->engine);
  gtk_window_present (GTK_WINDOW (f->window));
  gui_wait_for (gui_find_part (f->window, "This workstation") != NULL);
}

static void
stop (Fixture *f)
{
  gantry_engine_close (f->engine);
  f->page = NULL;
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_clear_object (&f->window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gui_finalize (f->engine); /* what is written aside may hold it a little longer */
  f->port = 0;
}

static void
set_up (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  f->folder = g_dir_make_tmp ("gantry-nodes-XXXXXX", NULL);
  start (f);
}

static void
tear_down (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  const char *const argv[] = { "rm", "-rf", "--", f->folder, NULL };

  g_settings_reset (gantry_settings_get (), GANTRY_KEY_WATCH_NODES);
  g_settings_reset (gantry_settings_get (), GANTRY_KEY_WATCH_SECONDS);
  stop (f);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->folder);
}

static void
listen (Fixture *f)
{
  GantryListenSettings settings = GANTRY_LISTEN_SETTINGS_DEFAULT;

  settings.port = 0;
  gantry_engine_listen (f->engine, &settings);
  gui_wait_for (f->port != 0);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  ((Fixture *)data)->saved = gantry_engine_save_node_finish (GANTRY_ENGINE (object), result, NULL);
}

/* Returns: (transfer full) */
static GantryNode *
add_node (Fixture *f, const char *name, guint16 port)
{
  GantryNode *node = gantry_node_new (0, name, "GANTRY", "127.0.0.1", port, "", FALSE);

  f->saved = 0;
  gantry_engine_save_node_async (f->engine, node, NULL, on_saved, f);
  gui_wait_for (f->saved != 0);
  g_assert_cmpint (f->saved, >, 0);
  node->id = f->saved;
  gui_wait_for (gui_find_text (f->window, name) != NULL);
  return node;
}

/* Changes the node, as its editor does. Returns: (transfer full) */
static GantryNode *
save_node (Fixture *f, const GantryNode *node, const char *name, guint16 port)
{
  GantryNode *changed = gantry_node_new (node->id, name, "GANTRY", "127.0.0.1", port, "", FALSE);

  f->saved = 0;
  gantry_engine_save_node_async (f->engine, changed, NULL, on_saved, f);
  gui_wait_for (f->saved == node->id);
  return changed;
}

static GantryNodeRow *
find_row (Fixture *f, const char *name)
{
  GtkWidget *label = gui_find_text (f->window, name);

  g_assert_nonnull (label);
  return GANTRY_NODE_ROW (gtk_widget_get_ancestor (label, GANTRY_TYPE_NODE_ROW));
}

/* Switched on, everything is asked; what was found out is there after a new start, with the switch.
 */
static void
test_watch (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL;
  g_autofree char *told = NULL;
  GtkWidget *row;

  listen (f);
  node = add_node (f, "Watched", f->port);
  row = GTK_WIDGET (find_row (f, "Watched"));
  g_assert_nonnull (gui_find_text (row, "Not asked yet"));
  g_settings_set_uint (gantry_settings_get (), GANTRY_KEY_WATCH_SECONDS, 3600); /* once */
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_WATCH_NODES, TRUE);
  gui_wait_for (gui_find_part (row, "Up since") != NULL);
  g_assert_false (gui_has_notification ()); /* the first ever is no news */

  gantry_engine_stop_listening (f->engine);
  gui_wait_for (f->port == 0);
  gantry_engine_echo_all (f->engine);
  gui_wait_for (gui_find_part (row, "Down since") != NULL);
  gui_wait_for (gui_has_notification ());
  told = gui_take_notification ();
  g_assert_true (g_str_has_prefix (told, "Watched Does Not Answer\n"));
  g_settings_set_boolean (gantry_settings_get (), GANTRY_KEY_WATCH_NODES, FALSE);

  stop (f);
  start (f);
  gui_wait_for (gui_find_text (f->window, "Watched") != NULL);
  row = GTK_WIDGET (find_row (f, "Watched"));
  gui_wait_for (gui_find_part (row, "Down since") != NULL);
  gtk_list_box_select_row (GTK_LIST_BOX (gtk_widget_get_parent (row)), GTK_LIST_BOX_ROW (row));
  gui_wait_for (gui_find_text (f->window, "Does not answer") != NULL);
  g_assert_nonnull (gui_find_part (f->window, "2 echoes, 1 lost"));
}

static GtkWidget *
find_button (GtkWidget *root, const char *part)
{
  GtkWidget *label = gui_find_part (root, part);

  g_assert_nonnull (label);
  return gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);
}

static void
write_file (Fixture *f, const char *name, const char *text, char **path)
{
  *path = g_build_filename (f->folder, name, NULL);
  g_assert_true (g_file_set_contents (*path, text, -1, NULL));
}

static void
test_import (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  GtkWidget *import;

  write_file (f, "nodes.csv",
              "name,ae_title,host,port\r\nFirst,ONE,10.0.0.1,104\r\nSecond,TWO,10.0.0.2,105\r\n",
              &path);
  gantry_node_exchange_import_from (GTK_WIDGET (f->page), f->engine, path);
  gui_wait_for ((import = gui_find_window (GANTRY_TYPE_NODE_IMPORT_WINDOW)) != NULL);
  g_assert_nonnull (gui_find_part (import, "2 nodes are in “nodes.csv”. Nothing is saved yet."));
  g_assert_nonnull (gui_find_text (import, "TWO@10.0.0.2:105"));
  g_assert_null (gui_find_text (f->window, "Second"));

  gtk_check_button_set_active (GTK_CHECK_BUTTON (gui_find_type (import, GTK_TYPE_CHECK_BUTTON)),
                               FALSE);
  g_signal_emit_by_name (find_button (import, "Add 1 Node"), "clicked");
  gui_wait_for (gui_find_window (GANTRY_TYPE_NODE_IMPORT_WINDOW) == NULL);
  gui_wait_for (gui_find_text (f->window, "Second") != NULL);
  g_assert_null (gui_find_text (f->window, "First"));
}

/* One of them has a name that is taken by now: it stays, and says why. */
static void
test_import_taken (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = add_node (f, "Taken", 104);
  g_autoptr (GantryNode) fresh = gantry_node_new (0, "Fresh", "A", "h", 104, "", FALSE);
  g_autoptr (GantryNode) same = gantry_node_new (0, "Taken", "A", "h", 104, "", FALSE);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  GtkWidget *import;

  g_assert_cmpint (node->id, >, 0);
  g_ptr_array_add (nodes, same);
  g_ptr_array_add (nodes, fresh);
  gantry_node_exchange_ask (GTK_WIDGET (f->page), f->engine, nodes, "two");
  import = gui_find_window (GANTRY_TYPE_NODE_IMPORT_WINDOW);
  g_signal_emit_by_name (find_button (import, "Add 2 Nodes"), "clicked");
  gui_wait_for (gui_find_text (f->window, "Fresh") != NULL);
  gui_wait_for (gui_find_text (import, "Added") != NULL);
  g_assert_nonnull (gui_find_part (import, "name"));
  gtk_window_close (GTK_WINDOW (import));
}

static void
test_import_broken (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = NULL;
  GtkWidget *dialog;

  write_file (f, "broken.csv", "name,ae_title,host,port\r\nFirst,ONE,10.0.0.1,99999\r\n", &path);
  gantry_node_exchange_import_from (GTK_WIDGET (f->page), f->engine, path);
  gui_wait_for ((dialog = gui_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  g_assert_nonnull (gui_find_text (dialog, "Nothing Was Imported"));
  g_assert_nonnull (gui_find_part (dialog, "First"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_export_nodes (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = add_node (f, "Kept", 104);
  g_autofree char *path = g_build_filename (f->folder, "out.csv", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpint (node->id, >, 0);
  gantry_node_exchange_export_to (GTK_WIDGET (f->page), f->engine, path);
  gui_wait_for (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "Kept"));
}

/* One address opens the editor, several are shown first. */
static void
test_clipboard (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (f->window);
  GtkWidget *window;

  gdk_clipboard_set_text (clipboard, "ARCHIVE@10.0.0.5:4242");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), "node.paste", NULL));
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_NODE_EDITOR)) != NULL);
  g_assert_cmpstr (gtk_editable_get_text (gantry_node_editor_get_field (GANTRY_NODE_EDITOR (window),
                                                                        GANTRY_NODE_FIELD_PORT)),
                   ==, "4242");
  gtk_window_destroy (GTK_WINDOW (window));

  gdk_clipboard_set_text (clipboard, "A@h:1\nB@h:2");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), "node.paste", NULL));
  gui_wait_for ((window = gui_find_window (GANTRY_TYPE_NODE_IMPORT_WINDOW)) != NULL);
  g_assert_nonnull (gui_find_text (window, "B@h:2"));
  gtk_window_destroy (GTK_WINDOW (window));

  gdk_clipboard_set_text (clipboard, "nothing of the kind");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), "node.paste", NULL));
  gui_wait_for (gui_find_part (f->window, "is no address of a node") != NULL);
}

/* ---- The probe window ------------------------------------------------------------------------ */

static GantryProbeWindow *
open_probe (Fixture *f, GantryNode *node)
{
  GtkWidget *window = gantry_probe_window_new (GTK_WINDOW (f->window), f->engine, node);

  gtk_window_present (GTK_WINDOW (window));
  return GANTRY_PROBE_WINDOW (window);
}

static GantryProbe *
get_probe (GantryProbeWindow *window)
{
  return gantry_probe_grid_get_probe (gantry_probe_window_get_grid (window));
}

static GtkDropDown *
find_compare (GantryProbeWindow *window)
{
  GtkWidget *label = gui_find_text (GTK_WIDGET (window), "Compare with");

  g_assert_nonnull (label);
  return GTK_DROP_DOWN (gtk_widget_get_next_sibling (label));
}

static void
test_probe (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL;
  g_autofree char *csv = g_build_filename (f->folder, "probe.csv", NULL);
  g_autofree char *png = g_build_filename (f->folder, "Probe.PNG", NULL);
  GantryProbeWindow *window;
  gint64 first;

  listen (f);
  node = add_node (f, "Ourselves", f->port);
  window = open_probe (f, node);
  gui_wait_for (get_probe (window) != NULL);
  g_assert_true (get_probe (window)->complete);
  first = get_probe (window)->started;
  g_assert_nonnull (gui_find_part (GTK_WIDGET (window), "Accepts "));
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (gantry_probe_window_get_grid (window)), >, 100);
  g_assert_nonnull (gui_find_part (GTK_WIDGET (window), "extended answers"));
  gantry_probe_window_export_to (window, csv);
  gui_wait_for (gui_find_part (GTK_WIDGET (window), "Written to “probe.csv”") != NULL);
  g_assert_true (g_file_test (csv, G_FILE_TEST_EXISTS));
  gantry_probe_window_export_to (window, png);
  gui_wait_for (g_file_test (png, G_FILE_TEST_EXISTS));
  gtk_window_destroy (GTK_WINDOW (window));

  /* The next time it is there at once, also after a new start, and nobody is asked. */
  stop (f);
  start (f);
  window = open_probe (f, node);
  gui_wait_for (get_probe (window) != NULL);
  g_assert_cmpint (get_probe (window)->started, ==, first);
  g_assert_cmpint (get_probe (window)->id, >, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Also in a popover that is not open. */
static GtkWidget *
find_check (GtkWidget *root, const char *label)
{
  if (GTK_IS_CHECK_BUTTON (root)
      && g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (root)), label) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_check (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What is found once is a list for every probe, also after a new start. */
static void
test_probe_list (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL;
  GantryProbeWindow *window;
  GtkWidget *search, *only;
  guint n;

  listen (f);
  node = add_node (f, "Ourselves", f->port);
  window = open_probe (f, node);
  gui_wait_for (get_probe (window) != NULL);
  only = find_check (GTK_WIDGET (window), "Only My _List");
  g_assert_false (gtk_widget_get_sensitive (only));
  search = gui_find_type (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (search), "Tomography");
  gui_wait_for (gantry_probe_grid_get_n_rows (gantry_probe_window_get_grid (window)) < 20);
  n = gantry_probe_grid_get_n_rows (gantry_probe_window_get_grid (window));
  g_assert_cmpuint (n, >, 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.keep-list", NULL));
  g_assert_true (gtk_widget_get_sensitive (only));
  gtk_window_destroy (GTK_WINDOW (window));

  stop (f);
  start (f);
  window = open_probe (f, node);
  gui_wait_for (get_probe (window) != NULL);
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (gantry_probe_window_get_grid (window)), >, n);
  only = find_check (GTK_WIDGET (window), "Only My _List");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (only), TRUE);
  g_assert_cmpuint (gantry_probe_grid_get_n_rows (gantry_probe_window_get_grid (window)), ==, n);
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (gantry_settings_get (), GANTRY_KEY_PROBE_LIST);
}

static void
test_probe_compare (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL;
  GantryProbeWindow *window;
  GtkDropDown *compare;
  gint64 first;

  listen (f);
  node = add_node (f, "Ourselves", f->port);
  window = open_probe (f, node);
  gui_wait_for (get_probe (window) != NULL);
  first = get_probe (window)->started;
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.start", NULL));
  gui_wait_for (get_probe (window)->started != first);
  compare = find_compare (window);
  gui_wait_for (g_list_model_get_n_items (gtk_drop_down_get_model (compare)) == 2);
  gtk_drop_down_set_selected (compare, 1);
  gui_wait_for (gui_find_part (GTK_WIDGET (window), "Both accept the same.") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_asked (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GantryProbe **)data = gantry_engine_probe_finish (GANTRY_ENGINE (engine), result, NULL);
  g_assert_nonnull (*(GantryProbe **)data);
}

/* Of what is kept while a window is open it hears at once; what it compares with stays. */
static void
test_probe_kept_meanwhile (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GantryNode) node = NULL, other = NULL, renamed = NULL;
  GantryProbeWindow *window;
  GantryProbeGrid *grid;
  GtkDropDown *compare;
  GantryProbe *compared;

  listen (f);
  node = add_node (f, "Ourselves", f->port);
  other = add_node (f, "Other", f->port);
  window = open_probe (f, node);
  grid = gantry_probe_window_get_grid (window);
  gui_wait_for (get_probe (window) != NULL);
  compare = find_compare (window);
  for (guint n = 2; n <= 3; n++)
    {
      g_autoptr (GantryProbe) probe = NULL;

      gantry_engine_probe_async (f->engine, other, NULL, NULL, NULL, NULL, on_asked, &probe);
      gui_wait_for (probe != NULL);
      gui_wait_for (g_list_model_get_n_items (gtk_drop_down_get_model (compare)) == n);
      if (n == 2)
        gtk_drop_down_set_selected (compare, 1);
      gui_wait_for (gantry_probe_grid_get_other (grid) != NULL);
      /* The first of the other node stays beside its newest, as it is looked at. */
      g_assert_cmpint (gantry_probe_grid_get_other (grid)->started, <=, probe->started);
      g_assert_true ((gantry_probe_grid_get_other (grid)->started == probe->started) == (n == 2));
      g_assert_cmpuint (gtk_drop_down_get_selected (compare), ==, n - 1);
    }
  compared = gantry_probe_grid_get_other (grid);
  renamed = save_node (f, other, "Renamed", f->port);
  gui_wait_for (gui_find_part (GTK_WIDGET (compare), "Renamed, ") != NULL);
  g_assert_true (gantry_probe_grid_get_other (grid) == compared);

  /* What is gone is compared with no more. */
  gantry_engine_remove_node (f->engine, other->id);
  gui_wait_for (g_list_model_get_n_items (gtk_drop_down_get_model (compare)) == 1);
  g_assert_null (gantry_probe_grid_get_other (grid));
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (compare)));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_probe_unreachable (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (GantryNode) node = add_node (f, "Nobody", port);
  GantryProbeWindow *window;

  g_socket_listener_close (listener);
  window = open_probe (f, node);
  gui_wait_for (gui_find_text (GTK_WIDGET (window), "The Node Cannot Be Asked") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What is mended while the window is open is asked where it is now. */
static void
test_probe_mended (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (GantryNode) node = add_node (f, "Nobody", port);
  g_autoptr (GantryNode) mended = NULL;
  GantryProbeWindow *window;

  g_socket_listener_close (listener);
  window = open_probe (f, node);
  gui_wait_for (gui_find_text (GTK_WIDGET (window), "The Node Cannot Be Asked") != NULL);
  listen (f);
  mended = save_node (f, node, "Somebody", f->port);
  gui_wait_for (gui_find_text (GTK_WIDGET (window), "What Does Somebody Accept?") != NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.start", NULL));
  gui_wait_for (get_probe (window) != NULL);
  g_assert_cmpint (get_probe (window)->node->port, ==, f->port);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_listed (GObject *engine, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **)data = gantry_engine_list_finish (GANTRY_ENGINE (engine), result, NULL, NULL);
}

/* What is kept and comes after the node was asked again does not cover that. */
static void
test_probe_at_once (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autoptr (GantryNode) node = NULL, moved = NULL;
  g_autoptr (GPtrArray) kept = NULL, answers = NULL;
  g_autoptr (GantryProbe) probe = NULL;
  GantryProbeWindow *window;

  listen (f);
  node = add_node (f, "Ourselves", f->port);
  gantry_engine_probe_async (f->engine, node, NULL, NULL, NULL, NULL, on_asked, &probe);
  gui_wait_for (probe != NULL);
  while (kept == NULL || kept->len == 0)
    {
      g_clear_pointer (&kept, g_ptr_array_unref);
      gantry_engine_list_probes_async (f->engine, node->id, NULL, on_listed, &kept);
      gui_wait_for (kept != NULL);
    }
  moved = save_node (f, node, "Moved", port);

  window = open_probe (f, moved);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.start", NULL));
  /* Answers come in the order of the questions: two of the window's are then over. */
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&answers, g_ptr_array_unref);
      gantry_engine_get_probe_async (f->engine, ((GantryProbe *)kept->pdata[0])->id, NULL,
                                     on_listed, &answers);
      gui_wait_for (answers != NULL);
      g_assert_cmpuint (answers->len, ==, 1);
    }
  g_assert_null (get_probe (window));
  g_assert_nonnull (gui_find_text (GTK_WIDGET (window), "Asking the Node"));
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&window);
  gtk_window_close (GTK_WINDOW (window));
  gui_wait_for (window == NULL);
}

/* A node that never says a word does not hold the window. */
static void
test_probe_cancel (Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  g_autoptr (GantryNode) node = add_node (f, "Silent", port);
  GantryProbeWindow *window = open_probe (f, node);
  gint64 before;

  gui_wait_for (gui_find_text (GTK_WIDGET (window), "Asking the Node") != NULL);
  before = g_get_monotonic_time ();
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.cancel", NULL));
  gui_wait_for (gui_find_text (GTK_WIDGET (window), "Cancelled") != NULL);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 2 * G_USEC_PER_SEC);

  /* Closing ends it as well. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "probe.start", NULL));
  gui_wait_for (gui_find_text (GTK_WIDGET (window), "Asking the Node") != NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&window);
  gtk_window_close (GTK_WINDOW (window));
  gui_wait_for (window == NULL);
}

/* ---- All of them ----------------------------------------------------------------------------- */

#define ADD_CASES(prefix, cases, func)                                                             \
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)                                                 \
    {                                                                                              \
      g_autofree char *path = g_strconcat (prefix, cases[i].name, NULL);                           \
      g_test_add_data_func (path, &cases[i], func);                                                \
    }

int
main (int argc, char *argv[])
{
  gui_init (&argc, &argv);

  ADD_CASES ("/sparkline/", spark_cases, test_sparkline);
  ADD_CASES ("/nodes/paste/", paste_cases, test_paste);
  ADD_CASES ("/probe-grid/", grid_cases, test_grid);
  g_test_add_func ("/probe-grid/words", test_grid_words);
  g_test_add_func ("/probe-grid/retired", test_grid_retired);
  g_test_add_func ("/nodes/news", test_news);
  g_test_add_func ("/nodes/row", test_row);
  g_test_add_func ("/nodes/copy-and-paste", test_copy_and_paste);
  g_test_add_func ("/probe-matrix/current", test_matrix);
  g_test_add_func ("/probe-matrix/fast", test_matrix_is_fast);
  g_test_add_func ("/probe-matrix/picture", test_picture);
  g_test_add_func ("/probe-matrix/direction", test_matrix_direction);
  g_test_add_data_func ("/probe-matrix/scrolls/left-to-right", GINT_TO_POINTER (GTK_TEXT_DIR_LTR),
                        test_matrix_scrolls);
  g_test_add_data_func ("/probe-matrix/scrolls/right-to-left", GINT_TO_POINTER (GTK_TEXT_DIR_RTL),
                        test_matrix_scrolls);
  g_test_add_func ("/probe/export", test_export);
  g_test_add_func ("/probe/extended", test_extended);
#define CASE(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  CASE ("/nodes/watch", test_watch);
  CASE ("/nodes/import", test_import);
  CASE ("/nodes/import-taken", test_import_taken);
  CASE ("/nodes/import-broken", test_import_broken);
  CASE ("/nodes/export", test_export_nodes);
  CASE ("/nodes/clipboard", test_clipboard);
  CASE ("/probe-window/own-receiver", test_probe);
  CASE ("/probe-window/list", test_probe_list);
  CASE ("/probe-window/compare", test_probe_compare);
  CASE ("/probe-window/kept-meanwhile", test_probe_kept_meanwhile);
  CASE ("/probe-window/unreachable", test_probe_unreachable);
  CASE ("/probe-window/mended", test_probe_mended);
  CASE ("/probe-window/at-once", test_probe_at_once);
  CASE ("/probe-window/cancel", test_probe_cancel);
#undef CASE
  return gui_run ();
}
