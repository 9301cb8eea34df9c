/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What those who connect are called: which questions are asked, how many at once, for how long an
 * answer counts, and which answers are none.
 */
#include "config.h"

#include "gantry-peer-names.h"
#include "name-service.h"

#define PATIENCE_S 20

typedef struct
{
  GantryPeerNames *names;
  GPtrArray *changed; /* addresses, "*" for all */
} Fixture;

static void
on_changed (GantryPeerNames *names G_GNUC_UNUSED, const char *address, GPtrArray *changed)
{
  g_ptr_array_add (changed, g_strdup (address != NULL ? address : "*"));
}

static void
begin (Fixture *f, const GantryPeerNamesLimits *limits)
{
  f->names = gantry_peer_names_new (limits);
  f->changed = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (f->names, "changed", G_CALLBACK (on_changed), f->changed);
  g_object_set (f->names, "enabled", TRUE, NULL);
  g_ptr_array_set_size (f->changed, 0);
  name_service_install ();
}

static void
end (Fixture *f)
{
  name_service_remove ();
  g_assert_finalize_object (f->names);
  g_ptr_array_unref (f->changed);
}

/* Turns the main loop until the condition holds. */
#define WAIT(condition)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 end_ = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;                           \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, end_);                                        \
        g_main_context_iteration (NULL, FALSE);                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
assert_name (Fixture *f, const char *peer, const char *name)
{
  g_autofree char *found = gantry_peer_names_lookup (f->names, peer);

  g_assert_cmpstr (found, ==, name);
}

/* Asks, and lets the name service say that. */
static void
learn (Fixture *f, const char *address, const char *name)
{
  guint n = f->changed->len;

  assert_name (f, address, NULL);
  name_service_answer (address, name);
  WAIT (f->changed->len > n);
}

static char *
make_address (guint n)
{
  return g_strdup_printf ("10.0.%u.%u", n / 250, n % 250 + 1);
}

/* ---- The name service of this computer ------------------------------------------------------ */

static void
test_real (void)
{
  g_autoptr (GantryPeerNames) names = gantry_peer_names_new (NULL);
  g_autofree char *name = NULL;

  g_assert_null (gantry_peer_names_lookup (names, "127.0.0.1:11112"));
  g_object_set (names, "enabled", TRUE, NULL);
  WAIT ((name = gantry_peer_names_lookup (names, "127.0.0.1:11112")) != NULL);
  if (!g_str_equal (name, "localhost.localdomain")) /* as some distributions have it */
    g_assert_cmpstr (name, ==, "localhost");
}

/* ---- One that does as it is told ------------------------------------------------------------ */

/* However a peer is written, and however many want to know. */
static void
test_shared (void)
{
  Fixture f;

  begin (&f, NULL);
  assert_name (&f, "10.0.0.1:1000", NULL);
  assert_name (&f, "10.0.0.1:1001", NULL);
  assert_name (&f, "10.0.0.1", NULL);
  assert_name (&f, "[fd00::1]:104", NULL);
  assert_name (&f, "[fd00::1]", NULL);
  assert_name (&f, "fd00::1", NULL);
  assert_name (&f, "", NULL);
  assert_name (&f, "nonsense:104", NULL);
  assert_name (&f, "[fd00::1", NULL);
  assert_name (&f, "pacs.example", NULL);
  g_assert_cmpuint (name_service_count (), ==, 2);
  name_service_answer ("10.0.0.1", "ct.example");
  name_service_answer ("fd00::1", "mr.example");
  WAIT (f.changed->len == 2);
  g_assert_cmpstr (f.changed->pdata[0], ==, "10.0.0.1");
  g_assert_cmpstr (f.changed->pdata[1], ==, "fd00::1");
  assert_name (&f, "10.0.0.1:1002", "ct.example");
  assert_name (&f, "[fd00::1]:105", "mr.example");
  g_assert_cmpuint (name_service_count (), ==, 2);
  end (&f);
}

static void
test_is_at (void)
{
  g_assert_true (gantry_peer_names_is_at ("10.0.0.1:1000", "10.0.0.1"));
  g_assert_true (gantry_peer_names_is_at ("10.0.0.1", "10.0.0.1"));
  g_assert_true (gantry_peer_names_is_at ("[fd00::1]:1000", "fd00::1"));
  g_assert_true (gantry_peer_names_is_at ("10.0.0.1:1000", NULL));
  g_assert_false (gantry_peer_names_is_at ("10.0.0.11:1000", "10.0.0.1"));
  g_assert_false (gantry_peer_names_is_at ("10.0.0.1:1000", "10.0.0.11"));
  g_assert_false (gantry_peer_names_is_at ("", "10.0.0.1"));
}

