/* xdnd-source.c - drops files on a window as a file manager would, without a pointer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Usage: xdnd-source WINDOW ROOT-X ROOT-Y FILE…
 * Speaks the source's side of XDND version 5. Ends with 0 only when the target accepted the drop
 * and said that it is done; 1: it does not want the files; 2: it does not answer.
 */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <glib.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define XDND_VERSION 5
#define ANSWER_MS 10000

typedef struct
{
  Display *display;
  Window source;
  Window target;
  GString *uris; /* text/uri-list (RFC 2483) */
} Drop;

static Atom
atom (Drop *drop, const char *name)
{
  return XInternAtom (drop->display, name, False);
}

static void
tell_target (Drop *drop, const char *type, long l1, long l2, long l3, long l4)
{
  XEvent event = { .xclient = { .type = ClientMessage,
                                .window = drop->target,
                                .message_type = atom (drop, type),
                                .format = 32,
                                .data.l = { (long)drop->source, l1, l2, l3, l4 } } };

  XSendEvent (drop->display, drop->target, False, NoEventMask, &event);
  XFlush (drop->display);
}

/* The target asks for the list itself, or for the forms that it comes in. */
static void
answer_selection_request (Drop *drop, const XSelectionRequestEvent *request)
{
  const Atom uri_list = atom (drop, "text/uri-list");
  XEvent event = { .xselection = { .type = SelectionNotify,
                                   .requestor = request->requestor,
                                   .selection = request->selection,
                                   .target = request->target,
                                   .time = request->time,
                                   .property = None } };

  if (request->target == uri_list)
    {
      XChangeProperty (drop->display, request->requestor, request->property, uri_list, 8,
                       PropModeReplace, (const unsigned char *)drop->uris->str,
                       (int)drop->uris->len);
      event.xselection.property = request->property;
    }
  else if (request->target == atom (drop, "TARGETS"))
    {
      const Atom targets[] = { atom (drop, "TARGETS"), uri_list };

      XChangeProperty (drop->display, request->requestor, request->property, XA_ATOM, 32,
                       PropModeReplace, (const unsigned char *)targets, G_N_ELEMENTS (targets));
      event.xselection.property = request->property;
    }
  XSendEvent (drop->display, request->requestor, False, NoEventMask, &event);
  XFlush (drop->display);
}

/* Serves the selection until a message of @type comes; FALSE when none does in time. */
static gboolean
wait_for_message (Drop *drop, const char *type, long *flags)
{
  const gint64 end = g_get_monotonic_time () + ANSWER_MS * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    {
      struct pollfd fd = { .fd = ConnectionNumber (drop->display), .events = POLLIN };

      while (XPending (drop->display))
        {
          XEvent event;

          XNextEvent (drop->display, &event);
          if (event.type == SelectionRequest)
            answer_selection_request (drop, &event.xselectionrequest);
          else if (event.type == ClientMessage && event.xclient.message_type == atom (drop, type))
            {
              *flags = event.xclient.data.l[1];
              return TRUE;
            }
        }
      poll (&fd, 1, 20);
    }
  return FALSE;
}

/* Moves about over the target until it says that it would take the files here. */
static int
hover (Drop *drop, int x, int y)
{
  for (int i = 0; i < 50; i++)
    {
      long flags = 0;

      tell_target (drop, "XdndPosition", 0, ((long)(x + i % 2) << 16) | y, CurrentTime,
                   (long)atom (drop, "XdndActionCopy"));
      if (!wait_for_message (drop, "XdndStatus", &flags))
        return 2;
      if (flags & 1)
        return 0;
      g_usleep (20 * 1000);
    }
  tell_target (drop, "XdndLeave", 0, 0, 0, 0);
  return 1;
}

int
main (int argc, char *argv[])
{
  Drop drop = { .uris = g_string_new (NULL) };
  const long version = XDND_VERSION;
  long flags = 0;
  int status;

  if (argc < 5 || (drop.display = XOpenDisplay (NULL)) == NULL)
    return 64;
  for (int i = 4; i < argc; i++)
    {
      g_autofree char *path = g_canonicalize_filename (argv[i], NULL);
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

      g_string_append_printf (drop.uris, "%s\r\n", uri);
    }

  drop.target = strtoul (argv[1], NULL, 0);
  drop.source
      = XCreateSimpleWindow (drop.display, DefaultRootWindow (drop.display), -9, -9, 1, 1, 0, 0, 0);
  XChangeProperty (drop.display, drop.source, atom (&drop, "XdndAware"), XA_ATOM, 32,
                   PropModeReplace, (const unsigned char *)&version, 1);
  XSetSelectionOwner (drop.display, atom (&drop, "XdndSelection"), drop.source, CurrentTime);

  tell_target (&drop, "XdndEnter", (long)XDND_VERSION << 24, (long)atom (&drop, "text/uri-list"),
               None, None);
  status = hover (&drop, atoi (argv[2]), atoi (argv[3]));
  if (status == 0)
    {
      tell_target (&drop, "XdndDrop", 0, CurrentTime, 0, 0);
      status = !wait_for_message (&drop, "XdndFinished", &flags) ? 2 : !(flags & 1);
    }

  printf ("%s\n", status == 0 ? "dropped" : status == 1 ? "not wanted" : "no answer");
  XCloseDisplay (drop.display);
  g_string_free (drop.uris, TRUE);
  return status;
}
