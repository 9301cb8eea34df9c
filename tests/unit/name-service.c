/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "name-service.h"

#include <string.h>

typedef struct
{
  GResolver parent_instance;
  GPtrArray *open; /* GTask; its data is the address */
  guint count;
} NameService;

typedef GResolverClass NameServiceClass;

GType name_service_get_type (void);
G_DEFINE_TYPE (NameService, name_service, G_TYPE_RESOLVER)

static NameService *service;
static GResolver *usual;

static void
ask (GResolver *resolver,
     GInetAddress *address,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer data)
{
  NameService *self = (NameService *)resolver;
  GTask *task = g_task_new (self, cancellable, callback, data);

  g_task_set_task_data (task, g_inet_address_to_string (address), g_free);
  g_ptr_array_add (self->open, task);
  self->count++;
}

static char *
finish (GResolver *resolver G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
name_service_finalize (GObject *object)
{
  g_ptr_array_unref (((NameService *)object)->open);
  G_OBJECT_CLASS (name_service_parent_class)->finalize (object);
}

static void
name_service_class_init (NameServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = name_service_finalize;
  klass->lookup_by_address_async = ask;
  klass->lookup_by_address_finish = finish;
}

static void
name_service_init (NameService *self)
{
  self->open = g_ptr_array_new ();
}

static void
answer (guint i, const char *name)
{
  g_autoptr (GTask) task = g_ptr_array_remove_index (service->open, i);

  if (name != NULL)
    g_task_return_pointer (task, g_strdup (name), g_free);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "none");
}

void
name_service_install (void)
{
  g_assert_null (service);
  usual = g_resolver_get_default ();
  service = g_object_new (name_service_get_type (), NULL);
  g_resolver_set_default (G_RESOLVER (service));
}

void
name_service_remove (void)
{
  /* An answer may be followed by another question. */
  do
    {
      while (service->open->len > 0)
        answer (0, NULL);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  while (service->open->len > 0);
  g_resolver_set_default (usual);
  g_clear_object (&usual);
  g_assert_finalize_object (service);
  service = NULL;
}

guint
name_service_count (void)
{
  return service->count;
}

guint
name_service_count_open (void)
{
  return service->open->len;
}

static gboolean
find (const char *address, guint *index)
{
  for (guint i = 0; i < service->open->len; i++)
    if (strcmp (g_task_get_task_data (service->open->pdata[i]), address) == 0)
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
name_service_is_asked (const char *address)
{
  guint index;

  return find (address, &index);
}

void
name_service_answer (const char *address, const char *name)
{
  guint index = 0;

  g_assert_true (find (address, &index));
  answer (index, name);
}