typedef struct
{
  const char *name, *text;
  gboolean good;
} TextCase;

static const TextCase texts[] = {
  { "plain", "ct-1.hospital.example", TRUE },
  { "underscore", "ct_1", TRUE },
  { "service", "_dicom._tcp.example", TRUE },
  { "digits", "1.example", TRUE },
  { "empty", "", FALSE },
  { "space", "ct 1", FALSE },
  { "line", "ct\n2026-01-01 PACS1 from 10.0.0.5", FALSE },
  { "escape", "ct\033[2J", FALSE },
  { "markup", "<b>ct</b>", FALSE },
  { "ampersand", "ct&amp;", FALSE },
  { "right-to-left", "ct\342\200\256elpmaxe", FALSE },
  { "letters", "r\303\266ntgen.example", FALSE },
  { "no-utf8", "ct\377", FALSE },
  { "path", "../../ct", FALSE },
  { "percent", "%s%n", FALSE },
  { "address", "10.0.0.5", FALSE },
  { "short-address", "ct.5", FALSE },
  { "six-address", "fd00::5", FALSE },
  { "end", "ct.example.", FALSE },
};

static void
test_text (gconstpointer data)
{
  const TextCase *c = data;
  Fixture f;

  begin (&f, NULL);
  learn (&f, "10.0.0.1", c->text);
  assert_name (&f, "10.0.0.1", c->good ? c->text : NULL);
  g_assert_cmpuint (name_service_count (), ==, 1);
  end (&f);
}

static void
test_length (void)
{
  g_autofree char *longest = g_strnfill (253, 'a');
  g_autofree char *longer = g_strnfill (254, 'a');
  Fixture f;

  begin (&f, NULL);
  learn (&f, "10.0.0.1", longest);
  assert_name (&f, "10.0.0.1", longest);
  learn (&f, "10.0.0.2", longer);
  assert_name (&f, "10.0.0.2", NULL);
  end (&f);
}

/* Four are asked, some wait, and of a flood only the last are left. */
static void
test_flood (void)
{
  GantryPeerNamesLimits limits = GANTRY_PEER_NAMES_LIMITS_DEFAULT;
  Fixture f;

  limits.waiting = 10;
  begin (&f, &limits);
  for (guint n = 0; n < 5000; n++)
    {
      g_autofree char *address = make_address (n);

      assert_name (&f, address, NULL);
      g_assert_cmpuint (name_service_count_open (), ==, MIN (n + 1, 4));
    }
  for (guint n = 0; n < 14; n++)
    {
      g_autofree char *address = make_address (n < 4 ? n : 5000 - 14 + n);
      g_autofree char *name = g_strdup_printf ("pc%u", n);

      WAIT (name_service_is_asked (address));
      g_assert_cmpuint (name_service_count_open (), <=, 4);
      name_service_answer (address, name);
    }
  WAIT (f.changed->len == 14);
  g_assert_cmpuint (name_service_count (), ==, 14);
  assert_name (&f, "10.0.0.1", "pc0");
  assert_name (&f, "10.0.19.250", "pc13");
  end (&f);
}

/* The oldest answer is forgotten, and asked for again. */
static void
test_bound (void)
{
  Fixture f;

  begin (&f, NULL);
  for (guint n = 0; n < 1001; n++)
    {
      g_autofree char *address = make_address (n);

      learn (&f, address, "pc");
    }
  assert_name (&f, "10.0.0.2", "pc");
  assert_name (&f, "10.0.4.1", "pc");
  g_assert_cmpuint (name_service_count (), ==, 1001);
  assert_name (&f, "10.0.0.1", NULL);
  g_assert_cmpuint (name_service_count (), ==, 1002);
  end (&f);
}

