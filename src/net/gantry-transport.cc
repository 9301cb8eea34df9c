/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dcmnet wants to make its sockets itself. It gets ours all the same: as acceptor through its
 * global for inherited descriptors, as requestor by letting it connect to a listener of our own
 * and putting the real connection in the place of that one.
 */
#include "gantry-transport.hh"

#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/oflog/oflog.h>

#include <arpa/inet.h>
#include <cstdio>
#include <fcntl.h>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gantry-trace.hh"

namespace
{

/* The thread's connection on its way through dcmnet to createConnection(). */
thread_local GantryWire *handed_over;

/* Guards dcmExternalSocketHandle from setting it to createConnection(), or to the way back when it
 * did not come that far because the peer is gone already. */
std::mutex external_lock;

class ExternalHandle
{
public:
  explicit ExternalHandle (int fd) : lock_ (external_lock)
  {
    dcmExternalSocketHandle.set (fd);
    current = this;
  }

  ~ExternalHandle () { release (); }

  void
  release ()
  {
    if (!lock_.owns_lock ())
      return;
    current = nullptr;
    dcmExternalSocketHandle.set (-1);
    lock_.unlock ();
  }

  static thread_local ExternalHandle *current;

private:
  std::unique_lock<std::mutex> lock_;
};

thread_local ExternalHandle *ExternalHandle::current;

class Connection : public DcmTCPConnection
{
public:
  explicit Connection (GantryWire *wire)
      : DcmTCPConnection (gantry_wire_get_fd (wire)), wire_ (gantry_wire_ref (wire))
  {
    latest = this;
  }

  ~Connection () override
  {
    Connection::closeTransportConnection ();
    gantry_wire_unref (wire_);
    if (latest == this)
      latest = nullptr;
  }

  ssize_t
  read (void *buf, size_t nbyte) override
  {
    return gantry_wire_read (wire_, buf, nbyte);
  }

  ssize_t
  write (void *buf, size_t nbyte) override
  {
    return gantry_wire_write (wire_, buf, nbyte);
  }

  void
  close () override
  {
    closeTransportConnection ();
  }

  void
  closeTransportConnection () override
  {
    gantry_wire_close (wire_, 0);
    setSocket (-1); /* else the base class would close it again */
  }

  /* The wire has its own deadlines, in milliseconds. */
  OFBool
  networkDataAvailable (int) override
  {
    return gantry_wire_wait (wire_) ? OFTrue : OFFalse;
  }

  /* We read ahead, so a look at the descriptor would mislead. */
  OFBool
  isTransparentConnection () override
  {
    return OFFalse;
  }

  /* The thread's last one that still lives: on some ways out dcmnet forgets it. */
  static thread_local Connection *latest;

private:
  GantryWire *wire_;
};

thread_local Connection *Connection::latest;

class Layer : public DcmTransportLayer
{
public:
  DcmTransportConnection *
  createConnection (DcmNativeSocketType socket, OFBool) override
  {
    if (ExternalHandle::current != nullptr)
      ExternalHandle::current->release ();
    if (handed_over == nullptr
        || (socket != gantry_wire_get_fd (handed_over)
            && !gantry_wire_move_to (handed_over, socket)))
      return nullptr;
    return new Connection (handed_over);
  }
};

struct Networks
{
  T_ASC_Network *requestor = nullptr;
  T_ASC_Network *acceptor = nullptr;
  OFCondition condition = EC_Normal;
};

/* dcmnet never writes to a network once it stands, so all threads share these two for as long as
 * the process lives. */
Networks &
networks ()
{
  static Layer layer;
  static Networks both;
  static std::once_flag once;

  std::call_once (once, [] {
    OFLog::configure (OFLogger::OFF_LOG_LEVEL);
    gantry_trace_install ();
    dcmDisableGethostbyaddr.set (OFTrue);
    dcmConnectionTimeout.set (-1);
    dcmSocketSendTimeout.set (-1);
    dcmSocketReceiveTimeout.set (-1);

    both.condition = ASC_initializeNetwork (NET_REQUESTOR, 0, 1, &both.requestor);
    /* Anything but -1 keeps the acceptor from opening a port of its own. */
    dcmExternalSocketHandle.set (0);
    if (both.condition.good ())
      both.condition = ASC_initializeNetwork (NET_ACCEPTOR, 0, 1, &both.acceptor);
    dcmExternalSocketHandle.set (-1);
    if (both.condition.good ())
      {
        ASC_setTransportLayer (both.requestor, &layer, 0);
        ASC_setTransportLayer (both.acceptor, &layer, 0);
      }
  });
  return both;
}

/* A listener on loopback that nobody knows of: connecting to it succeeds without an accept(). */
int
open_decoy (unsigned short *port)
{
  struct sockaddr_in address = {};
  socklen_t length = sizeof address;
  int fd = ::socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd >= 0 && bind (fd, (struct sockaddr *)&address, sizeof address) == 0 && listen (fd, 1) == 0
      && getsockname (fd, (struct sockaddr *)&address, &length) == 0)
    {
      *port = ntohs (address.sin_port);
      return fd;
    }
  if (fd >= 0)
    ::close (fd);
  return -1;
}

/* After a failure nothing is left of what dcmnet made, parameters included. */
void
clean_up (T_ASC_Association **assoc)
{
  ASC_destroyAssociation (assoc);
  delete Connection::latest;
}

} // namespace

OFCondition
gantry_transport_request (GantryWire *wire, T_ASC_Parameters *params, T_ASC_Association **assoc)
{
  Networks &both = networks ();
  unsigned short port = 0;
  int decoy = both.condition.good () ? open_decoy (&port) : -1;
  char address[32];

  *assoc = nullptr;
  Connection::latest = nullptr;
  if (decoy < 0)
    {
      ASC_destroyAssociationParameters (&params);
      return both.condition.bad () ? both.condition : OFCondition (DUL_REQUESTASSOCIATIONFAILED);
    }

  std::snprintf (address, sizeof address, "127.0.0.1:%u", port);
  ASC_setPresentationAddresses (params, "localhost", address);
  gantry_trace_parameters ("Request Parameters:", params, ASC_ASSOC_RQ);
  handed_over = wire;
  OFCondition cond
      = ASC_requestAssociation (both.requestor, params, assoc, nullptr, nullptr, DUL_NOBLOCK, 1);
  handed_over = nullptr;
  ::close (decoy);
  if (cond.bad ())
    {
      if (*assoc == nullptr)
        ASC_destroyAssociationParameters (&params);
      clean_up (assoc);
    }
  else
    gantry_trace_parameters ("Association Parameters Negotiated:", (*assoc)->params, ASC_ASSOC_AC);
  return cond;
}

OFCondition
gantry_transport_receive (GantryWire *wire, guint32 max_pdu, T_ASC_Association **assoc)
{
  Networks &both = networks ();

  *assoc = nullptr;
  if (both.condition.bad ())
    return both.condition;

  ExternalHandle handle (gantry_wire_get_fd (wire));
  Connection::latest = nullptr;
  handed_over = wire;
  OFCondition cond = ASC_receiveAssociation (both.acceptor, assoc, max_pdu, nullptr, nullptr,
                                             OFFalse, DUL_NOBLOCK, 0);
  handed_over = nullptr;
  if (cond.bad ())
    clean_up (assoc);
  return cond;
}