/* An answer counts until its time is over, and no longer. */
static void
test_age (gconstpointer name)
{
  GantryPeerNamesLimits limits = GANTRY_PEER_NAMES_LIMITS_DEFAULT;
  gint64 start = g_get_monotonic_time ();
  Fixture f;

  g_assert_cmpuint (limits.name_ms, ==, 10 * 60 * 1000);
  g_assert_cmpuint (limits.none_ms, ==, 2 * 60 * 1000);
  if (name != NULL)
    limits.name_ms = 200;
  else
    limits.none_ms = 200;
  begin (&f, &limits);
  learn (&f, "10.0.0.1", name);
  WAIT ((g_free (gantry_peer_names_lookup (f.names, "10.0.0.1")), name_service_count () == 2));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 200 * 1000);
  assert_name (&f, "10.0.0.1", NULL);
  end (&f);
}

/* No more than four are ever inside of a name service that hangs; what it says in the end counts.
 */
static void
test_stalled (void)
{
  GantryPeerNamesLimits limits = GANTRY_PEER_NAMES_LIMITS_DEFAULT;
  Fixture f;

  g_assert_cmpuint (limits.patience_ms, ==, 10 * 1000);
  limits.patience_ms = 50;
  begin (&f, &limits);
  for (guint n = 0; n < 6; n++)
    {
      g_autofree char *address = make_address (n);

      assert_name (&f, address, NULL);
    }
  g_assert_cmpuint (f.changed->len, ==, 0);
  WAIT (f.changed->len == 4); /* given up */
  g_assert_cmpuint (name_service_count (), ==, 4);
  assert_name (&f, "10.0.0.1", NULL); /* known to have none, for now */
  g_assert_cmpuint (name_service_count (), ==, 4);

  name_service_answer ("10.0.0.1", "late.example");
  WAIT (f.changed->len == 5);
  assert_name (&f, "10.0.0.1", "late.example");
  g_assert_true (name_service_is_asked ("10.0.0.5"));
  g_assert_cmpuint (name_service_count (), ==, 5);
  end (&f);
}

/* Switched off nothing is asked, what was known is forgotten, and what is said then is not heard.
 */
static void
test_off (void)
{
  Fixture f;

  begin (&f, NULL);
  learn (&f, "10.0.0.1", "ct.example");
  for (guint n = 1; n < 10; n++)
    {
      g_autofree char *address = make_address (n);

      assert_name (&f, address, NULL);
    }
  g_assert_cmpuint (name_service_count (), ==, 5);
  g_ptr_array_set_size (f.changed, 0);
  g_object_set (f.names, "enabled", FALSE, NULL);
  g_assert_cmpuint (f.changed->len, ==, 1);
  g_assert_cmpstr (f.changed->pdata[0], ==, "*");
  assert_name (&f, "10.0.0.1", NULL);
  while (name_service_count_open () > 0)
    for (guint n = 1; n < 5; n++)
      {
        g_autofree char *address = make_address (n);

        name_service_answer (address, "pc");
      }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f.changed->len, ==, 1);
  g_assert_cmpuint (name_service_count (), ==, 5); /* nor did the line go on */
  assert_name (&f, "10.0.0.2", NULL);

  g_object_set (f.names, "enabled", TRUE, NULL);
  g_assert_cmpuint (f.changed->len, ==, 2);
  learn (&f, "10.0.0.1", "mr.example");
  assert_name (&f, "10.0.0.1", "mr.example");
  end (&f);
}

/* Its owner may go before the answer is there. */
static void
test_gone (void)
{
  Fixture f;

  begin (&f, NULL);
  assert_name (&f, "10.0.0.1", NULL);
  g_object_add_weak_pointer (G_OBJECT (f.names), (gpointer *)&f.names);
  g_object_unref (f.names);
  name_service_answer ("10.0.0.1", "ct.example");
  WAIT (f.names == NULL);
  name_service_remove ();
  g_ptr_array_unref (f.changed);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-names/real", test_real);
  g_test_add_func ("/peer-names/shared", test_shared);
  g_test_add_func ("/peer-names/is-at", test_is_at);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/peer-names/text/%s", texts[i].name);
      g_test_add_data_func (path, &texts[i], test_text);
    }
  g_test_add_func ("/peer-names/length", test_length);
  g_test_add_func ("/peer-names/flood", test_flood);
  g_test_add_func ("/peer-names/bound", test_bound);
  g_test_add_data_func ("/peer-names/age/name", "ct.example", test_age);
  g_test_add_data_func ("/peer-names/age/none", NULL, test_age);
  g_test_add_func ("/peer-names/stalled", test_stalled);
  g_test_add_func ("/peer-names/off", test_off);
  g_test_add_func ("/peer-names/gone", test_gone);
  return g_test_run ();
}
